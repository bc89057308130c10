package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/pelletier/go-toml/v2"
	"github.com/prometheus/client_golang/prometheus"

	"mais/certs"
	"mais/config"
	"mais/server/internal/audit"
	"mais/server/internal/backup"
	"mais/server/internal/jobs"
)

// What an archive holds.
const (
	settingsName = "mais.toml"     // as they are in force, with absolute paths
	dumpName     = "database.dump" // of pg_dump, in its custom format
	filesDir     = "files"         // what lay in the data directory
	journalDir   = "journal"       // what lay in the journal's
)

// nodeFiles are the files of the data directory that a backup keeps, besides the directory of
// keys: who this node is.
var nodeFiles = []string{"server.id", "server.key", "server.next.key", "server.crt", "pins.json"}

// madeFile says in the data directory which archive this node made last in its own time, so
// that it need not believe what others wrote beside it.
const madeFile = "backup.json"

type lastMade struct {
	Archive string    `json:"archive"`
	Size    int64     `json:"size"`
	Made    time.Time `json:"made"`
}

// Backup archives the service, running or not, into a directory, encrypted to the backup
// keys and signed, and returns the archive's path. Of this node's archives there the newest
// keep stay; 0 keeps all. An external database is dumped as pg_dump finds it by its environment
// (PGSERVICE, PGHOST, …), by a role that may read everything. It is audited, as done by by,
// before the database is read.
func (h *Host) Backup(ctx context.Context, dir string, keep int, to []age.Recipient, by audit.Event) (path string, err error) {
	settings := h.server.settings
	node, err := nodeOf(settings)
	if err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	if err := sweepWorkspace(settings.DataDir); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	by.Act, by.Outcome, by.Detail = "backup.make", audit.Allowed, map[string]string{"directory": dir}
	for i, key := range to {
		by.Detail[fmt.Sprintf("recipient_%d", i+1)] = fmt.Sprint(key)
	}
	if _, err := h.Audit.Append(ctx, by); err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	root := h.CA.Root().Raw
	m := backup.Manifest{
		Made: time.Now().UTC().Truncate(time.Second), Version: moduleVersion(), Service: settings.Deployment, Node: node.String(),
		Root: certs.FingerprintOf(root).String(), RootCertificate: root,
	}
	path, err = backup.Save(ctx, dir, keep, backup.Source{
		To: to, Manifest: m, Parts: backupParts(ctx, settings),
		Sign: func(payload []byte) (string, error) { return h.CA.SignStatement(ctx, node, backup.Type, payload) },
	})
	if err != nil {
		return path, err
	}
	if b := settings.Backup; b == nil || filepath.Clean(b.Directory) != dir {
		return path, nil
	}
	return path, noteMade(settings, path, m.Made)
}

func moduleVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}

// nodeOf reads who this node is.
func nodeOf(settings *config.Server) (certs.Identity, error) {
	text, err := os.ReadFile(filepath.Join(settings.DataDir, "server.id"))
	if errors.Is(err, fs.ErrNotExist) {
		return certs.Identity{}, errors.New("this node has never served, and there is nothing to keep yet: start it once")
	}
	if err != nil {
		return certs.Identity{}, err
	}
	return certs.ParseIdentity(strings.TrimSpace(string(text)))
}

// journalPath is where the journal lies.
func journalPath(settings *config.Server) string {
	if settings.CA.JournalDir != "" {
		return settings.CA.JournalDir
	}
	return filepath.Join(KeyDir(settings), "journal")
}

// backupParts are looked for one after another: first the database, then the journal, so that
// what the database knows is in the journal then; the settings before both, since a restore
// goes by them.
func backupParts(ctx context.Context, settings *config.Server) iter.Seq2[backup.Part, error] {
	return func(yield func(backup.Part, error) bool) {
		text, err := toml.Marshal(settings)
		if err != nil {
			yield(backup.Part{}, err)
			return
		}
		database := backup.Part{Name: dumpName, Open: func() (io.ReadCloser, error) { return openDump(ctx, settings) }}
		if !yield(backup.Text(settingsName, text), nil) || !yield(database, nil) {
			return
		}
		files, err := fileParts(settings)
		if err != nil {
			yield(backup.Part{}, err)
			return
		}
		for _, p := range files {
			if !yield(p, nil) {
				return
			}
		}
	}
}

// fileParts are the node's files, the keys and the journal. An archive without the keys or
// the journal would be found out too late.
func fileParts(settings *config.Server) (parts []backup.Part, err error) {
	for _, name := range nodeFiles {
		switch _, err := os.Stat(filepath.Join(settings.DataDir, name)); {
		case err == nil:
			parts = append(parts, backup.File(filesDir+"/"+name, filepath.Join(settings.DataDir, name)))
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	opens, err := openers(settings)
	if err != nil {
		return nil, err
	}
	keys, err := backup.Files(KeyDir(settings), filesDir+"/ca", append(opens, journalPath(settings))...)
	if err == nil {
		err = checkKeys(keys)
	}
	if err != nil {
		return nil, fmt.Errorf("the directory of keys: %w", err)
	}
	journal, err := backup.Files(journalPath(settings), journalDir, opens...)
	if err == nil && len(journal) == 0 {
		err = fmt.Errorf("%s is empty", journalPath(settings))
	}
	if err != nil {
		return nil, fmt.Errorf("the journal, without which a restore would bring back what was revoked: %w", err)
	}
	return append(append(parts, keys...), journal...), nil
}

// checkKeys demands that every issuing CA is there with its key, or with its key's address.
func checkKeys(parts []backup.Part) error {
	there := map[string]bool{}
	for _, p := range parts {
		there[strings.TrimPrefix(p.Name, filesDir+"/ca/")] = true
	}
	for _, name := range []string{"root.crt", "root.crl", "journal.key", "people-1.crt", "sites-1.crt"} {
		if !there[name] {
			return fmt.Errorf("it has no %s", name)
		}
	}
	for name := range there {
		id, ok := strings.CutSuffix(name, ".crt")
		if ok && id != "root" && !there[id+".key"] && !there[id+".kms"] {
			return fmt.Errorf("it has no %s.key", id)
		}
	}
	return nil
}

// openBackup starts the service's own backups, if its settings have any.
func (s *Server) openBackup(context.Context) error {
	b := s.settings.Backup
	if b == nil {
		s.log.Warn("the service does not back itself up", "next", "give its settings a section [backup], or run mais-server backup by a timer of your own")
		return nil
	}
	to, err := age.ParseRecipients(strings.NewReader(strings.Join(b.Recipients, "\n")))
	if err != nil {
		return fmt.Errorf("the settings' backup.recipients: %w", err)
	}
	last := func() (time.Time, error) { return lastBackup(s.settings, time.Now()) }
	s.start("the backups", func(ctx context.Context) error {
		return jobs.Backup(ctx, b.Every.Std(), last, func(ctx context.Context) (string, error) {
			return s.Host().Backup(ctx, b.Directory, *b.Keep, to, audit.Event{UserName: "the service itself", AuthMethod: "system"})
		}, s.log)
	})
	s.metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "mais_backup_age_seconds", Help: "Age of this node's newest backup; -1 without one.",
	}, func() float64 {
		at, err := last()
		if err != nil || at.IsZero() {
			return -1
		}
		return time.Since(at).Seconds()
	}))
	return nil
}

// lastBackup returns when this node made the newest archive of its own; the zero time is
// never. It is never when the archive is there no more, has another length, or was made later than now,
// by a clock that was wrong.
func lastBackup(settings *config.Server, now time.Time) (time.Time, error) {
	var m lastMade
	text, err := os.ReadFile(filepath.Join(settings.DataDir, madeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	if json.Unmarshal(text, &m) != nil || settings.Backup == nil || filepath.Dir(m.Archive) != filepath.Clean(settings.Backup.Directory) {
		return time.Time{}, nil
	}
	info, err := os.Stat(m.Archive)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (info.Size() != m.Size || m.Made.After(now)) {
		return time.Time{}, nil
	}
	return m.Made, err
}

func noteMade(settings *config.Server, path string, at time.Time) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	text, err := json.MarshalIndent(lastMade{path, info.Size(), at}, "", "  ")
	if err == nil {
		err = writeWhole(filepath.Join(settings.DataDir, madeFile), append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("backup: note that %s is made: %w", path, err)
	}
	return nil
}
