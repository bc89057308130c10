// Package ceremony is what happens with the root's key, on whatever machine it lies: [Init] makes
// the keys of a deployment, [CopyRoot] and [RemoveRootKey] take the root's away from the
// service, and afterwards [Sign] makes an issuing CA of what the service asks for, and
// [NextRootList] the root's next revocation list. The service's side of a roll-over, which asks
// with [Next] and reads with [ParseSigned] what comes back, is package mais/ca.
//
// It needs no database and no service. Whether a request should be signed is for people to
// know, who compare fingerprints on the two machines.
package ceremony

import (
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"go.step.sm/crypto/x509util"

	"mais/ca/internal/keydir"
	"mais/ca/internal/keys"
	"mais/ca/internal/stepca"
	"mais/certs"
	"mais/config"
)

// Ceremony is what the keys of a deployment are made from, once.
type Ceremony struct {
	Dir      string         // is created, and holds nothing of a ceremony yet
	Name     string         // of the deployment, in the CAs' names: at most 40 characters
	DNSNames []string       // domains, at least one, below which servers and sites may be named
	IPRanges []netip.Prefix // addresses that servers and sites may have; none: no addresses
	// RootPassphrase opens the root's key. It is stored nowhere: whoever holds the ceremony
	// keeps it, and running the service does not need it.
	RootPassphrase config.Secret
	Unlock         config.Secret // opens the issuing CAs' keys at each start
	PlainURL       string        // http://HOST[:PORT] where revocation lists are fetched
	// Manager is the address of a key manager in which the issuing CAs' keys are made, with
	// {id} for their names; none: they are made here and written encrypted. The root's key is
	// always a file, which can leave the machine.
	Manager string
}

// Init holds the key ceremony: it makes the root, the issuing CAs people-1 and sites-1 and
// the root's revocation list, and writes them into the directory, keys encrypted. It
// returns the root's fingerprint, which is what people compare. Afterwards root.key can,
// and should, leave the machine.
func Init(ctx context.Context, ceremony Ceremony) (certs.Fingerprint, error) {
	if err := ceremony.check(); err != nil {
		return certs.Fingerprint{}, fmt.Errorf("ceremony: %w", err)
	}
	switch done, err := keydir.Made(ceremony.Dir); {
	case err != nil:
		return certs.Fingerprint{}, fmt.Errorf("ceremony: %w", err)
	case done:
		return certs.Fingerprint{}, fmt.Errorf("ceremony: %w %s is made already; its CAs stay", ErrDirectory, ceremony.Dir)
	}
	files, root, err := ceremony.make(ctx, time.Now())
	if err != nil {
		return certs.Fingerprint{}, fmt.Errorf("ceremony: %w", err)
	}
	if err := writeCeremony(ceremony.Dir, files); err != nil {
		return certs.Fingerprint{}, fmt.Errorf("ceremony: %w", err)
	}
	return certs.FingerprintOf(root.Raw), nil
}

func writeCeremony(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	if err := keydir.WriteNew(dir, keydir.UnfinishedFile, []byte("A key ceremony began to write into this directory.\n")); err != nil {
		return err
	}
	for _, name := range ceremonyFiles() {
		text, ok := files[name]
		if !ok {
			continue
		}
		if err := keydir.WriteNew(dir, name, text); err != nil {
			return err
		}
	}
	if err := os.Remove(filepath.Join(dir, keydir.UnfinishedFile)); err != nil {
		return err
	}
	return keydir.Sync(dir)
}

// ceremonyFiles lists what a ceremony may write, in order: of each issuing CA the key, or
// the address of one, and the certificate.
func ceremonyFiles() []string {
	files := []string{keydir.KeyFile(keydir.Root), keydir.CertificateFile(keydir.Root), keydir.RootListFile}
	for _, id := range keydir.First {
		files = append(files, keydir.KeyFile(id), keydir.AddressFile(id), keydir.CertificateFile(id))
	}
	return files
}

// make makes everything in memory and returns the files' contents.
func (c Ceremony) make(ctx context.Context, now time.Time) (files map[string][]byte, root *x509.Certificate, err error) {
	files = map[string][]byte{}
	rootSigner, sealed, err := keys.New(ctx, keys.P384, c.RootPassphrase)
	if err != nil {
		return nil, nil, err
	}
	files[keydir.KeyFile(keydir.Root)] = sealed
	if root, err = makeRoot(c, rootSigner, now); err != nil {
		return nil, nil, err
	}
	files[keydir.CertificateFile(keydir.Root)] = certs.EncodeCertificates(root)
	authority, err := stepca.New(root, root, rootSigner)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range keydir.First {
		signer, name, text, err := makeIssuingKey(ctx, id, c.Manager, c.Unlock)
		if err != nil {
			return nil, nil, fmt.Errorf("make the key of %s: %w", id, err)
		}
		request, err := certs.NewRequest(signer)
		if err != nil {
			return nil, nil, fmt.Errorf("issue %s: %w", id, err)
		}
		cert, err := c.issueAuthority(ctx, authority, id, root, request, now)
		if err != nil {
			return nil, nil, fmt.Errorf("issue %s: %w", id, err)
		}
		files[name] = text
		files[keydir.CertificateFile(id)] = certs.EncodeCertificates(cert)
	}
	list, err := makeRootList(root, rootSigner, 1, nil, now)
	if err != nil {
		return nil, nil, err
	}
	files[keydir.RootListFile] = list.PEM()
	return files, root, nil
}

// makeIssuingKey makes a key in a key manager, or in memory to be written into a file. It
// returns the name and contents of that file, or of the one with the key's address.
func makeIssuingKey(ctx context.Context, id, manager string, unlock config.Secret) (signer crypto.Signer, name string, text []byte, err error) {
	if manager == "" {
		signer, sealed, err := keys.New(ctx, keys.P256, unlock)
		return signer, keydir.KeyFile(id), sealed, err
	}
	kept, address, err := keys.NewKept(ctx, manager, id, keys.P256)
	if err != nil {
		return nil, "", nil, err
	}
	return kept, keydir.AddressFile(id), []byte(address + "\n"), keys.Probe(kept)
}

// makeRoot makes the one certificate that does not pass through step-ca's authority, which
// cannot exist before it.
func makeRoot(c Ceremony, signer crypto.Signer, now time.Time) (*x509.Certificate, error) {
	template := rootTemplate(c, now)
	var err error
	if template.SubjectKeyId, err = subjectKeyID(signer.Public()); err != nil {
		return nil, fmt.Errorf("make root: %w", err)
	}
	root, err := x509util.CreateCertificate(template, template, signer.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("make root: %w", err)
	}
	return root, keydir.CheckAuthority(keydir.Root, root, root)
}

// issueAuthority issues an issuing CA's certificate for the key of a request, whose proof of
// possession step-ca checks. Nothing else of the request counts.
func (c Ceremony) issueAuthority(ctx context.Context, authority *stepca.Authority, id string, root *x509.Certificate, request []byte, now time.Time) (*x509.Certificate, error) {
	proof, err := x509.ParseCertificateRequest(request)
	if err != nil {
		return nil, err
	}
	template := issuingTemplate(id, c, now)
	if template.NotAfter.After(root.NotAfter) {
		template.NotAfter = root.NotAfter
	}
	if template.SubjectKeyId, err = subjectKeyID(proof.PublicKey); err != nil {
		return nil, err
	}
	cert, err := authority.Sign(ctx, proof, template)
	if err != nil {
		return nil, err
	}
	return cert, keydir.CheckAuthority(id, cert, root)
}
