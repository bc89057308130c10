package oversight

import (
	"strings"

	"mais/server/internal/audit"
)

// namings are the details that say what an entry was about, the best first. What they hold was
// written by the parts that appended it: subject is that of a change, a review or a role.
var namings = []string{"subject", "name", "email", "subnet", "site", "agency", "role", "holder", "certificate", "card", detailAlarm}

// aboutOf says what or whom an entry was about, where that is no record: a change of access, say, by
// its kind and whom it would touch.
func aboutOf(e audit.Entry) string {
	if strings.HasPrefix(e.Act, "audit.") { // there the details are what was asked for
		return ""
	}
	for _, name := range namings {
		text := e.Detail[name]
		if text == "" {
			continue
		}
		if kind := e.Detail["kind"]; name == "subject" && kind != "" && kind != e.Act {
			return kind + ": " + text
		}
		return text
	}
	return ""
}
