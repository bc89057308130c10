package creds_test

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"mais/server/internal/audit"
	"mais/server/internal/authn/internal/creds"
)

func list(t *testing.T, f fixture, c creds.Choice) (names []string) {
	t.Helper()
	c.Limit = 50
	found, total, err := f.List(t.Context(), limits, limits, c)
	if err != nil || total != len(found) {
		t.Fatalf("List(%+v) = %d of %d, %v", c, len(found), total, err)
	}
	for _, s := range found {
		names = append(names, s.Key.Name())
	}
	return names
}

// TestList: those that live, and of them those that are asked for.
func TestList(t *testing.T) {
	f := open(t)
	live, idle, over := f.session(t, 1), f.session(t, 2), f.session(t, 3)
	f.rewrite(t, idle, `seen_at = now() - interval '16 minutes'`)
	if err := f.End(t.Context(), over, "test", describe); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		creds.Choice
		want int
	}{
		"all": {creds.Choice{}, 1}, "name": {creds.Choice{Name: live.Name()}, 1}, "another name": {creds.Choice{Name: idle.Name()}, 0}, "user": {creds.Choice{User: f.user}, 1},
		"nobody": {creds.Choice{User: f.site}, 0}, "agency": {creds.Choice{Agency: f.site}, 0}, "part of the name": {creds.Choice{Query: "uSe"}, 1},
		"mail": {creds.Choice{Query: "USER@agency"}, 1}, "no pattern": {creds.Choice{Query: "%"}, 0}, "no name of ours": {creds.Choice{Name: "zz"}, 0},
		"half a name": {creds.Choice{Name: live.Name()[:8]}, 0}, "in capitals": {creds.Choice{Name: "0A00000000000000"}, 0},
	} {
		if got := list(t, f, test.Choice); len(got) != test.want {
			t.Errorf("%s: %q, want %d", name, got, test.want)
		}
	}
	for dates, want := range map[string]int{
		`starts_on = NULL, ends_on = current_date - 2`: 0, `starts_on = NULL, ends_on = current_date + 2`: 1, `ends_on = NULL, starts_on = current_date + 2`: 0,
	} {
		if _, err := f.owner.Exec(t.Context(), `UPDATE access.user_account SET `+dates); err != nil {
			t.Fatal(err)
		}
		if got := list(t, f, creds.Choice{}); len(got) != want {
			t.Errorf("of somebody with %s: %q, want %d", dates, got, want)
		}
	}
}

func TestAddressIsKept(t *testing.T) {
	f := open(t)
	from := netip.MustParseAddr("2001:db8::1")
	err := f.Create(t.Context(), creds.Session{Key: creds.SessionKey{7}, User: f.user, Site: f.site, Certificate: ref, Listener: "mutual", Address: from}, event("session.start"))
	if err != nil {
		t.Fatal(err)
	}
	f.session(t, 8) // from where is not known
	found, _, err := f.List(t.Context(), limits, limits, creds.Choice{Limit: 9})
	if err != nil || len(found) != 2 || found[0].Address != from && found[1].Address != from || found[0].Address.IsValid() == found[1].Address.IsValid() {
		t.Errorf("List = %+v, %v", found, err)
	}
}

// TestEndOfUser: all but one, each with its event.
func TestEndOfUser(t *testing.T) {
	f := open(t)
	kept := f.session(t, 1)
	f.session(t, 2)
	f.session(t, 3)
	n := 0
	err := f.EndOfUser(t.Context(), f.user, kept, "left", func(v creds.Session) audit.Event { n++; return event("session.end") })
	if got := list(t, f, creds.Choice{}); err != nil || n != 2 || len(got) != 1 || got[0] != kept.Name() {
		t.Errorf("EndOfUser = %v, %d events; open are %q", err, n, got)
	}
}

// TestForget: what ended long ago goes with its reasons, what emergency access was given in stays,
// and nobody forgets sooner than the database allows.
func TestForget(t *testing.T) {
	f := open(t)
	const person = "5ad8b9f6-7c1e-4a52-9f0d-000000000001"
	old, emergency, recent, live := f.session(t, 1), f.session(t, 2), f.session(t, 3), f.session(t, 4)
	if _, err := f.owner.Exec(t.Context(), `INSERT INTO record.person (id, source, source_reference) VALUES ($1, 'test', '1')`, person); err != nil {
		t.Fatal(err)
	}
	if _, err := f.owner.Exec(t.Context(), `INSERT INTO access.purpose (session, person, reason) VALUES ($1, $2, 'custody')`, old[:], person); err != nil {
		t.Fatal(err)
	}
	_, err := f.owner.Exec(t.Context(), `INSERT INTO access.emergency (session, user_id, person, why, reason) VALUES ($1, $2, $3, 'ten or more letters', 'custody')`,
		emergency[:], f.user, person)
	if err != nil {
		t.Fatal(err)
	}
	for key, ago := range map[creds.SessionKey]string{old: "100 days", emergency: "100 days", recent: "80 days"} {
		f.rewrite(t, key, `ended_at = now() - interval '`+ago+`', end_reason = 'test'`)
	}
	if _, err := f.Forget(t.Context(), 29*24*time.Hour, 10); err == nil {
		t.Error("after 29 days a session may be forgotten")
	}
	if n, err := f.Forget(t.Context(), 90*24*time.Hour, 10); n != 1 || err != nil {
		t.Errorf("Forget = %d, %v, want 1", n, err)
	}
	for key, want := range map[creds.SessionKey]error{old: creds.ErrUnknown, emergency: nil, recent: nil, live: nil} {
		if _, err := f.Find(t.Context(), key, limits); !errors.Is(err, want) {
			t.Errorf("Find of session %d = %v, want %v", key[0], err, want)
		}
	}
}
