package form

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
)

func TestAffectedByOne(t *testing.T) {
	got := AffectedByOne([]api.Affected{
		{ID: "1", Name: "Dana", What: []string{"gets the role clinician"}, Items: []string{"physical_health"}, Acts: []string{"read"}},
		{ID: "2", Name: "Dana", Places: []string{"192.0.2.0/24", "2001:db8::/32"}},
		{ID: "1", Name: "Dana", Items: []string{"physical_health.epilepsy", "physical_health.asthma", "newer.thing"}, Acts: []string{"create", "update", "emergency"}},
	})
	want := []AffectedOne{
		{Lines: []string{
			"Gets the role clinician", "Read: Summary of physical health issues (all)",
			"Create, update and open in an emergency: Summary of physical health issues (2 of 5 items), newer",
		}, Items: []string{
			"Read: History of epilepsy, History of diabetes, History of asthma, History of brain injuries, History of heart problems",
			"Create, update and open in an emergency: History of epilepsy, History of asthma",
		}},
		{Lines: []string{"From 192.0.2.0/24, 2001:db8::/32"}},
	}
	for n := range got {
		got[n].Affected = api.Affected{}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("AffectedByOne (-want +got):\n%s", diff)
	}
}
