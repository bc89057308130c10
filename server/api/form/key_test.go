package form

import (
	"strings"
	"testing"
)

// TestKey: what two people compare is read again as it was written, and never in part.
func TestKey(t *testing.T) {
	key := strings.Repeat("0123456789abcdef", 4)
	groups := KeyGroups(key)
	if !strings.HasPrefix(groups, "0123 4567 89ab cdef 0123") || strings.Count(groups, " ") != 15 {
		t.Errorf("KeyGroups = %s", groups)
	}
	for _, typed := range []string{key, groups, strings.ToUpper(groups), strings.ReplaceAll(groups, " ", "-"), strings.ReplaceAll(groups, " ", ":"), " " + groups + "\r\n"} {
		if got, ok := Key(typed); !ok || got != key {
			t.Errorf("Key(%q) = %s, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"", key[:63], key + "0", key[:16], "g" + key[1:], "\u0660" + key[1:], strings.Repeat(" ", 1000) + key} {
		if got, ok := Key(typed); ok {
			t.Errorf("Key(%q) = %s", typed, got)
		}
	}
	for _, not := range []string{"", "x", key[1:], key + "0"} {
		if KeyGroups(not) != not {
			t.Errorf("KeyGroups(%q) = %q", not, KeyGroups(not))
		}
	}
}
