package plan

import (
	"testing"
	"unicode/utf8"

	"mais/server/api/form"
	"mais/server/internal/web/page/admin/admintest"
)

// FuzzTyped: whatever is typed, a plan gets lines that are short text with numbers that rise, a
// note of one bounded line and no day in the future.
func FuzzTyped(f *testing.F) {
	f.Add("revoke", "keyCompromise", "rang", "aa\r\n\nbb", "20", "11", "2026")
	f.Add("hold", "", "", "\xff\xfe", "", "", "")
	f.Add("release", "x", "a\nb", "é", "31", "2", "9999")
	f.Fuzz(func(t *testing.T, act, reason, note, serials, day, month, year string) {
		r, lines, faults := Typed{Act: act, Reason: reason, Note: note, Lines: serials, Since: day, Since + "-month": month, Since + "-year": year}.Read(admintest.Now)
		if len(faults) > 0 {
			return
		}
		if len(r.Note) > form.MaxPlan || r.InvalidityDate != nil && r.InvalidityDate.After(admintest.Now) || act != "revoke" && r.Reason != "" || len(lines) > MostLines {
			t.Errorf("Read = %+v with %d lines", r, len(lines))
		}
		last := 0
		for _, l := range lines {
			if l.Line <= last || l.Serial == "" || len(l.Serial) > 200 || !utf8.ValidString(l.Serial) {
				t.Errorf("line %+v after %d", l, last)
			}
			last = l.Line
		}
	})
}
