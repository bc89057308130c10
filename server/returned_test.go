package server

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mais/server/api"
)

// TestMakerIsWritten: by the service's own accounts, whoever made a change is written to when it is
// refused and when it is approved in vain; the mail names nobody whom it is about, and why stands in
// what waits for its maker.
func TestMakerIsWritten(t *testing.T) {
	i := newInviting(t)
	second := i.member(t, "Agency", "Second Admin", "administrator")
	invite := func(email string) (made api.Change) {
		t.Helper()
		agency := i.admin.entryOf(t, i.admin.user).Agency
		i.admin.send(t, api.PathChanges, api.ChangeRequest{Kind: api.UserInvite, User: &api.UserFields{
			Email: email, Name: "Gil Newcomer", Agency: agency, Sites: []string{i.custody}, Roles: []string{"police_officer"},
		}}).decode(t, http.StatusCreated, &made)
		i.admin.send(t, api.PathChanges+"/"+made.ID+"/confirm", api.ConfirmRequest{Digest: made.Digest}).decode(t, http.StatusOK, &made)
		return made
	}
	decide := func(id, act string) reply {
		t.Helper()
		var made api.Change
		second.get(t, api.PathChanges+"/"+id).decode(t, http.StatusOK, &made)
		return second.send(t, api.PathChanges+"/"+id+"/"+act, api.DecisionRequest{Note: "nobody knows them", Digest: made.Digest})
	}
	first, again, refused := invite("gil@agency.example"), invite("gil@agency.example"), invite("fay@agency.example")
	decide(first.ID, "approve").decode(t, http.StatusOK, &first)
	decide(again.ID, "approve").wantProblem(t, http.StatusConflict, api.AddressTaken)
	decide(refused.ID, "refuse").decode(t, http.StatusOK, &refused)
	for id, says := range map[string]string{again.ID: "cannot be done any more", refused.ID: "was refused"} {
		eventually(t, "who made it is told that it "+says, func() bool {
			text := i.mailOf(t, i.admin.email, id)
			if strings.Contains(text, "Gil") || strings.Contains(text, "nobody knows them") {
				t.Fatalf("the mail says whom it is about:\n%s", text)
			}
			return strings.Contains(text, says)
		})
	}
	var o api.Overview
	if i.admin.get(t, api.PathOverview).decode(t, http.StatusOK, &o); len(o.Returned) != 1 || o.Returned[0].ID != refused.ID || o.Returned[0].Note != "nobody knows them" {
		t.Errorf("what came back: %+v", o.Returned)
	}
}

// mailOf is the mail to an address about a change that nothing came of; "": there is none yet.
func (i *inviting) mailOf(t *testing.T, to, change string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(i.dir, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if said := string(text); strings.Contains(said, "<"+to+">") && strings.Contains(said, change) && strings.Contains(said, "a change that you asked for") {
			return said
		}
	}
	return ""
}
