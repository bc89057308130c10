// Package deploy hands a renewed token to the programs that use it: it writes the certificate
// and the key where a server reads them, and runs the command that makes it read them again.
//
// Make a [Target] with [NewTarget] and call [Target.Apply] as often as you like: it does what
// is not done yet, after a crash as well. The command is run at least once for each token,
// and again until it succeeds. The package does not talk to the service.
package deploy

import (
	"context"
	"crypto/tls"
	"errors"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

// Target is where a token is handed to. The zero Target wants nothing.
type Target struct {
	files  files
	reload Command
}

// NewTarget takes what a person asked for: two files or none, and a command or none. The
// files must not stand in the home, among the tokens themselves.
func NewTarget(home token.Home, cert, key, reload string) (Target, error) {
	f, err := newFiles(home, cert, key)
	if err != nil {
		return Target{}, err
	}
	command, err := ParseCommand(reload)
	return Target{f, command}, err
}

// IsZero reports whether the target wants nothing.
func (d Target) IsZero() bool { return d.files.none() && d.reload.none() }

// Apply brings the target up to date with a token and reports whether there was anything to
// do. Its key is unlocked only when it has to be written. A failure after the files were
// written is one of kind Partly.
func (d Target) Apply(ctx context.Context, home token.Home, t *token.Token, unlock func() (tls.Certificate, error)) (did bool, err error) {
	stale := !d.files.none() && !d.files.hold(t)
	if d.IsZero() || !stale && home.Deployed(t.Name) == t.Serial {
		return false, nil
	}
	if stale {
		// First: whoever finds new files without this note does not know that the command is due.
		if err := home.SetDeployed(t.Name, ""); err != nil {
			return true, unfinished(err)
		}
		own, err := unlock()
		if err != nil {
			return true, err
		}
		if err := d.files.write(own, t.Chain); err != nil {
			return true, unfinished(err)
		}
	}
	if err := d.reload.Run(ctx); err != nil {
		return true, err
	}
	if err := home.SetDeployed(t.Name, t.Serial); err != nil {
		return true, unfinished(err)
	}
	return true, nil
}

func unfinished(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return fault.New(fault.Partly, "mend that; it is tried again until it succeeds", "the token is good, and could not be handed on").Because(err)
}
