// Package journal keeps what was taken away, outside the database: every hold, revocation
// and spent code, and what lifted a hold, so that a database restored from an older backup
// can be told again. A journal is a file of signed entries, each holding the hash of the one
// before. Every run of a process begins one of its own, in a [Directory] with those of others:
// none is ever continued, so that one that was restored from a backup cannot fork.
//
// Call [Open] at start-up and [Journal.Append] before a transaction commits: the entry is on
// disk when it returns. [Directory.Read] gives what all journals here hold, and
// [Outstanding] what of it still counts.
//
// The package does not promise that what an entry says was committed: the crash may have come
// between. Nor can a journal tell that its own end was cut off, together with the database:
// its heads, remembered elsewhere ([Head.Announce]), can.
package journal

import (
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"mais/internal/datadir"
)

// Journal is a journal that this process writes. It is safe for concurrent use.
type Journal struct {
	id    string
	dir   string
	begin Entry // the first entry, written with the first that Append is given
	key   crypto.Signer
	copy  *mirror // nil: there is none
	log   *slog.Logger

	waiting sync.Mutex
	queue   []*pending

	writing sync.Mutex // held while entries are written
	file    *os.File   // nil: nothing has been written yet
	size    int64      // of the good entries
	unclean bool       // something may stand behind them
	first   Head
	head    Head
}

// pending is an entry that waits to be written.
type pending struct {
	entry Entry
	line  []byte
	head  Head
	err   error
	done  bool
}

// maxBatch is how many entries are written and fsynced together.
const maxBatch = 256

// ID names the journal.
func (j *Journal) ID() string { return j.id }

// Head returns the last entry on disk.
func (j *Journal) Head() Head {
	j.writing.Lock()
	defer j.writing.Unlock()
	return j.head
}

// First returns the first entry on disk, which says whose journal it is.
func (j *Journal) First() Head {
	j.writing.Lock()
	defer j.writing.Unlock()
	return j.first
}

// Append numbers an entry, signs it and writes it; it is on disk when Append returns. On an
// error it is not: the file is cut back to the entries before. Entries that come at the same
// time share one fsync.
func (j *Journal) Append(e Entry) (Head, error) {
	p := &pending{entry: e}
	j.waiting.Lock()
	j.queue = append(j.queue, p)
	j.waiting.Unlock()

	j.writing.Lock()
	defer j.writing.Unlock()
	for !p.done { // it may have been written with others while we waited
		j.flush(j.take())
	}
	if p.err != nil {
		return Head{}, fmt.Errorf("write journal %s: %w", j.id, p.err)
	}
	return p.head, nil
}

func (j *Journal) take() []*pending {
	j.waiting.Lock()
	defer j.waiting.Unlock()
	n := min(len(j.queue), maxBatch)
	batch := j.queue[:n:n]
	j.queue = j.queue[n:]
	return batch
}

// flush writes a batch, all of it or nothing.
func (j *Journal) flush(batch []*pending) {
	head, text, err := j.start()
	first := head
	var good []*pending
	for _, p := range batch {
		p.done = true
		if p.line, p.head, p.err = j.next(p.entry, head); p.err != nil {
			continue // this one alone: it cannot be an entry
		}
		head, good = p.head, append(good, p)
		text = append(append(text, p.line...), '\n')
	}
	if err == nil && len(good) > 0 {
		err = j.write(text)
	}
	if err != nil || len(good) == 0 {
		for _, p := range good {
			p.err = err
		}
		return
	}
	if j.first.IsZero() {
		j.first = first
	}
	j.head = head
	j.copy.follow(j.file, j.size, j.log)
}

// start returns the head to go on from: in a new journal that of its first entry, with the
// entry's text.
func (j *Journal) start() (head Head, text []byte, err error) {
	if !j.head.IsZero() {
		return j.head, nil, nil
	}
	line, head, err := j.next(j.begin, Head{})
	return head, append(line, '\n'), err
}

// next makes the entry after a head.
func (j *Journal) next(e Entry, after Head) (line []byte, head Head, err error) {
	e.Name, e.Previous, e.At = Name{j.id, after.Number + 1}, after.Hash, time.Now().UTC().Truncate(time.Microsecond)
	if err := e.check(); err != nil {
		return nil, Head{}, err
	}
	line, hash, err := seal(e, j.key)
	return line, Head{e.Name, hash}, err
}

// write puts text on disk behind the good entries. What a failed write left is cut off, now
// or before the next.
func (j *Journal) write(text []byte) error {
	if err := errors.Join(j.create(), j.clean()); err != nil {
		return err
	}
	j.unclean = true
	_, err := j.file.WriteAt(text, j.size)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return errors.Join(err, j.clean())
	}
	j.unclean = false
	j.size += int64(len(text))
	return nil
}

func (j *Journal) clean() error {
	if !j.unclean {
		return nil
	}
	if err := errors.Join(j.file.Truncate(j.size), j.file.Sync()); err != nil {
		return fmt.Errorf("cut off what was half written: %w", err)
	}
	j.unclean = false
	return nil
}

// CopyFault says what keeps the second place from following, or nil.
func (j *Journal) CopyFault() error { return j.copy.failing() }

// Close gives the journal back; nothing can be appended any more.
func (j *Journal) Close() error {
	j.writing.Lock()
	defer j.writing.Unlock()
	if j.file == nil {
		return nil
	}
	// Unlocked, or a process that is just being started would have it for a moment longer: see Idle.
	return errors.Join(syscall.Flock(int(j.file.Fd()), syscall.LOCK_UN), j.file.Close(), j.copy.close())
}

// create makes the file when there is something to write.
func (j *Journal) create() (err error) {
	if j.file != nil {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(j.dir, j.id+suffix), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) // it is written: see Idle
	if err == nil {
		err = errors.Join(datadir.Give(f), syncDirectory(j.dir))
	}
	if err != nil {
		return errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	j.file = f
	return nil
}

// readFile reads a journal's file.
func readFile(path string, key crypto.PublicKey, each func(Entry) error) (reading, error) {
	f, err := os.Open(path)
	if err != nil {
		return reading{}, err
	}
	defer f.Close()
	found, err := read(f, key, each)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return found, err
}
