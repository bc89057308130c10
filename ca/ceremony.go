package ca

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/subtle"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.step.sm/crypto/x509util"

	"mais/ca/internal/issuance"
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

func (c Ceremony) check() error {
	var faults []error
	if err := issuance.CheckName(c.Name); err != nil || len([]rune(c.Name)) > 40 {
		faults = append(faults, fmt.Errorf("name %q: want 1 to 40 printable characters", c.Name))
	}
	if len(c.DNSNames) == 0 {
		faults = append(faults, errors.New("no DNS name: give at least the server's own"))
	}
	for _, name := range c.DNSNames {
		if !validDNSName(name) {
			faults = append(faults, fmt.Errorf("DNS name %q: want a domain in lower case, without dots at its ends", name))
		}
	}
	for _, p := range c.IPRanges {
		if !p.IsValid() || p.Bits() == 0 || p.Addr().Is4In6() || p.Masked() != p {
			faults = append(faults, fmt.Errorf("address range %q: want a network such as 192.0.2.0/24, and not the whole Internet", p))
		}
	}
	if err := issuance.CheckPlainURL(c.PlainURL); err != nil {
		faults = append(faults, err)
	}
	if c.Manager != "" {
		if err := keys.CheckURI(c.Manager); err != nil {
			faults = append(faults, err)
		}
	}
	switch {
	case c.RootPassphrase.IsZero():
		faults = append(faults, errors.New("the root's passphrase is empty"))
	case c.Unlock.IsZero():
		faults = append(faults, errors.New("the unlock secret is empty"))
	case subtle.ConstantTimeCompare(c.RootPassphrase.Reveal(), c.Unlock.Reveal()) == 1:
		faults = append(faults, errors.New("the root's passphrase is the unlock secret: the root needs one of its own"))
	}
	return errors.Join(faults...)
}

// validDNSName takes host names of RFC 1123, 2.1 in lower case.
func validDNSName(name string) bool {
	if len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" ||
			label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
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

// makeRootList makes a revocation list of the root's. Its number is in the list, and its
// entries are never dropped: no CA of ours ends before it was once listed (RFC 5280, 3.3).
func makeRootList(root *x509.Certificate, signer crypto.Signer, number int64, revoked []x509.RevocationListEntry, now time.Time) (keydir.RootList, error) {
	now = now.UTC().Truncate(time.Second)
	from := now
	if number == 1 {
		from = now.Add(-authorityBackdate) // as what it is about
	}
	template := &x509.RevocationList{
		Number: big.NewInt(number), ThisUpdate: from, NextUpdate: now.Add(rootListValidity), RevokedCertificateEntries: revoked,
	}
	if template.NextUpdate.After(root.NotAfter) {
		template.NextUpdate = root.NotAfter
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, root, signer)
	if err != nil {
		return keydir.RootList{}, fmt.Errorf("make the root's revocation list: %w", err)
	}
	return keydir.ParseRootList(der, root)
}
