package server

import (
	"encoding/base32"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mais/internal/pg"
	"mais/server/internal/web/page/pagetest"
)

// TestPasswordSecrets: of what somebody typed or was shown, nothing that could be used stands in
// the log or anywhere in the database.
func TestPasswordSecrets(t *testing.T) {
	w, database, log := loggedWorld(t)
	s := &station{postOffice: &postOffice{estate: &estate{world: w}}, sql: database.Owner()}
	s.allow(t)
	s.settled(t)
	k, code := s.invited(t, "police_officer")
	page := k.browser.send(t, "/register", url.Values{"email": {k.email}, "code": {code}, "password": {k.password}, "again": {k.password}}).shown(t, http.StatusOK)
	sealed := hiddenField(page, "sealed")
	done := k.confirm(t, "/register/second", page).shown(t, http.StatusOK)
	if k.codes = recoveryCodes(done); pagetest.ByID(done, "secret") != nil || len(k.codes) == 0 {
		t.Fatal("the secret is shown twice, or no recovery codes are")
	}
	first := k.code(t)
	k.tries(t, k.browser, "a wrong password that nobody has", first).shown(t, http.StatusForbidden)
	k.signsIn(t)
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(k.secret)
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{k.password, "a wrong password that nobody has", code, strings.ReplaceAll(code, "-", "")[9:], k.secret, hex.EncodeToString(raw), sealed,
		k.browser.cookies["__Host-mais-p"], k.browser.device()}
	for _, c := range k.codes {
		secrets = append(secrets, c, strings.ReplaceAll(c, "-", ""))
	}
	for _, where := range []struct{ name, text string }{{"the log", log.String()}, {"the database", s.everything(t)}} {
		for _, secret := range secrets {
			if secret == "" || strings.Contains(where.text, secret) {
				t.Errorf("%s holds %q", where.name, secret)
			}
		}
		if !strings.Contains(where.text, k.id) {
			t.Errorf("%s does not even hold the user's id: it was not looked at", where.name)
		}
	}
}

// everything is all rows of all tables, as text.
func (s *station) everything(t *testing.T) string {
	t.Helper()
	rows, err := s.sql.Query(t.Context(), `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables
		WHERE table_schema IN ('access', 'audit', 'ca', 'mail') AND table_type = 'BASE TABLE'`)
	tables, err := pg.Collect(rows, err, func(r *pg.Rows) (name string, err error) { err = r.Scan(&name); return name, err })
	if err != nil || len(tables) < 20 {
		t.Fatalf("tables: %d, %v", len(tables), err)
	}
	var all strings.Builder
	for _, table := range tables {
		var text string
		if err := s.sql.QueryRow(t.Context(), `SELECT coalesce(string_agg(to_jsonb(t)::text, ' '), '') FROM `+table+` t`).Scan(&text); err != nil {
			t.Fatal(err)
		}
		all.WriteString(text)
	}
	return all.String()
}
