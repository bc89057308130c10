package quarantine

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

const reader, other = "urn:mais:user:1", "urn:mais:user:2"

func waiting() Page {
	return Page{Frame: admintest.Frame("Quarantine 3"), Reader: reader, Quarantine: api.Quarantine{
		ID: 3, MadeAt: admintest.Now, MadeBy: "operator root", FinishedAt: &admintest.Now, Total: 1200, Held: 1100, Needs: 2, Approved: []string{}, ApprovedBy: []string{},
	}}
}

// TestApproval: who has not approved it can, by a word that nobody typed for them; who has is
// told to wait for another; and once it has both it says how to go on.
func TestApproval(t *testing.T) {
	p := waiting()
	admintest.Says(t, Render(p), "1,100 of 1,200 certificates", "operator root", "nobody yet", "It lacks 2 approvals", "cannot take it back", "type approve 3", "Approve Cancel")
	if word := pagetest.ByID(admintest.Main(t, Render(p)), "word"); word == nil || pagetest.Attr(word, "value") != "" {
		t.Error("there is no empty box for the word")
	}
	p.Quarantine.Approved, p.Quarantine.ApprovedBy = []string{other}, []string{"two@trust.example"}
	admintest.Says(t, Render(p), "two@trust.example", "It lacks 1 approval,", "type approve 3")
	p.Reader = other
	admintest.Says(t, Render(p), "You have approved it", "Another administrator has to")
	p.Quarantine.Approved = []string{other, reader}
	admintest.Says(t, Render(p), "To be released or revoked", "Release what you know to be good")
	unfinished := waiting()
	unfinished.Quarantine.FinishedAt = nil
	admintest.Says(t, Render(unfinished), "nobody is served until it is", "declare-lost")
	for name, p := range map[string]Page{"approved by the reader": p, "not finished": unfinished} {
		if pagetest.ByID(admintest.Main(t, Render(p)), "word") != nil {
			t.Errorf("one that is %s can be approved", name)
		}
	}
}

// TestWrongWord: what was typed stands there still, with what is wrong with it.
func TestWrongWord(t *testing.T) {
	p := waiting()
	p.Typed, p.Faults = "approve 4", frame.Faults{{Field: Word, Text: "That is not it"}}
	doc := admintest.Main(t, Render(p))
	if word := pagetest.ByID(doc, "word"); pagetest.Attr(word, "value") != "approve 4" || pagetest.Attr(word, "aria-describedby") != "word-error" {
		t.Error("the word that was typed is gone, or does not name its fault")
	}
	admintest.Says(t, Render(p), "There is a problem", "That is not it")
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		p := waiting()
		p.Typed, p.Quarantine.MadeBy, p.Quarantine.ApprovedBy = "x", text, []string{text}
		return Render(p)
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}
