package jobs

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"mais/certs"
	"mais/internal/datadir"
)

const (
	identityFile    = "server.id"
	keyFile         = "server.key"
	certificateFile = "server.crt"
)

// openIdentity reads who this node is, or makes it up. It comes before the key: the CA never
// takes a key again that it knows under another identity.
func (n *Node) openIdentity() error {
	id, err := n.readOrMake(identityFile, func() ([]byte, error) { return []byte("urn:mais:server:" + uuid.NewString() + "\n"), nil })
	if err != nil {
		return err
	}
	if n.identity, err = certs.ParseIdentity(strings.TrimSpace(string(id))); err != nil || n.identity.Kind() != certs.Server {
		return fmt.Errorf("%s does not hold a server's identity", n.path(identityFile))
	}
	return nil
}

// openKey reads the key, or makes it. It lies in the clear, readable by its owner alone, like
// the unlock secret beside it.
func (n *Node) openKey() (*held, error) {
	if _, err := n.readOrMake(keyFile, newKeyFile); err != nil {
		return nil, err
	}
	h, text, err := openHeld(n.path(keyFile))
	if err != nil {
		return nil, err
	}
	if h.key, err = certs.ParseKey(text, nil); err != nil {
		return nil, fmt.Errorf("%s: %w", n.path(keyFile), err)
	}
	h.request, err = certs.NewRequest(h.key)
	return h, err
}

// openHeld reads a key's file and which file that is, though another may take its place at
// any moment.
func openHeld(path string) (h *held, text []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	h = &held{}
	if h.file, err = f.Stat(); err != nil {
		return nil, nil, err
	}
	text, err = io.ReadAll(f)
	return h, text, err
}

func newKeyFile() ([]byte, error) {
	key, err := certs.NewKey()
	if err != nil {
		return nil, err
	}
	return certs.EncodeKey(key, nil)
}

func (n *Node) path(name string) string { return filepath.Join(n.opts.Dir, name) }

func (n *Node) readOrMake(name string, make func() ([]byte, error)) ([]byte, error) {
	content, err := os.ReadFile(n.path(name))
	if !errors.Is(err, fs.ErrNotExist) {
		return content, err
	}
	if content, err = make(); err != nil {
		return nil, err
	}
	return content, n.write(name, content)
}

func (n *Node) readCertificate(ctx context.Context) (*served, error) {
	text, err := os.ReadFile(n.path(certificateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("there is none yet")
	}
	if err != nil {
		return nil, err
	}
	chain, err := certs.ParseCertificates(text)
	if err != nil {
		return nil, err
	}
	if err := n.fits(chain); err != nil {
		return nil, err
	}
	if err := n.stands(ctx, chain[0]); err != nil {
		return nil, err
	}
	life := chain[0].NotAfter.Sub(chain[0].NotBefore)
	return &served{n.certificate(chain), chain[0].NotBefore.Add(life * 2 / 3)}, nil
}

func (n *Node) writeCertificate(chain []*x509.Certificate) error {
	return n.write(certificateFile, certs.EncodeCertificates(chain...))
}

func (n *Node) write(name string, content []byte) error { return write(n.opts.Dir, name, content) }

// write replaces a file whole or not at all, also across a crash.
func write(to, name string, content []byte) (err error) {
	f, err := os.CreateTemp(to, "."+name+".*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err = errors.Join(err, datadir.Give(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(to, name)); err != nil {
		return err
	}
	return syncDirectory(to)
}

func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
