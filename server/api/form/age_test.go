package form

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
)

func TestAgeOf(t *testing.T) {
	now := time.Date(2010, 11, 22, 2, 0, 0, 0, time.UTC)
	const highly = "Treat the risks as at least this high: ask the person, and ring a contact."
	const older = "Treat it as old: ask the person, and ring a contact."
	const changed = "Things may have changed since it was written: ask the person."
	for _, test := range []struct {
		release api.Item
		want    Accuracy
	}{
		{api.Item{Value: "2010-03-12", Certainty: "actual", AsAt: "2010-03-12"},
			Accuracy{"Accurate on the day of release, 12 March 2010. 8 months old.", 255, Old, highly, "2010-03-12", "8 months old"}},
		{api.Item{Value: "2010-11-22"}, Accuracy{"Accurate on the day of release, 22 November 2010. Today.", 0, Fresh, "", "", ""}},
		{api.Item{Value: "2010-08-22"}, Accuracy{"Accurate on the day of release, 22 August 2010. 3 months old.", 92, Ageing, highly, "", ""}},
		{api.Item{Value: "2010-03-12", Certainty: "estimated"},
			Accuracy{"Accurate on the day of release, which is estimated: 12 March 2010. 8 months old.", 255, Old, highly, "", ""}},
		{api.Item{Value: "2010-12-04", Certainty: "actual"},
			Accuracy{"Not released yet: release is due on 4 December 2010, in 12 days. The record is guaranteed accurate on that day only.", -12, Future, changed, "", ""}},
		{api.Item{Value: "2010-11-23", Certainty: "estimated"},
			Accuracy{"Not released yet: release is estimated for 23 November 2010, tomorrow. The record is guaranteed accurate on the day of release only.", -1, Future, changed, "", ""}},
		{api.Item{Value: "unknown", Certainty: "unknown"},
			Accuracy{"The day of release is not known: nothing says when the record was last accurate.", 0, Unknown, older, "", ""}},
		{api.Item{State: api.StateNotRecorded},
			Accuracy{"No day of release is recorded: nothing says when the record was last accurate.", 0, Unknown, older, "", ""}},
		{api.Item{State: api.StateWithheld},
			Accuracy{"The day of release is withheld from your role, so nothing here says when the record was last accurate.", 0, Unknown, older, "", ""}},
	} {
		r := record(map[string]api.Item{"service_user_details.date_of_release": test.release})
		if diff := cmp.Diff(test.want, AgeOf(r, now)); diff != "" {
			t.Errorf("AgeOf(%+v) (-want +got):\n%s", test.release, diff)
		}
	}
}

func TestNewestAndOldestEntry(t *testing.T) {
	r := record(map[string]api.Item{
		"physical_health.asthma":     {Value: "no", AsAt: "2010-01-02"},
		"violence_to_others.mappa":   {Value: "no", AsAt: "2010-02-01"},
		"physical_health.epilepsy":   {State: api.StateWithheld},
		"risk_factors.a_later_field": {Value: "x"},
	})
	a := AgeOf(r, time.Date(2010, 4, 2, 0, 0, 0, 0, time.UTC))
	if a.Newest != "2010-02-01" || a.Oldest != "3 months old" {
		t.Errorf("newest entry = %q, the oldest is %q; want 2010-02-01 and 3 months old", a.Newest, a.Oldest)
	}
}
