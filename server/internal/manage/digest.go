package manage

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"mais/server/api"
)

// digestOf is of all that somebody is shown of an open change before they decide on it: what is
// asked for, what differs, who gains and who loses. Who confirms or approves sends it back, so
// that nobody decides on what they have not seen. What comes and goes by itself is not in it: how
// many sessions are open, how many certificates are good, what is warned of places.
func digestOf(c stored, shown api.Change) (string, error) {
	seen := shown.Effect
	seen.Sessions, seen.Certificates = 0, 0
	if strings.HasPrefix(c.Kind, "site.") || strings.HasPrefix(c.Kind, "network.") {
		seen.Warnings = nil
	}
	text, err := json.Marshal(struct {
		ID, State, Subject, Note string
		Before, After            json.RawMessage
		Second                   []string
		Differences              []api.Difference
		Effect                   api.Effect
		Items                    int
	}{c.ID, c.State, c.Subject, c.Note, orEmpty(c.Before), orEmpty(c.After), c.Second, shown.Differences, seen, c.Items.Total})
	if err != nil {
		return "", fmt.Errorf("encode what was shown of change %s: %w", c.ID, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

func orEmpty(fields json.RawMessage) json.RawMessage {
	if len(fields) == 0 {
		return json.RawMessage("{}")
	}
	return fields
}

// looked compares what somebody saw with what there is to see. Whoever approves says what they
// saw; whoever confirms what they made themselves may leave it out.
func looked(c stored, shown api.Change, digest string) error {
	switch {
	case digest == "" && c.State == api.ChangeDraft:
		return nil
	case digest == "":
		return wrongFields(api.FieldError{Field: "digest", Detail: "is missing: send that of the change as you looked at it"})
	case digest != shown.Digest:
		return ErrOutdated
	}
	return nil
}
