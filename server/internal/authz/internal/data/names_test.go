package data_test

import (
	"errors"
	"slices"
	"testing"

	"mais/server/internal/authz/internal/data"
	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/record"
)

// Who people are comes as far as the decision goes, for those who are there, by the lowest
// login role.
func TestNames(t *testing.T) {
	d := newDatabase(t)
	s := open(t, d)
	load(t, s, people(named("1", "Kettering", "Tobias", "1978-02-14"), named("2", "Sandford", "Ada", "1990-12-01")))
	tobias, ada := one(t, s, record.Query{Surname: "kettering"}), one(t, s, record.Query{Surname: "sandford"})
	if _, err := d.Owner().Exec(t.Context(), `REVOKE ALL ON ALL TABLES IN SCHEMA record FROM mais_read_full`); err != nil {
		t.Fatal(err)
	}
	asked := []record.PersonID{tobias, record.NewPersonID(), ada}
	all := readingAudience(record.Full)
	for _, test := range []struct {
		d    policy.Decision
		want record.Match
	}{
		{all, record.Match{ID: tobias, Surname: "Kettering", FirstName: "Tobias", DateOfBirth: "1978-02-14"}},
		{reading("service_user_details.surname", "physical_health.epilepsy"), record.Match{ID: tobias, Surname: "Kettering"}},
		{reading("service_user_details.date_of_birth"), record.Match{ID: tobias, DateOfBirth: "1978-02-14"}},
	} {
		got, err := s.Names(t.Context(), test.d, asked)
		at := slices.IndexFunc(got, func(m record.Match) bool { return m.ID == tobias })
		if err != nil || len(got) != 2 || at < 0 || got[at].Surname != test.want.Surname || got[at].FirstName != test.want.FirstName ||
			got[at].DateOfBirth != test.want.DateOfBirth || got[at].Alerts != nil {
			t.Errorf("Names(%v) = %+v, %v, want %+v and another", test.d.Only(data.NameItems()...).Items(), got, err, test.want)
		}
	}
	for _, d := range []policy.Decision{reading("physical_health.epilepsy"), all.Only()} {
		if got, err := s.Names(t.Context(), d, asked); err != nil || len(got) != 0 {
			t.Errorf("Names without permission = %+v, %v, want nobody", got, err)
		}
	}
	if got, err := s.Names(t.Context(), all, nil); err != nil || len(got) != 0 {
		t.Errorf("Names of nobody = %+v, %v", got, err)
	}
	for _, d := range []policy.Decision{{}, policy.DecideSystem("import", policy.Create)} {
		if _, err := s.Names(t.Context(), d, asked); !errors.Is(err, data.ErrNotAllowed) {
			t.Errorf("Names by a decision to %v: %v, want %v", d.Act(), err, data.ErrNotAllowed)
		}
	}
}
