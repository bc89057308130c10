package issuance

import (
	"crypto"
	"errors"
	"io"
	"sync"
)

// errNotAdmitted is what step-ca hears when it asks for a signature of anything else than
// what was linted.
var errNotAdmitted = errors.New("issuance: asked to sign what was not linted")

// gate stands between step-ca and an issuer's key. It signs a TBSCertificate (RFC 5280,
// 4.1.1.1) that was admitted, to the byte, once, and nothing else. So what was not linted
// is not signed, where a look at what comes back would only notice it afterwards.
//
// It is a [crypto.MessageSigner], because only a whole message can be known again, and a
// digest is refused.
type gate struct {
	key crypto.Signer

	mu       sync.Mutex
	admitted map[string]*signing // by the TBSCertificate
}

// signing is one signature that may be made.
type signing struct {
	begun     bool
	signature []byte
}

func newGate(key crypto.Signer) *gate { return &gate{key: key, admitted: map[string]*signing{}} }

// admit lets tbs be signed once, until release is called, which returns the signature or,
// if none was made, nil.
func (g *gate) admit(tbs string) (release func() []byte) {
	s := &signing{}
	g.mu.Lock()
	g.admitted[tbs] = s
	g.mu.Unlock()
	return func() []byte {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.admitted, tbs)
		return s.signature
	}
}

// Public returns the public half of the key.
func (g *gate) Public() crypto.PublicKey { return g.key.Public() }

// Sign refuses: a digest does not tell what it is of.
func (g *gate) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errNotAdmitted
}

// SignMessage signs what was admitted.
func (g *gate) SignMessage(random io.Reader, tbs []byte, opts crypto.SignerOpts) ([]byte, error) {
	s := g.begin(tbs)
	if s == nil {
		return nil, errNotAdmitted
	}
	signature, err := crypto.SignMessage(g.key, random, tbs, opts)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s.signature = signature
	return signature, nil
}

// begin takes the one permission that there is, or returns nil.
func (g *gate) begin(tbs []byte) *signing {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.admitted[string(tbs)]
	if s == nil || s.begun {
		return nil
	}
	s.begun = true
	return s
}
