package form

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
)

// record is one with these items, by key.
func record(items map[string]api.Item) api.Record {
	r := api.Record{Sections: map[string]map[string]api.Item{}}
	for key, item := range items {
		section, name, _ := strings.Cut(key, ".")
		if r.Sections[section] == nil {
			r.Sections[section] = map[string]api.Item{}
		}
		r.Sections[section][name] = item
	}
	return r
}

// The server's own types have names; those that JSON decodes to have none.
func TestPlain(t *testing.T) {
	type word string
	type fields map[string]string
	for _, test := range []struct{ value, want any }{
		{nil, nil},
		{word("yes"), "yes"},
		{[]string{"a", "b"}, []any{"a", "b"}},
		{[]any{word("a"), nil}, []any{"a", nil}},
		{fields{"name": "x"}, map[string]any{"name": "x"}},
		{[]fields{{"name": "x"}}, []any{map[string]any{"name": "x"}}},
		{3.5, 3.5},
	} {
		if diff := cmp.Diff(test.want, Plain(test.value)); diff != "" {
			t.Errorf("Plain(%#v) (-want +got):\n%s", test.value, diff)
		}
	}
}

func TestItemAt(t *testing.T) {
	r := record(map[string]api.Item{"a.b": {Value: "x"}})
	if got := Text(ItemAt(r, "a.b")); got != "x" {
		t.Errorf("ItemAt(a.b) holds %q, want x", got)
	}
	for _, key := range []string{"a.c", "b.b", "", "a"} {
		if got := ItemAt(r, key); got.State != api.StateNotRecorded {
			t.Errorf("ItemAt(%q) = %+v, want not recorded", key, got)
		}
	}
}
