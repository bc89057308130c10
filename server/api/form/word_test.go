package form

import (
	"testing"

	"mais/server/api"
)

func TestWords(t *testing.T) {
	for _, test := range []struct {
		name string
		word func(string) string
		want map[string]string
	}{
		{"Word", Word, map[string]string{"those_in_authority": "Those in authority", "yes": "Yes", "no": "No", "no-preference": "No preference",
			"unknown": "Unknown", "community_gp": "Community GP", "environmental_police": "Environmental: police", "2": "2", "": "", "écrit": "Écrit"}},
		{"RoleLabel", RoleLabel, map[string]string{"police_officer": "Police officer", "clinician": "Clinician", "agency_administrator": "Agency administrator", "mais_administrator": "MAIS administrator"}},
		{"LevelLabel", LevelLabel, map[string]string{"software": "Software token", "card": "Smart card", "attested": "Smart card, attested", "new_kind": "New kind"}},
		{"StateLabel", StateLabel, map[string]string{api.StateNotRecorded: "Not recorded", api.StateRefused: "Asked, refused to say",
			api.StateWithheld: "Withheld: not for your role, whether or not anything is recorded", "later_state": "Later state"}},
	} {
		for name, want := range test.want {
			if got := test.word(name); got != want {
				t.Errorf("%s(%q) = %q, want %q", test.name, name, got, want)
			}
		}
	}
}
