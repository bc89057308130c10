package browser

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"mais/certs"
	"mais/tokenctl/internal/fault"
)

// Undo plans to take away what the ledger holds, the last first. What is no longer as it was
// left stays, and so does everything that somebody else has put there.
func (l *Ledger) Undo(ctx context.Context) (steps []Step, err error) {
	for _, r := range slices.Backward(l.records) {
		step, err := l.undo(ctx, r)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// Take does the steps that Undo has planned.
func (l *Ledger) Take(ctx context.Context, steps []Step) error {
	if err := busy(steps); err != nil {
		return err
	}
	for i, step := range steps {
		if step.State == ToDo {
			if err := step.do(ctx); err != nil {
				return fault.Of(err).During(step.Text)
			}
			steps[i].State = Done
		}
		if step.State == ByHand {
			continue // it is undone when whoever may has done it
		}
		if err := l.forget(step.records[0]); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) undo(ctx context.Context, r Record) (Step, error) {
	step := Step{Browser: r.Browser, Where: r.Where, What: r.Kind, State: ToDo, records: []Record{r}}
	var err error
	switch r.Kind {
	case madeFile:
		step.Text = "remove the file"
		err = step.undoFile(r)
	default:
		if err := database(r.Where).ownedBy(l.user); err != nil {
			return Step{}, err
		}
		step.Busy = database(r.Where).heldBy()
		err = step.undoIn(ctx, database(r.Where), r)
	}
	return step, err
}

// undoFile plans to remove a file that is as it was written, and is one that Setup writes.
func (s *Step) undoFile(r Record) error {
	if !policyFile(r.Where) {
		s.State, s.Text = Left, "setup makes no such file: it is not touched"
		return nil
	}
	text, err := os.ReadFile(r.Where)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.State = There
	case err != nil:
		return err
	case sumOf(text) != r.Content:
		s.State, s.Text = Left, "somebody has changed it since: see whether it is still needed"
	case !writable(r.Where):
		s.State, s.Command = ByHand, "sudo rm "+r.Where
	default:
		s.do = func(context.Context) error { return os.Remove(r.Where) }
	}
	return nil
}

// undoIn plans a change back in a database.
func (s *Step) undoIn(ctx context.Context, db database, r Record) error {
	if !db.exists() {
		s.Text, s.State = "the database is gone", There
		return nil
	}
	if r.Kind == addedModule {
		s.Text = "forget the module " + r.Content
		modules, err := db.modules(ctx)
		if modules[r.Name] != r.Content {
			s.State = There
		}
		s.do = func(ctx context.Context) error { return db.dropModule(ctx, r.Name) }
		return err
	}
	if r.Kind == madeDatabase {
		s.Text = "remove the database, if it is empty"
		s.do = db.removeEmpty
		return nil
	}
	have, err := db.certificates(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(have, func(e entry) bool { return sumOf(e.cert.Raw) == r.Content })
	if i < 0 {
		s.Text, s.State = "it is gone", There
		return nil
	}
	name := have[i].nickname
	if have[i].twin {
		s.State, s.Text = Left, "another certificate of the same name is there: take away by hand what is not wanted, "+certs.FingerprintOf(have[i].cert.Raw).String()
		return nil
	}
	switch r.Kind {
	case addedRoot:
		s.Text, s.do = "trust the service's root no longer", func(ctx context.Context) error { return db.dropCertificate(ctx, name) }
	case changedTrust:
		s.Text, s.do = "trust the service's root as before: "+r.Was, func(ctx context.Context) error { return db.setTrust(ctx, name, r.Was) }
		if have[i].trust != serversOnly {
			s.State, s.Text = Left, "somebody has changed the root's trust since"
		}
	case addedKey:
		s.Text, s.do = "take away the token's key and certificate", func(ctx context.Context) error { return db.dropKey(ctx, name) }
	case addedIssuer:
		s.Text, s.do = "take away the certificate of the authority that issued it", func(ctx context.Context) error { return db.dropCertificate(ctx, name) }
	}
	return nil
}

// removeEmpty removes a database in which nothing is left.
func (d database) removeEmpty(ctx context.Context) error {
	have, err := d.certificates(ctx)
	if err != nil {
		return err
	}
	modules, err := d.modules(ctx)
	if err != nil {
		return err
	}
	if len(have) > 0 || len(modules) > 1 { // NSS's own is always there
		return nil
	}
	for _, name := range files {
		if err := os.Remove(filepath.Join(string(d), name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if os.Remove(string(d)) == nil { // it holds something else otherwise
		os.Remove(filepath.Dir(string(d))) // likewise
	}
	return nil
}
