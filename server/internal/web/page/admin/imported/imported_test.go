package imported

import (
	"slices"
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func TestForm(t *testing.T) {
	p := Page{Frame: admintest.Frame("Invite many")}
	admintest.Says(t, Render(p), "Read the file", "Only check the file", "vouched_by", "nobody else sees it")
	doc := admintest.Main(t, Render(p))
	form := pagetest.ByTag(doc, "form")[0]
	if pagetest.Attr(form, "enctype") != "multipart/form-data" {
		t.Error("the form sends no file")
	}
	inputs := pagetest.ByTag(form, "input")
	var names []string
	for _, in := range inputs {
		names = append(names, pagetest.Attr(in, "name"))
	}
	if want := []string{File, DryRun, SkipFaulty, Note}; !slices.Equal(names, want) {
		t.Errorf("the form's fields are %v, want %v", names, want)
	}
	p.Asked, p.Faults = api.ImportRequest{Note: "new suite", SkipFaulty: true}, frame.Faults{{Field: File, Text: "Choose a file"}}
	doc = admintest.Main(t, Render(p))
	if pagetest.Attr(pagetest.ByID(doc, Note), "value") != "new suite" || pagetest.Text(pagetest.ByID(doc, "file-error")) != "Error: Choose a file" {
		t.Error("what was typed is lost, or its fault")
	}
}

func TestResult(t *testing.T) {
	p := Page{Frame: admintest.Frame("Invite many"), Read: &api.Import{Rows: 1204, Good: 1202, Bad: 2, Faults: []api.RowFault{
		{Line: 7, Column: "email", Detail: "is not an email address"}, {Line: 9, Detail: "has more cells than the first row has columns"},
	}}}
	admintest.Says(t, Render(p), "1,204 rows read: 1,202 rows can be taken, 2 rows cannot.", "Nobody was invited", "leave the rows with faults out",
		"Line 7 email This is not an email address", "Line 9 the row This has more cells")
	p.Read.Bad = 3
	admintest.Says(t, Render(p), "first 2 faults. More rows have faults")
	p.Asked.DryRun, p.Read = true, &api.Import{Rows: 1, Good: 1}
	admintest.Says(t, Render(p), "1 row read", "only checked: send it again to make a change")
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		return Render(Page{Frame: admintest.Frame("Invite many"), Asked: api.ImportRequest{Note: text}, Read: &api.Import{Rows: 1, Bad: 1, Faults: []api.RowFault{{Line: 2, Column: text, Detail: text}}}})
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
