package oversight

import (
	"testing"

	"mais/server/internal/audit"
)

func TestAbout(t *testing.T) {
	for want, e := range map[string]audit.Event{
		"user.leave: Pat Officer":  {Act: "change.approve", Detail: map[string]string{"kind": "user.leave", "subject": "Pat Officer", "change": "x"}},
		"Pat Officer":              {Act: "user.leave", Detail: map[string]string{"kind": "user.leave", "subject": "Pat Officer"}},
		"network.add: 10.0.0.0/24": {Act: "change.propose", Detail: map[string]string{"kind": "network.add", "subject": "10.0.0.0/24"}},
		"Northshire Police":        {Act: "access-review.sign", Detail: map[string]string{"review": "x", "subject": "Northshire Police"}},
		"clinician":                {Act: "role.level", Detail: map[string]string{"role": "clinician", "from": "any", "to": "card"}},
		"":                         {Act: "audit.list", Detail: map[string]string{"agency": "what was asked for"}},
		"4711":                     {Act: "alarm.settled", Detail: map[string]string{"alarm": "4711", "note": "x"}},
		"Dana Whitlock":            {Act: "token.revoke", Detail: map[string]string{"name": "Dana Whitlock", "certificate": "people-1/4f"}},
	} {
		if got := aboutOf(audit.Entry{Event: e}); got != want {
			t.Errorf("aboutOf(%s) = %q, want %q", e.Act, got, want)
		}
	}
}
