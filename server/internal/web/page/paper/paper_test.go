package paper

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
	"mais/server/internal/web/page/record/view"
	"mais/server/internal/web/page/record/viewtest"
)

var now = time.Date(2010, 11, 22, 14, 29, 0, 0, time.UTC)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func pageOf(r api.Record) Page {
	f := frame.Frame{Title: "Custody summary", Service: "MAIS", Now: now,
		Holder: &frame.Holder{Name: "Dana Whitlock", Agency: "Northmoor Police", Site: "Harbour Street", SignedIn: true}}
	return Page{Frame: f, Record: view.Of(r, view.Reader{Now: now}), Reason: "custody", Number: "NG/4471/10", Reference: "0f61c2ab-5b1e-4c68-9a51-2b1df0f2c9d4"}
}

func textOf(t *testing.T, p Page) string {
	t.Helper()
	return pagetest.Text(pagetest.ByClass(pagetest.Parse(t, Render(p)), "mais-a4")[0])
}

func repeated(s string) func(int) string {
	return func(n int) string { return string([]rune(strings.Repeat(s, n))[:n]) }
}

// fills are what texts at their bounds may be made of.
var fills = map[string]func(int) string{
	"words": repeated("Incomprehensibilities, and more of the same. "), "one word": repeated("W"), "lines": repeated("a\n"),
	"narrow": repeated("i "), "wide": repeated("漢字"), "long words": repeated("Wwwwwwwwwwwwwwwwwwwwwwwww "), "marks": repeated("e\u0301\u0323"),
}

func TestSample(t *testing.T) {
	text := textOf(t, pageOf(viewtest.Sample()))
	for _, want := range []string{
		"Printed 22 November 2010 14:29 by Dana Whitlock (Northmoor Police, Harbour Street).", "Destroy when the custody record closes.",
		"Reference 0f61c2ab-5b1e-4c68-9a51-2b1df0f2c9d4. Risk assessment of a person in custody. Custody number NG/4471/10.",
		"KETTERING, Tobias James", "Born 14 February 1978 (32) · Also known as Toby Kay; Ketter", "8 months old",
		"Self-harm and suicide", "Appropriate adult", "Alcohol, drugs and withdrawal", "Physical health", "Violence to others",
		"J. Pryce", "01632 960102 (crisis team)", "Not suitable as appropriate adult", "2 more on screen.",
		"Details of the last attempt: Ligature made from bedding. In a police cell.", "History of asthma: Unknown (not a no).",
		"Asked, refused to say: History of brain injuries.", "Not recorded (not a no): History of heart problems.", "Answered no: History of diabetes.",
		"Goes quiet and stops eating. / Paces and will not sit.", "(OASys, 2 Nov 2009)", "no alert is not the same as no risk",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the paper does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "continues on screen") {
		t.Errorf("a record of usual length is cut:\n%s", text)
	}
}

// Each answer is on the paper or named as missing, and what is cut says so.
func TestNothingIsLostSilently(t *testing.T) {
	for name, fill := range fills {
		p := pageOf(viewtest.Worst(fill))
		s := p.Sheet()
		all := s.Missing
		for _, g := range s.Groups {
			for _, para := range g.Paras {
				all += para.Label + " " + para.Answer + "\n"
				if para.Answer == "" && !strings.HasSuffix(para.Text, continues) && len(para.Text) > 300 {
					t.Errorf("%s: %s is long and says nothing of the rest", name, para.Label)
				}
			}
		}
		for _, g := range groupsOf(p.Record) {
			for _, para := range g.Paras {
				if !strings.Contains(all, strings.TrimSuffix(para.Label, ":")) && !strings.HasSuffix(s.Missing, continues) {
					t.Errorf("%s: %q is neither on the paper nor named as missing", name, para.Label)
				}
			}
		}
		if !strings.Contains(all, "History of suicide attempts: Yes.") || !strings.Contains(s.Others, "100 more on screen") {
			t.Errorf("%s: the gravest is missing, or that there are more contacts: %q, %q", name, s.Missing, s.Others)
		}
	}
}

// By its own count the sheet holds what is put on it. Whether a browser agrees is seen where
// there is one.
func TestSheetIsNotOverfull(t *testing.T) {
	for name, fill := range fills {
		p := pageOf(viewtest.Worst(fill))
		p.Number, p.Holder.Name = fill(200), fill(200)
		s := p.Sheet()
		lines := 0.0
		for _, g := range s.Groups {
			lines += float64(box{width: itemBox.width, bold: true}.lines(g.Label+" ("+g.From+")")) + gap
			for _, para := range g.Paras {
				lines += float64(para.box().lines(para.Text))
			}
		}
		if lines > 2*s.left() || s.left() < 20 {
			t.Errorf("%s: %.1f lines of items on two columns of %.1f", name, lines, s.left())
		}
		if got := smallBox.lines(s.Printed); got != 1 {
			t.Errorf("%s: who printed it takes %d lines", name, got)
		}
		textOf(t, p) // parses
	}
}

// What police may not see is not on paper, whoever prints it.
func TestNoFullItem(t *testing.T) {
	r := viewtest.Worst(repeated("Word "))
	for _, key := range viewtest.Full {
		item := api.Item{Value: "canary", Other: "canary", Details: "canary", Source: "canary", AsAt: "2010-03-12"}
		if key == "release_medication.prescriptions" {
			item.Value = []any{map[string]any{"class": "canary", "details": "canary"}}
		}
		viewtest.Set(r, key, item)
	}
	if text := strings.ToLower(string(Render(pageOf(r)))); strings.Contains(text, "canary") {
		t.Error("the paper holds an item that police may not see")
	}
}

func TestHostileText(t *testing.T) {
	const hostile = `<script>alert("1")</script>`
	p := pageOf(viewtest.Worst(func(int) string { return hostile }))
	p.Number, p.Holder.Name, p.Title = hostile, hostile, hostile
	if got := strings.Count(textOf(t, p), hostile); got < 20 {
		t.Errorf("hostile text stands %d times on the paper, want it as text in every item", got)
	}
}

func TestFit(t *testing.T) {
	ten := box{width: ems(40, 10)} // about 11 em
	for _, test := range []struct {
		text  string
		lines int
		want  string
	}{
		{"Short.", 1, "Short."},
		{"Two\n\n lines", 1, "Two / lines"},
		{"", 1, ""},
		{"It goes on and on and on and on and on and on", 2, "It goes on and on and … continues on screen"},
	} {
		if got := ten.fit(test.text, test.lines); got != test.want {
			t.Errorf("fit(%q, %d) = %q, want %q", test.text, test.lines, got, test.want)
		}
	}
	for name, fill := range fills {
		for lines := 2; lines < 9; lines++ {
			if got := ten.fit(fill(500), lines); ten.lines(got) > lines || !strings.HasSuffix(got, continues) {
				t.Errorf("%s: fit(…, %d) = %q, of %d lines", name, lines, got, ten.lines(got))
			}
		}
	}
}

func FuzzFit(f *testing.F) {
	f.Add("It goes on\nand on", 2)
	f.Fuzz(func(t *testing.T, text string, lines int) {
		if lines < 3 || lines > 50 {
			return
		}
		got := itemBox.fit(text, lines)
		if itemBox.lines(got) > lines {
			t.Errorf("fit(%q, %d) = %q, of %d lines", text, lines, got, itemBox.lines(got))
		}
		if got != paragraph(text) && !strings.HasSuffix(got, continues) {
			t.Errorf("fit(%q, %d) = %q, which does not say that it was cut", text, lines, got)
		}
	})
}

// The items on paper are the form's.
func TestMatters(t *testing.T) {
	r := view.Of(viewtest.Empty(), view.Reader{Now: now})
	for _, m := range matters {
		at := slices.IndexFunc(r.Sections, func(s view.Section) bool { return s.Name == m.section })
		if at < 0 {
			t.Fatalf("no section %s", m.section)
		}
		if got := len(pick(r.Sections[at].Items, m.items)); got == 0 || m.items != nil && got != len(m.items) {
			t.Errorf("%s: %d items of %d", m.section, got, len(m.items))
		}
	}
	if got := len(pick(r.Sections[8].Items, matters[5].items)); got != len(r.Sections[8].Items) {
		t.Errorf("violence: %d items, want all %d", got, len(r.Sections[8].Items))
	}
}
