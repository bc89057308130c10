package bench

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"time"
)

// What stands in the register and in the audit while the administrators' pages are measured.
const (
	staff      = 20_000
	agencies   = 40
	auditRows  = 1_000_000
	waiting    = 300 // changes
	adminTurns = 60  // asks in a turn
)

// BenchmarkAdminPage is how long the first byte of an administrator's and a governance
// officer's page takes, after the request, over a kept connection, with so many people in the
// register and so many entries in the audit. The baseline is the help page, which reads neither:
// it is asked for in turn with each, by the same person in the same session. cost is the page's
// time in units of the help page's, of the median and of the slowest hundredth.
func BenchmarkAdminPage(b *testing.B) {
	s := startService(b, "")
	tokens := s.officers(b, 2)
	s.crowd(b)
	visitors := []*visitor{}
	for n, own := range tokens {
		s.office(b, own, []string{"administrator", "governance_officer"}[n])
		v := &visitor{client: client{address: s.mutual, config: asClient(own)}}
		b.Cleanup(v.close)
		must(b, v.signIn())
		visitors = append(visitors, v)
	}
	var somebody string
	must(b, s.owner.QueryRow(b.Context(), `SELECT id FROM access.user_account WHERE email = 'user777@agency17.example'`).Scan(&somebody))
	for _, page := range []struct {
		name, path string
		who        int
	}{
		{"overview", "/admin", 0}, {"people", "/admin/people", 0}, {"people-last-page", fmt.Sprintf("/admin/people?page=%d", staff/25), 0},
		{"people-bounced", "/admin/people?stage=bounced", 0}, {"one-person", "/admin/people/" + somebody, 0}, {"funnel", "/admin/people/funnel", 0},
		{"approvals", "/admin/changes?state=mine", 0}, {"roles", "/admin/roles", 0}, {"agencies", "/admin/agencies", 0}, {"usage", "/admin/usage", 0},
		{"audit-search", "/audit", 1}, {"audit-refusals", "/audit/refusals", 1}, {"audit-figures", "/audit/figures", 1}, {"audit-alerts", "/audit/alerts", 1},
	} {
		b.Run(page.name, func(b *testing.B) { s.page(b, visitors[page.who], page.path) })
	}
}

// page measures one page beside the help page.
func (s *service) page(b *testing.B, v *visitor, path string) {
	v.close() // the service has closed what nobody used for minutes
	var ours, theirs waits
	ask := func(path string) func(*visitor, int) (time.Duration, error) {
		return func(v *visitor, _ int) (time.Duration, error) { return v.first("GET", path, "", "") }
	}
	inTurns(b, s.meter,
		side{n: adminTurns, run: func(n int) error { return ours.turn([]*visitor{v}, n, ask(path)) }},
		side{n: adminTurns, run: func(n int) error { return theirs.turn([]*visitor{v}, n, ask("/help")) }})
	b.ReportMetric(0, "ns/op")
	for _, q := range []struct {
		name string
		at   float64
	}{{"p50", 0.50}, {"p99", 0.99}} {
		b.ReportMetric(ours.quantile(q.at), q.name+"-us")
		b.ReportMetric(theirs.quantile(q.at), "help-"+q.name+"-us")
		b.ReportMetric(ours.quantile(q.at)/theirs.quantile(q.at), q.name+"-cost")
	}
}

// office gives a token's holder an office, in place of what they have.
func (s *service) office(b *testing.B, own tls.Certificate, role string) {
	b.Helper()
	leaf, err := x509.ParseCertificate(own.Certificate[0])
	must(b, err)
	id := leaf.URIs[0].String()
	id = id[strings.LastIndex(id, ":")+1:]
	_, err = s.owner.Exec(b.Context(), `DELETE FROM access.user_role WHERE user_id = $1`, id)
	must(b, err)
	_, err = s.owner.Exec(b.Context(), `INSERT INTO access.user_role (user_id, role) VALUES ($1, $2)`, id, role)
	must(b, err)
}

// crowd fills the register and the audit. The trigger that keeps an entry durable costs a call a
// row and means nothing for entries that nobody waits for.
func (s *service) crowd(b *testing.B) {
	b.Helper()
	for _, sql := range []string{
		fmt.Sprintf(`INSERT INTO access.agency (name, kind, sponsor_name, sponsor_email, domains)
			SELECT 'Agency ' || n, 'police', 'Sponsor', 'sponsor@agency' || n || '.example', ARRAY['agency' || n || '.example'] FROM generate_series(0, %d) n`, agencies-1),
		`INSERT INTO access.site (agency, name) SELECT id, 'Site of ' || name FROM access.agency WHERE name LIKE 'Agency %'`,
		fmt.Sprintf(`INSERT INTO access.user_account (email, name, agency, ends_on)
			SELECT 'user' || n || '@agency' || n %% %[2]d || '.example', 'Person ' || md5(n::text), a.id, CASE WHEN n %% 50 = 0 THEN current_date + n %% 90 END
			FROM generate_series(0, %[1]d) n JOIN access.agency a ON a.name = 'Agency ' || n %% %[2]d`, staff-1, agencies),
		`INSERT INTO access.user_site SELECT u.id, s.id FROM access.user_account u JOIN access.site s ON s.agency = u.agency WHERE u.email LIKE 'user%'`,
		`INSERT INTO access.user_role SELECT id, CASE WHEN random() < .7 THEN 'police_officer' ELSE 'clinician' END FROM access.user_account WHERE email LIKE 'user%'`,
		`INSERT INTO access.registration (user_id, sent_at, expires_at, registered_at, first_seen_at, last_seen_at, bounced_at, bounce)
			SELECT id, now() - interval '40 days', now() - interval '10 days', CASE WHEN r < .8 THEN now() - r * interval '300 days' END,
				CASE WHEN r < .7 THEN now() - r * interval '300 days' END, CASE WHEN r < .7 THEN now() - r * interval '20 days' END,
				CASE WHEN r > .97 THEN now() END, CASE WHEN r > .97 THEN '550 no such user' END
			FROM (SELECT id, random() AS r FROM access.user_account WHERE email LIKE 'user%') u ON CONFLICT DO NOTHING`,
		fmt.Sprintf(`INSERT INTO access.change (kind, target, agency, after, subject, state, made_by, expires_at, confirmed_at, second)
			SELECT 'user.invite', NULL, a.id, '{}', 'Somebody ' || n, 'waiting', (SELECT id FROM access.user_account WHERE email = 'user1@agency1.example'), now() + interval '7 days', now(), ARRAY['It gives a role.']
			FROM generate_series(1, %d) n JOIN access.agency a ON a.name = 'Agency ' || n %% %d`, waiting, agencies),
		`ALTER TABLE audit.event DISABLE TRIGGER durable`,
		fmt.Sprintf(`INSERT INTO audit.event (at, act, outcome, listener, method, uri, address, user_id, user_name, agency, site, roles, auth_method, session, persons, reason)
			SELECT now() - (%[1]d - n) * interval '7 seconds', (ARRAY['session.start', 'record.search', 'record.show', 'record.show', 'record.print', 'session.end', 'page.home'])[1 + n %% 7],
				CASE WHEN n %% 97 = 0 THEN 'refused' ELSE 'allowed' END, 'mutual', 'GET', '/person', '192.0.2.7', u.id, u.name, u.agency, 'Site', ARRAY['police_officer'], 'certificate',
				'session ' || n / 20, CASE WHEN n %% 7 BETWEEN 2 AND 4 THEN ARRAY[md5((n %% 1000)::text)::uuid] END, CASE WHEN n %% 97 = 0 THEN 'denied' END
			FROM generate_series(1, %[1]d) n JOIN (SELECT u.id, u.name, a.name AS agency, row_number() OVER () AS k FROM access.user_account u JOIN access.agency a ON a.id = u.agency
				WHERE u.email LIKE 'user%%') u ON u.k = 1 + (n::bigint * 7919) %% %[2]d`, auditRows, staff),
		`ALTER TABLE audit.event ENABLE ALWAYS TRIGGER durable`,
		`SELECT audit.close_days(1000)`, // as the service itself does within ten minutes
		`ANALYZE`,
	} {
		began := time.Now()
		if _, err := s.owner.Exec(b.Context(), sql); err != nil {
			b.Fatalf("%.80s: %v", sql, err)
		}
		b.Logf("%v: %.60s", time.Since(began).Round(time.Millisecond), sql)
	}
}
