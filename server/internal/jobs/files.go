package jobs

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"mais/certs"
)

const (
	identityFile    = "server.id"
	keyFile         = "server.key"
	certificateFile = "server.crt"
)

// openKey reads who this node is and its key, or makes both. The identity is written first:
// the CA never takes a key again that it knows under another identity. The key lies in the
// clear, readable by its owner alone, like the unlock secret beside it.
func (n *Node) openKey() error {
	id, err := n.readOrMake(identityFile, func() ([]byte, error) { return []byte("urn:mais:server:" + uuid.NewString() + "\n"), nil })
	if err != nil {
		return err
	}
	if n.identity, err = certs.ParseIdentity(strings.TrimSpace(string(id))); err != nil || n.identity.Kind() != certs.Server {
		return fmt.Errorf("%s does not hold a server's identity", n.path(identityFile))
	}
	text, err := n.readOrMake(keyFile, func() ([]byte, error) {
		key, err := certs.NewKey()
		if err != nil {
			return nil, err
		}
		return certs.EncodeKey(key, nil)
	})
	if err != nil {
		return err
	}
	if n.key, err = certs.ParseKey(text, nil); err != nil {
		return fmt.Errorf("%s: %w", n.path(keyFile), err)
	}
	return nil
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

// write replaces a file whole or not at all, also across a crash.
func (n *Node) write(name string, content []byte) (err error) {
	f, err := os.CreateTemp(n.opts.Dir, "."+name+".*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), n.path(name)); err != nil {
		return err
	}
	dir, err := os.Open(n.opts.Dir)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
