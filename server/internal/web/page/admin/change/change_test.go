package change

import (
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func invitation() Page {
	return Page{Frame: admintest.Frame("Invite somebody"), Change: api.Change{
		ID: "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01", Kind: api.UserInvite, Subject: "Dana Whitlock (dana@example.org)", Agency: "Northshire Police",
		State: api.ChangeDraft, Second: []string{"It gives somebody new a role."}, MadeBy: api.Actor{ID: "1", Name: "Ada Ministrator"}, MadeAt: admintest.Now,
		Note: "starts Monday", May: []string{"confirm", "discard"}, Differences: []api.Difference{{Field: "Roles", Becomes: "Police officer"}},
		Effect: api.Effect{GainsAll: 201, Gains: []api.Affected{{Name: "Dana Whitlock", Email: "dana@example.org", Agency: "Northshire Police",
			What: []string{"gets the role police officer"}, Items: []string{"risk_factors", "physical_health.epilepsy"}, Acts: []string{"read"}, Places: []string{"192.0.2.0/24"}}},
			Warnings: []string{"No vetting is noted."}},
	}}
}

// TestStates: what stands there to be pressed is what the reader may do, and no more.
func TestStates(t *testing.T) {
	p := invitation()
	admintest.Says(t, Render(p), "Nothing has happened yet", "starts Monday", "It gives somebody new a role.", "Who gains 201 people and sites; the first 1 are:",
		"Gets the role police officer", "Read: Summary of physical health issues (1 of 5 items), Risk factors (all)", "From 192.0.2.0/24", "Nobody loses anything.", "No vetting is noted.", "Confirm and ask for approval Discard")
	p.Change.State, p.Change.May = api.ChangeWaiting, []string{"approve", "refuse"}
	admintest.Says(t, Render(p), "Waits for a second person", "You decide, under your name", "Approve Refuse")
	admintest.Silent(t, Render(p), "Discard", "Nothing has happened yet")
	p.Change.May = []string{"discard"}
	admintest.Says(t, Render(p), "It waits for somebody else", "Take it back")
	p.Change.May = nil
	admintest.Says(t, Render(p), "It waits for somebody who may decide on it.")
	p.Change.State, p.Change.AppliedAt, p.Change.DecidedBy, p.Change.DecidedAt = api.ChangeApplied, &admintest.Now, &api.Actor{Name: "Bo Second"}, &admintest.Now
	admintest.Says(t, Render(p), "Done", "by Bo Second")
	if forms := pagetest.ByTag(admintest.Main(t, Render(p)), "form"); len(forms) > 0 {
		t.Error("what is done can be decided on again")
	}
}

// TestMany says how far it is.
func TestMany(t *testing.T) {
	p := invitation()
	p.Change.Kind, p.Change.State, p.Change.May, p.Change.Items = api.UsersInvite, api.ChangeApplied, nil, &api.ItemCount{Total: 20_000, Done: 4_990, Failed: 10}
	admintest.Says(t, Render(p), "Under way", "20,000 people: 4,990 registered, 10 could not be", "25 %")
}

// TestWord: what is typed wrongly stands there still, with its fault.
func TestWord(t *testing.T) {
	p := invitation()
	p.Change.Kind, p.Change.Word, p.TypedWord = api.UserLeave, "dana@example.org", "diana"
	p.Faults = frame.Faults{{Field: Word, Text: "That is not it"}}
	word := pagetest.ByID(admintest.Main(t, Render(p)), "word")
	if pagetest.Attr(word, "value") != "diana" || pagetest.Attr(word, "aria-describedby") != "word-error" {
		t.Error("the word that was typed is gone, or does not name its fault")
	}
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		p := invitation()
		p.Change.Subject, p.Change.Note, p.Change.MadeBy.Name, p.Change.Differences[0].Becomes, p.Change.Effect.Gains[0].Name = text, text, text, text, text
		p.Change.Effect.Gains[0].What, p.Change.Effect.Warnings, p.Change.Second = []string{text}, []string{text}, []string{text}
		return Render(p)
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
	}
}

// TestHeading: whoever decides reads in the heading on whom, and finds the decision below from there.
func TestHeading(t *testing.T) {
	p := invitation()
	p.Change.State, p.Change.May = api.ChangeWaiting, []string{"approve", "refuse"}
	doc := admintest.Main(t, Render(p))
	if got, want := pagetest.Text(pagetest.ByTag(doc, "h1")[0]), "Invite somebody: Dana Whitlock (dana@example.org)"; got != want {
		t.Errorf("the heading is %q, want %q", got, want)
	}
	admintest.Says(t, Render(p), "Waits for a second person Approve or refuse it")
	if pagetest.ByID(doc, "decision") == nil {
		t.Error("there is nothing to go to")
	}
}
