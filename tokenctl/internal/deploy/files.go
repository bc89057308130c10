package deploy

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"mais/certs"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

const (
	certMode, keyMode = 0o644, 0o600
	maxBytes          = 256 << 10
)

// files are where a server reads its certificate with the chain, and its key. The key stands
// there in the clear, since a server starts without anybody to type.
type files struct{ cert, key string }

func newFiles(home token.Home, cert, key string) (files, error) {
	if cert == "" && key == "" {
		return files{}, nil
	}
	if cert == "" || key == "" {
		return files{}, fault.New(fault.Usage, "give --cert-out and --key-out together", "a certificate is of no use without its key, nor the other way round")
	}
	var err error
	for _, path := range []*string{&cert, &key} {
		*path, err = filepath.Abs(*path)
		if err != nil {
			return files{}, err
		}
		if err := fit(home, *path); err != nil {
			return files{}, err
		}
	}
	if cert == key {
		return files{}, fault.New(fault.Usage, "name two files", "%s cannot hold both certificate and key: anybody may read the one and nobody the other", cert)
	}
	return files{cert, key}, nil
}

// fit says what is wrong with a path, before a renewal depends on it.
func fit(home token.Home, path string) error {
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return fault.New(fault.Usage, "make the directory first", "%s cannot be written", path).Because(err)
	}
	if own, err := filepath.EvalSymlinks(home.Dir()); err == nil && strings.HasPrefix(dir+"/", own+"/") {
		return fault.New(fault.Usage, "choose a directory outside "+home.Dir(), "%s lies among the tokens themselves", path)
	}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return fault.New(fault.Usage, "name a file, not a link or directory", "%s is no regular file, and would be replaced", path)
	}
	return nil
}

func (f files) none() bool { return f.cert == "" }

// hold reports whether the files have the token's certificate and the key that belongs to it.
func (f files) hold(t *token.Token) bool {
	cert, err := readBounded(f.cert)
	if err != nil || !bytes.Equal(cert, certs.EncodeCertificates(t.Chain...)) {
		return false
	}
	text, err := readBounded(f.key)
	if err != nil {
		return false
	}
	key, err := certs.ParseKey(text, nil)
	return err == nil && certs.SameKey(key.Public(), t.Certificate().PublicKey)
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxBytes {
		return nil, errors.New("not a file of ours")
	}
	return os.ReadFile(path)
}

// write makes both files beside their places, and only then puts them there, key first. Each
// is whole at any moment. Between the two renamings they do not belong together, and a
// server that starts in that instant has to be started again; Apply notices and mends it.
func (f files) write(own tls.Certificate, chain []*x509.Certificate) error {
	signer, ok := own.PrivateKey.(crypto.Signer)
	if !ok {
		return errors.New("the key cannot be written")
	}
	key, err := certs.EncodeKey(signer, nil)
	if err != nil {
		return err
	}
	if err := prepare(f.key, key, keyMode); err != nil {
		return err
	}
	if err := prepare(f.cert, certs.EncodeCertificates(chain...), certMode); err != nil {
		return err
	}
	for _, path := range []string{f.key, f.cert} {
		if err := os.Rename(beside(path), path); err != nil {
			return err
		}
	}
	return errors.Join(syncDir(filepath.Dir(f.key)), syncDir(filepath.Dir(f.cert)))
}

func beside(path string) string {
	return filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".mais-new")
}

// prepare writes the file that is about to take a place. One that a crash has left is
// thrown away: nobody else may have made it.
func prepare(path string, content []byte, mode os.FileMode) error {
	part := beside(path)
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	w, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, keyMode)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	if err == nil {
		err = w.Chmod(mode) // whatever the umask
	}
	if err == nil {
		err = w.Sync()
	}
	return errors.Join(err, w.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
