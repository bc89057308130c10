package server

import (
	"net/http"
	"slices"
	"testing"

	"mais/certs"
	"mais/internal/pg"
	"mais/server/api"
	"mais/server/internal/people"
)

// TestRoleLevel: who would be refused is known before, a role's demand refuses on a connection
// that is live, a better token is served, and giving way is audited like asking for more.
func TestRoleLevel(t *testing.T) {
	w := newCards(t)
	inFile := w.enrolled(t, "police_officer", w.custody)
	id, code := w.invited(t, "level@agency.example")
	key := newKey(t)
	var issued api.IssuedCertificate
	w.post(t, w.client(t, custody), w.urls.Public+api.PathEnrol, api.EnrolRequest{Email: "level@agency.example", Code: code, CSR: requestOf(t, key),
		KeyEvidence: api.KeyEvidence{Attestation: w.attested(t, 5, key)}}).decode(t, http.StatusCreated, &issued)
	onCard := w.tokenOf(t, id, issued, key)
	w.invited(t, "nothing@agency.example")

	for level, want := range map[certs.Level][]string{
		certs.Software: {"nothing@agency.example"}, certs.Card: {"nothing@agency.example", inFile.email}, certs.Attested: {"nothing@agency.example", inFile.email},
	} {
		holders, short, err := w.Host().BelowLevel(t.Context(), "police_officer", level)
		var got []string
		for _, s := range short {
			got = append(got, s.Email)
		}
		if err != nil || holders != 3 || !slices.Equal(got, want) {
			t.Errorf("below %s: %q of %d, %v, want %q of 3", level, got, holders, err, want)
		}
	}

	db, err := w.source.Open(t.Context(), pg.Migrator)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	roles := people.NewRoles(db)
	set := func(level, was string) {
		t.Helper()
		if got, err := roles.SetLevel(t.Context(), "police_officer", level, testEvent); err != nil || got != was {
			t.Fatalf("SetLevel(%s) = %q, %v, want %q", level, got, err, was)
		}
	}
	file, card := w.client(t, custody, inFile.tls), w.client(t, custody, onCard.tls)
	who := func(c *client) reply { return c.get(t, w.urls.Mutual+api.PathWhoami) }
	who(file).decode(t, http.StatusOK, &api.Whoami{}) // a connection that stays
	who(card).decode(t, http.StatusOK, &api.Whoami{})

	set("card", "software")
	set("card", "card")
	eventually(t, "the live connection is refused", func() bool { return file.status(t, w.urls.Mutual+api.PathWhoami) == http.StatusForbidden })
	who(file).wantProblem(t, http.StatusForbidden, api.LevelTooLow)
	who(card).decode(t, http.StatusOK, &api.Whoami{})
	set("software", "card")
	eventually(t, "the live connection is served again", func() bool { return file.status(t, w.urls.Mutual+api.PathWhoami) == http.StatusOK })

	found := w.entries(t, "act = 'role.level'")
	if len(found) != 2 || found[0].Detail["from"] != "software" || found[0].Detail["to"] != "card" || found[1].Detail["to"] != "software" || found[0].Outcome != "allowed" {
		t.Errorf("the audit = %+v", found)
	}
	if _, err := roles.SetLevel(t.Context(), "nobody", "card", testEvent); err == nil {
		t.Error("a role that is not there is set")
	}
	if _, err := roles.SetLevel(t.Context(), "clinician", "gold", testEvent); err == nil {
		t.Error("a level that is not there is set")
	}
}
