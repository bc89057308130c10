package token

import (
	"errors"
	"os"
	"strings"
)

// Deployed returns the serial of the token that its users were last told of, or "".
func (h Home) Deployed(name string) string {
	text, err := os.ReadFile(h.path(donePattern.of(name)))
	if err != nil || len(text) > maxMetaBytes {
		return "" // they are told once more, which does no harm
	}
	return strings.TrimSpace(string(text))
}

// SetDeployed notes that the users of the token were told of the serial; "" says that they
// are about to be. It is durable when it returns.
func (h Home) SetDeployed(name, serial string) error {
	path := donePattern.of(name)
	return errors.Join(writeFile(h.dir, path, []byte(serial+"\n")), syncDir(h.dir))
}
