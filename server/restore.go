package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/pelletier/go-toml/v2"

	"mais/certs"
	"mais/config"
	"mais/server/internal/audit"
	"mais/server/internal/backup"
)

// ErrThere: there is something in the directory that a service should be restored into.
var ErrThere = errors.New("the directory is not empty")

// Restore says which archive is to be read, and by what it is known to be genuine.
type Restore struct {
	Archive string
	With    []age.Identity    // backup keys
	Root    certs.Fingerprint // of the service that signed it
	By      audit.Event       // who restores; recorded at the first start
}

// Restored is what a restore did.
type Restored struct {
	backup.Manifest
	Aside string // where the database that was there before lies now
	// Settings are those of the restored service: without mail, and without backups of its own,
	// until somebody puts these back. ArchivedSettings is the file with those of the archive.
	Settings         *config.Server
	ArchivedSettings string
	Off              []string // settings and sections of them that were taken out
	// Outside is what the restored service shares with whoever else goes by it: settings whose
	// paths lie outside its directory, its external database, keys in hardware.
	Outside []string
	// Journals are the journals that were found where the service kept them outside its
	// directory, and taken over.
	Journals []string
	Missing  []string // such places that are not here
}

// Verify reads an archive through: that it is whole, and signed by the service. Nothing of it
// is written anywhere. The error is backup.ErrKey, ErrForeign or ErrDamaged where the archive
// is to blame.
func (r Restore) Verify(ctx context.Context) (backup.Manifest, error) {
	a, done, err := r.open(ctx)
	if err != nil {
		return backup.Manifest{}, err
	}
	return a.Manifest, done()
}

func (r Restore) open(ctx context.Context) (a *backup.Archive, done func() error, err error) {
	f, err := os.Open(r.Archive)
	if err != nil {
		return nil, nil, err
	}
	if a, err = backup.Open(ctx, f, r.With, r.Root); err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return a, f.Close, nil
}

// Service makes a service in dir, where there is nothing yet, of the archive: database, keys,
// settings and journal as they were. What opens the keys was not archived: unlock is put where
// the settings want it, if that is in the directory. The service is not started; on its start
// it replays its journal and stays closed while it knows that revocations are missing.
func (r Restore) Service(ctx context.Context, dir string, unlock config.Secret) (out Restored, err error) {
	a, done, err := r.open(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, done()) }()
	w, err := claim(dir)
	if err != nil {
		return out, fmt.Errorf("restore: %w", err)
	}
	defer func() { err = errors.Join(err, w.end(err != nil)) }()
	into := &unpacking{dir: w.path("new")}
	if err := into.all(ctx, a); err != nil {
		return out, fmt.Errorf("restore: %w", err)
	}
	out = Restored{Manifest: a.Manifest, ArchivedSettings: filepath.Join(dir, archivedName)}
	if err := out.settle(into, dir, unlock); err != nil {
		return out, fmt.Errorf("restore: %w", err)
	}
	if err := noteRestore(into.dir, r, out, "service"); err != nil {
		return out, fmt.Errorf("restore: %w", err)
	}
	if err := w.moveIn(into.dir); err != nil {
		return out, fmt.Errorf("restore: %w", err)
	}
	return out, nil
}

const (
	archivedName = "mais.toml.archived" // the settings as they were in the archive
	restoredName = "restored.json"      // until the first start has recorded it
)

// settle makes what was unpacked fit for its new directory.
func (out *Restored) settle(from *unpacking, dir string, unlock config.Secret) error {
	s := from.settings
	if s.Mail != nil {
		s.Mail, out.Off = nil, append(out.Off, "mail")
	}
	if s.Backup != nil {
		s.Backup, out.Off = nil, append(out.Off, "backup")
	}
	outside := s.Rebase(dir)
	// A journal outside is another's to write from now on, who may be alive.
	var places []string
	for key, at := range map[string]*string{"ca.journal_dir": &s.CA.JournalDir, "ca.journal_copy": &s.CA.JournalCopy} {
		if place, ok := outside[key]; ok {
			*at, out.Off, places = "", append(out.Off, key), append(places, place)
			delete(outside, key)
		}
	}
	slices.Sort(out.Off)
	if err := from.placeJournal(s, dir); err != nil {
		return err
	}
	if err := out.takeOver(from.inPlace(journalPath(s), dir), places); err != nil {
		return err
	}
	addresses, err := keyAddresses(&config.Server{DataDir: from.dir, CA: config.CA{KeyManager: s.CA.KeyManager}})
	if err != nil {
		return err
	}
	maps.Copy(outside, addresses)
	if d := s.Database; d != nil {
		outside["database"] = fmt.Sprintf("%s at %s:%d", d.Name, d.Host, d.Port)
	}
	for _, key := range slices.Sorted(maps.Keys(outside)) {
		out.Outside = append(out.Outside, key+" = "+outside[key])
	}
	out.Settings = s
	return from.writeSettings(s, dir, unlock)
}

// placeJournal puts the journal where the settings want it.
func (u *unpacking) placeJournal(s *config.Server, dir string) error {
	to := u.inPlace(journalPath(s), dir)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.Rename(filepath.Join(u.dir, journalDir), to)
}

// takeOver copies the journals that are longer, or only, in a place outside. They are read and
// never written there: they may be those of a service that runs.
func (out *Restored) takeOver(to string, places []string) error {
	for _, place := range places {
		found, err := os.ReadDir(place)
		if errors.Is(err, fs.ErrNotExist) {
			out.Missing = append(out.Missing, place)
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range found {
			if !strings.HasSuffix(e.Name(), ".journal") || !e.Type().IsRegular() {
				continue
			}
			path := filepath.Join(place, e.Name())
			switch took, err := takeLonger(path, filepath.Join(to, e.Name())); {
			case err != nil:
				return err
			case took:
				out.Journals = append(out.Journals, path)
			}
		}
	}
	return nil
}

// writeSettings writes the settings, those of the archive beside them, and the secret that
// opens the keys.
func (u *unpacking) writeSettings(s *config.Server, dir string, unlock config.Secret) error {
	text, err := toml.Marshal(s)
	if err != nil {
		return err
	}
	path := filepath.Join(u.dir, settingsName)
	if err := os.Rename(path, filepath.Join(u.dir, archivedName)); err != nil {
		return err
	}
	if err := writeWhole(path, text); err != nil {
		return err
	}
	at := u.inPlace(s.UnlockPath(), dir)
	if unlock.IsZero() || at == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		return err
	}
	return writeWhole(at, append(unlock.Reveal(), '\n'))
}

// noteRestore leaves a note for the first start. By it governance is told of which time the audit has
// nothing, and where that is.
func noteRestore(dir string, r Restore, m Restored, what string) error {
	e := r.By
	e.Act, e.Outcome = "backup.restore", audit.Allowed
	e.Detail = map[string]string{
		"subject": "to the backup of " + m.Made.UTC().Format(time.DateTime), "archive": r.Archive, "made": m.Made.Format(time.RFC3339), "node": m.Node, "restored": what, "at": time.Now().UTC().Format(time.RFC3339),
	}
	if m.Aside != "" {
		e.Detail["before"] = filepath.Base(m.Aside)
	}
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return writeWhole(filepath.Join(dir, restoredName), append(text, '\n'))
}

// recordRestore writes into the audit that this database came out of an archive.
func (s *Server) recordRestore(ctx context.Context) error {
	path := filepath.Join(s.settings.DataDir, restoredName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var e audit.Event
	if err == nil {
		err = json.Unmarshal(text, &e)
	}
	if err == nil {
		_, err = s.ledger.Append(ctx, e)
	}
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil {
		return fmt.Errorf("record the restore: %w", err)
	}
	return nil
}
