package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"filippo.io/age"
)

// Source is what an archive is made of.
type Source struct {
	To       []age.Recipient // the backup keys, one at least
	Manifest Manifest        // without entries
	// Parts are asked for one after another, each when the one before has been written, so that
	// a later one is no older.
	Parts iter.Seq2[Part, error]
	// Sign signs as a statement of [Type].
	Sign func(payload []byte) (jws string, err error)
}

// Text is a part that is at hand.
func Text(name string, text []byte) Part {
	return Part{name, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }}
}

// File is the part of a file on disk under another name.
func File(name, path string) Part {
	return Part{name, func() (io.ReadCloser, error) { return os.Open(path) }}
}

type writer struct {
	ctx   context.Context
	tar   *tar.Writer
	m     Manifest
	names map[string]bool
	piece []byte // at hand for each in turn
}

// Write writes an archive to w. It returns the manifest as it was written.
func Write(ctx context.Context, w io.Writer, s Source) (Manifest, error) {
	if len(s.To) == 0 {
		return s.Manifest, errors.New("backup: there is no backup key to encrypt to")
	}
	sealed, err := age.Encrypt(w, s.To...)
	if err != nil {
		return s.Manifest, fmt.Errorf("backup: encrypt: %w", err)
	}
	a := &writer{ctx: ctx, tar: tar.NewWriter(sealed), m: s.Manifest, names: map[string]bool{}, piece: make([]byte, pieceSize)}
	a.m.Format, a.m.Entries = format, nil
	for p, err := range s.Parts {
		if err == nil {
			err = a.part(p)
		}
		if err != nil {
			return a.m, fmt.Errorf("backup: %w", err)
		}
	}
	if err := a.finish(s.Sign); err != nil {
		return a.m, fmt.Errorf("backup: %w", err)
	}
	return a.m, errors.Join(a.tar.Close(), sealed.Close())
}

func (a *writer) part(p Part) (err error) {
	from, err := p.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	for n := 0; ; n++ {
		if err := a.ctx.Err(); err != nil {
			return err
		}
		size, err := io.ReadFull(from, a.piece)
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		if size > 0 || n == 0 {
			if err := a.entry(Entry{Name: p.Name, Piece: n}, a.piece[:size]); err != nil {
				return fmt.Errorf("%s: %w", p.Name, err)
			}
		}
		if end {
			return nil
		}
	}
}

func (a *writer) entry(e Entry, content []byte) error {
	name := e.member()
	switch {
	case !localName(name):
		return errors.New("its name leads out of the archive")
	case a.names[name]:
		return errors.New("its name is there twice")
	case len(a.m.Entries) == maxEntries:
		return fmt.Errorf("it is entry %d, an archive holds no more", maxEntries+1)
	}
	a.names[name] = true
	e.Size, e.SHA256 = int64(len(content)), sumOf(content)
	a.m.Entries = append(a.m.Entries, e)
	return a.write(name, content)
}

// write writes an entry in the oldest form, which has no extensions.
func (a *writer) write(name string, content []byte) error {
	h := &tar.Header{Name: name, Mode: 0o600, Size: int64(len(content)), Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}
	if err := a.tar.WriteHeader(h); err != nil {
		return err
	}
	_, err := a.tar.Write(content)
	return err
}

// finish writes the manifest and what vouches for it.
func (a *writer) finish(sign func([]byte) (string, error)) error {
	text, err := json.MarshalIndent(a.m, "", "  ")
	if err != nil {
		return err
	}
	jws, err := sign(statementOf(text))
	if err != nil {
		return fmt.Errorf("sign the manifest: %w", err)
	}
	return errors.Join(a.write(manifestName, text), a.write(signatureName, []byte(strings.TrimSpace(jws)+"\n")))
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
