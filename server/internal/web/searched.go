package web

import (
	"errors"

	"mais/server/internal/authn"
)

// searched returns what was searched for, from the address of a list, in which it stands sealed
// under a label; gone says that it was sealed in another session. An empty address searched nothing.
func (c *call) searched(label, sealed string) (text string, gone bool, err error) {
	if sealed == "" {
		return "", false, nil
	}
	plain, err := c.verdict.Open(label, sealed)
	if errors.Is(err, authn.ErrSealed) {
		return "", true, nil
	}
	return string(plain), false, err
}
