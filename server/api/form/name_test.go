package form

import "testing"

func TestName(t *testing.T) {
	for _, test := range []struct{ surname, first, want string }{
		{"Kettering", "Tobias", "Kettering, Tobias"}, {"Kettering", "", "Kettering"}, {"", "Toby", "Toby"}, {"", "", "Name not shown"},
	} {
		if got := Name(test.surname, test.first); got != test.want {
			t.Errorf("Name(%q, %q) = %q, want %q", test.surname, test.first, got, test.want)
		}
	}
}
