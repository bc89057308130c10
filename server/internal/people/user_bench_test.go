package people_test

import (
	"slices"
	"testing"
	"time"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/internal/pg/pgtest"
	"mais/server/api"
	"mais/server/internal/people"
	"mais/server/migrations"
)

// townSQL makes 40 agencies with 4 sites each and 20,000 people.
const townSQL = `
	INSERT INTO access.agency (name, kind) SELECT 'Agency ' || n, 'police' FROM generate_series(1, 40) n;
	INSERT INTO access.site (agency, name) SELECT id, 'Site ' || n FROM access.agency, generate_series(1, 4) n;
	INSERT INTO access.user_account (email, name, agency) SELECT 'person' || n || '@agency.example', md5(n::text) || ' ' || md5((-n)::text), a.id
		FROM generate_series(1, 20000) n JOIN (SELECT id, row_number() OVER (ORDER BY name) AS k FROM access.agency) a ON a.k = n % 40 + 1;
	INSERT INTO access.user_role SELECT id, 'police_officer' FROM access.user_account;
	INSERT INTO access.user_site SELECT u.id, s.id FROM access.user_account u JOIN access.site s ON s.agency = u.agency AND s.name IN ('Site 1', 'Site 2');
	INSERT INTO access.registration (user_id, sent_at, expires_at, registered_at, first_seen_at, last_seen_at)
		SELECT id, now(), now() + interval '7 days', CASE WHEN email LIKE '%1@%' THEN NULL ELSE now() END, CASE WHEN email LIKE '%1@%' THEN NULL ELSE now() END,
			now() - random() * interval '60 days' FROM access.user_account;
	ANALYZE`

// BenchmarkUsersPage: a page of 25 of 20,000 people, as the list of administrators asks for it.
func BenchmarkUsersPage(b *testing.B) {
	d := pgtest.New(b, camigrations.Set, migrations.Set)
	if _, err := d.Owner().Exec(b.Context(), townSQL); err != nil {
		b.Fatal(err)
	}
	var agency string
	if err := d.Owner().QueryRow(b.Context(), `SELECT id FROM access.agency LIMIT 1`).Scan(&agency); err != nil {
		b.Fatal(err)
	}
	register, err := people.Open(b.Context(), d.Source(), catest.New(b, d))
	if err != nil {
		b.Fatal(err)
	}
	defer register.Close()
	for _, of := range []struct {
		name   string
		want   people.Wanted
		offset int
	}{
		{"first", people.Wanted{}, 0},
		{"last", people.Wanted{}, 19_975},
		{"agency", people.Wanted{Within: agency}, 0},
		{"search", people.Wanted{UserFilter: api.UserFilter{Query: "person1999"}}, 0},
		{"stage", people.Wanted{UserFilter: api.UserFilter{Stage: api.StageInvited}}, 0},
		{"role", people.Wanted{UserFilter: api.UserFilter{Role: "police_officer"}}, 0},
		{"seen", people.Wanted{UserFilter: api.UserFilter{Sort: "-seen"}}, 0},
	} {
		b.Run(of.name, func(b *testing.B) { pages(b, register, of.want, of.offset) })
	}
}

func pages(b *testing.B, r *people.Register, w people.Wanted, offset int) {
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		if _, _, err := r.UsersPage(b.Context(), w, 25, offset); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
