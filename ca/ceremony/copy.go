package ceremony

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"mais/ca/internal/keydir"
	"mais/config"
)

// CopyRoot copies the root of a key directory to another: its key, still sealed, its
// certificate and list, and the issuing CAs' certificates, which it needs to revoke one. It
// then reads the key back from there and proves that the passphrase opens it and that it is
// the certificate's. Files that are there already and the same are left alone; other ones
// are an error. The key stays where it was: see RemoveRootKey.
func CopyRoot(ctx context.Context, from, to string, passphrase config.Secret) error {
	if err := copyRoot(ctx, from, to, passphrase); err != nil {
		return fmt.Errorf("copy the root: %w", err)
	}
	return nil
}

func copyRoot(ctx context.Context, from, to string, passphrase config.Secret) error {
	cert, err := keydir.ReadCertificate(from, keydir.Root)
	if err != nil {
		return err
	}
	// A wrong passphrase is found before anything is written.
	if _, err := openRootKey(ctx, filepath.Join(from, keydir.KeyFile(keydir.Root)), cert, passphrase); err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	held, err := keydir.Holdings(from)
	if err != nil {
		return err
	}
	names := []string{keydir.CertificateFile(keydir.Root), keydir.RootListFile, keydir.KeyFile(keydir.Root)}
	for id, h := range held {
		if id != keydir.Root && h.Certificate {
			names = append(names, keydir.CertificateFile(id))
		}
	}
	for _, name := range names {
		if err := copyFile(from, to, name); err != nil {
			return err
		}
	}
	return proveCopy(ctx, from, to, passphrase)
}

func copyFile(from, to, name string) error {
	text, err := os.ReadFile(filepath.Join(from, name))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	have, err := os.ReadFile(filepath.Join(to, name))
	switch {
	case err == nil && bytes.Equal(have, text):
		return nil
	case err == nil && name == keydir.RootListFile:
		return keydir.Replace(to, name, text)
	case err == nil:
		return fmt.Errorf("%w: %s is there already, and another", ErrDirectory, filepath.Join(to, name))
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return keydir.WriteCopy(to, name, text)
}

// proveCopy reads the copy back and opens it.
func proveCopy(ctx context.Context, from, to string, passphrase config.Secret) error {
	for _, name := range []string{keydir.KeyFile(keydir.Root), keydir.CertificateFile(keydir.Root)} {
		ours, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDirectory, err)
		}
		theirs, err := os.ReadFile(filepath.Join(to, name))
		if err != nil || !bytes.Equal(ours, theirs) {
			return fmt.Errorf("%w: %s is not what was written (%v): the medium may be faulty", ErrDirectory, filepath.Join(to, name), err)
		}
	}
	cert, err := keydir.ReadCertificate(to, keydir.Root)
	if err != nil {
		return err
	}
	_, err = openRootKey(ctx, filepath.Join(to, keydir.KeyFile(keydir.Root)), cert, passphrase)
	return err
}

// RemoveRootKey removes the root's key from a key directory once it has proven again that the
// copy in another opens. It overwrites the file first, which not every disk does in place:
// what is left there, if anything, is sealed with the passphrase.
func RemoveRootKey(ctx context.Context, from, copied string, passphrase config.Secret) error {
	if err := removeRootKey(ctx, from, copied, passphrase); err != nil {
		return fmt.Errorf("remove the root's key: %w", err)
	}
	return nil
}

func removeRootKey(ctx context.Context, from, copied string, passphrase config.Secret) error {
	path := filepath.Join(from, keydir.KeyFile(keydir.Root))
	here, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	there, err := os.Stat(filepath.Join(copied, keydir.KeyFile(keydir.Root)))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	if os.SameFile(here, there) {
		return fmt.Errorf("%w: %s is the same file as its copy", ErrDirectory, path)
	}
	if err := proveCopy(ctx, from, copied, passphrase); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, here.Size()))
	if err = errors.Join(err, f.Sync(), f.Close(), os.Remove(path)); err != nil {
		return err
	}
	return keydir.Sync(from)
}
