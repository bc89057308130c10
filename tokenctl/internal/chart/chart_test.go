package chart

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBars(t *testing.T) {
	got := Bars([]Bar{{"a", []int{30, 10}}, {"b", []int{0, 0, 0}}, {"c", []int{1, 0, 19}}}, 20)
	want := [][]string{{"a", "40", "###############====="}, {"b", "0", ""}, {"c", "20", "#........."}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Bars (-want +got):\n%s", diff)
	}
	if got := Bars([]Bar{{"none", nil}}, 20); got[0][2] != "" || got[0][1] != "0" {
		t.Errorf("Bars of nothing = %q, want no bar", got)
	}
	if got, want := Legend("people", "sites", "nodes"), "# people   = sites   . nodes"; got != want {
		t.Errorf("Legend = %q, want %q", got, want)
	}
}
