package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"filippo.io/age"

	"mais/certs"
)

// Archive is an archive that was read through and found whole and signed.
type Archive struct {
	Manifest
	from    io.ReadSeeker
	decrypt func(io.Reader) (io.Reader, error)
}

// Open reads an archive through: that a backup key opens it, that it is whole, and that the
// service of the root signed it. Nothing of it is kept. The error is ErrKey, ErrForeign or
// ErrDamaged where the archive is to blame.
func Open(ctx context.Context, from io.ReadSeeker, with []age.Identity, root certs.Fingerprint) (*Archive, error) {
	a := &Archive{from: from, decrypt: func(r io.Reader) (io.Reader, error) { return age.Decrypt(r, with...) }}
	if err := a.check(ctx, root); err != nil {
		return nil, err
	}
	return a, nil
}

// check reads the archive through.
func (a *Archive) check(ctx context.Context, root certs.Fingerprint) error {
	var found []Entry
	var manifest []byte
	var jws string
	err := a.walk(ctx, func(name string, content []byte) error {
		switch {
		case jws != "":
			return fmt.Errorf("%w: something follows its signature", ErrDamaged)
		case manifest != nil && name == signatureName:
			jws = string(content)
		case name == manifestName:
			manifest = slices.Clone(content)
		case manifest != nil || !localName(name) || len(found) == maxEntries || len(content) > pieceSize:
			return fmt.Errorf("%w: an entry %.80q that we do not write", ErrDamaged, name)
		default:
			found = append(found, Entry{Name: name, Size: int64(len(content)), SHA256: sumOf(content)})
		}
		return nil
	})
	if err == nil && jws == "" {
		err = fmt.Errorf("%w: it ends without a signature", ErrDamaged)
	}
	if err == nil {
		err = checkSignature(manifest, jws, root, time.Now())
	}
	if err == nil {
		err = a.believe(manifest, found)
	}
	return err
}

// believe takes in a manifest that is genuine, if it is of what was found.
func (a *Archive) believe(manifest []byte, found []Entry) error {
	if err := json.Unmarshal(manifest, &a.Manifest); err != nil {
		return fmt.Errorf("%w: its manifest can't be read", ErrDamaged)
	}
	if a.Format != format {
		return fmt.Errorf("%w: format %d, this mais-server reads %d", ErrDamaged, a.Format, format)
	}
	if len(a.Entries) != len(found) {
		return fmt.Errorf("%w: it holds %d entries, its manifest %d", ErrDamaged, len(found), len(a.Entries))
	}
	for i, want := range a.Entries {
		if got := found[i]; got.Name != want.member() || got.Size != want.Size || got.SHA256 != want.SHA256 || !localName(want.Name) {
			return fmt.Errorf("%w: %.80q is not as the manifest has it", ErrDamaged, got.Name)
		}
	}
	return nil
}

// Each reads the archive once more and gives its entries in their order, each after it was
// compared with the manifest that Open found genuine: another file in the archive's place
// meanwhile gives nothing. content is the callee's until it returns.
func (a *Archive) Each(ctx context.Context, take func(e Entry, content []byte) error) error {
	n := 0
	err := a.walk(ctx, func(name string, content []byte) error {
		if n == len(a.Entries) { // manifest and signature
			return nil
		}
		e := a.Entries[n]
		n++
		if name != e.member() || int64(len(content)) != e.Size || sumOf(content) != e.SHA256 {
			return fmt.Errorf("%w: it has changed since it was checked", ErrDamaged)
		}
		return take(e, content)
	})
	if err == nil && n < len(a.Entries) {
		err = fmt.Errorf("%w: it has changed since it was checked", ErrDamaged)
	}
	return err
}

// walk decrypts the archive and gives each entry. The errors of each come back as they are.
func (a *Archive) walk(ctx context.Context, each func(name string, content []byte) error) error {
	length, err := a.from.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = a.from.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	plain, err := a.decrypt(a.from)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		return ErrKey
	}
	if err != nil {
		return damaged(err)
	}
	entries := tar.NewReader(plain)
	var content bytes.Buffer
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return damaged(err)
		}
		if length -= h.Size; length < 0 || !plainEntry(h) {
			return fmt.Errorf("%w: an entry %.80q that we do not write", ErrDamaged, h.Name)
		}
		content.Reset()
		if _, err := io.CopyN(&content, entries, h.Size); err != nil {
			return damaged(err)
		}
		if err := each(h.Name, content.Bytes()); err != nil {
			return err
		}
	}
	rest, err := io.Copy(io.Discard, plain) // authenticates the end
	if err == nil && rest > 0 {
		err = errors.New("something follows its end")
	}
	return damaged(err)
}

// plainEntry reports whether an entry is as we write them: a file of bounded length without
// any of the extensions of later forms of tar, some of which make much out of little.
func plainEntry(h *tar.Header) bool {
	most := int64(pieceSize)
	switch h.Name {
	case manifestName:
		most = maxManifest
	case signatureName:
		most = maxSignature
	}
	return h.Typeflag == tar.TypeReg && h.Format == tar.FormatUSTAR && len(h.PAXRecords) == 0 && 0 <= h.Size && h.Size <= most
}

// damaged blames the archive for an error, unless its medium is to blame.
func damaged(err error) error {
	var medium *fs.PathError
	if err == nil || errors.As(err, &medium) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}
