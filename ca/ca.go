// Package ca is the certificate authority of MAIS, as a library: a root and two issuing CAs,
// people and sites, with an inventory of everything issued that doubles as the allow-list of
// what is accepted.
//
// Package mais/ca/ceremony makes its keys, once, where the root is. [Open] starts a [CA];
// [CA.Invite] and [CA.Enrol] turn a code into a certificate, [CA.Renew] keeps it alive,
// [CA.Revoke], [CA.Hold] and [CA.Release] change how it stands, or how many do by a [Plan].
// Package mais/ca/feed, by [CA.Feed], tells every node of it, and [CA.CRLShard] and [CA.OCSP]
// tell everybody else; [CA.Receipt] proves since when each node refuses. step-ca's embedded
// authority makes the signatures; orders, fields, lints, inventory and status are ours.
//
// The files are named for what they are part of: issuers and rotate for the issuing CAs, enrol,
// renew and issue for certificates, card and evidence for how keys are held, plan, crl and ocsp,
// and journal for what a restore may not give back, which quarantine ends where it was lost.
//
// A certificate is handed out only after the transaction that records it, together with its
// audit entry, has committed. The package does not ask whether the caller may do what it
// asks for: that is decided before.
package ca

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"mais/ca/feed"
	"mais/ca/internal/issuance"
	"mais/ca/internal/keeper"
	"mais/ca/internal/keydir"
	"mais/certs"
	"mais/config"
	"mais/internal/pg"
)

const day = 24 * time.Hour

// Options are what a CA runs with.
type Options struct {
	DB       *pg.DB        // logged in as pg.CA; stays the caller's to close
	Source   pg.Source     // the same database, to listen for changes of status
	Dir      string        // of the ceremony; root.key is not needed
	Unlock   config.Secret // opens the issuing CAs' keys
	PlainURL string        // http://HOST[:PORT] where revocation lists are fetched
	Record   Record        // writes each act into the audit; required
	// PlanEnded, if any, is told in its last transaction that a plan has come to its end, once
	// each time; its error leaves the plan under way.
	PlanEnded PlanEnded
	// Withdrawn are the things beside certificates and codes that the journal keeps; none: an
	// entry that names one can't be replayed.
	Withdrawn Withdrawn

	// Validity of new certificates, where it differs from the profile's default; cut off
	// where the issuing CA ends.
	Validity map[certs.Profile]time.Duration
	// Keys are the types of key that are certified, where they differ from the profile's
	// default.
	Keys map[certs.Profile][]certs.KeyType
	// Attestation is whose cards are trusted, and for what.
	Attestation Attestation
	// Grace is how long a renewed certificate stays good beside its successor; Supersede ends
	// it after that. Zero is no time: whoever loses the answer to a renewal loses the token.
	Grace time.Duration
	// StaleAfter is the age at which the last good look at the changes of status is too old
	// to answer from: 3 seconds unless given.
	StaleAfter time.Duration
	Log        *slog.Logger // none: nothing is logged

	// Node names this process to people, in receipts and leases: its host's name. Required
	// by Feed.Run.
	Node string
	// Journal is the directory of the journal of what was taken away; Dir/journal unless given.
	Journal string
	// JournalCopy is a second place for it, on another disk or machine; none: there is none.
	JournalCopy string
}

// CA is a running certificate authority. It is safe for concurrent use, and several servers
// may run it on one database and one set of keys.
type CA struct {
	db         *pg.DB
	dir        string
	root       *x509.Certificate
	rootList   atomic.Pointer[keydir.RootList] // the newest
	plainURL   string                          // where revocation lists are fetched
	unlock     config.Secret                   // of keys in files
	current    map[string]*issuance.Issuer     // by series: the one that issues, as of the start
	issuers    []*issuance.Issuer              // all whose certificates are accepted, unless the root has revoked them
	signers    map[string]crypto.Signer        // by issuer id, for revocation lists
	sample     issuance.Request                // a key to try an invitation with
	validity   map[certs.Profile]time.Duration
	keys       map[certs.Profile][]certs.KeyType
	attested   Attestation
	grace      time.Duration
	record     Record
	planEnded  PlanEnded
	withdrawn  Withdrawn
	feed       *feed.Feed
	keeper     *keeper.Keeper                 // of the journal
	node       atomic.Pointer[certs.Identity] // that answers OCSP; nil: none does
	responders []*responder                   // one for each of issuers
	receipts   *keyholder                     // that signs receipts
	answers    *answers
	log        *slog.Logger
	now        func() time.Time
}

// Open starts the CA of a directory that a ceremony made. It registers the CAs in the database
// and refuses one that belongs to other keys.
func Open(ctx context.Context, o Options) (*CA, error) {
	c, err := open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open CA: %w", err)
	}
	return c, nil
}

func open(ctx context.Context, o Options) (*CA, error) {
	if o.DB == nil || o.Record == nil {
		return nil, errors.New("it needs a database and somewhere to record its acts")
	}
	if o.Grace < 0 {
		return nil, fmt.Errorf("a grace period of %s", o.Grace)
	}
	if err := issuance.CheckPlainURL(o.PlainURL); err != nil {
		return nil, err
	}
	switch done, err := keydir.Made(o.Dir); {
	case err != nil:
		return nil, err
	case !done:
		return nil, fmt.Errorf("%w %s is empty: run init first", ErrDirectory, o.Dir)
	}
	c := &CA{
		db: o.DB, dir: o.Dir, record: o.Record, planEnded: o.PlanEnded, withdrawn: o.Withdrawn, now: time.Now, plainURL: o.PlainURL, unlock: o.Unlock,
		current: map[string]*issuance.Issuer{}, signers: map[string]crypto.Signer{},
		grace: o.Grace, attested: o.Attestation, answers: newAnswers(),
	}
	if c.log = o.Log; c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.feed = feed.New(feed.Options{
		DB: o.DB, Source: o.Source, Node: o.Node, Issuers: c.issuerIDs, StaleAfter: orDefault(o.StaleAfter, 3*time.Second), Log: c.log, Guard: c.guard,
	})
	var err error
	if c.validity, err = validities(o.Validity); err != nil {
		return nil, err
	}
	if c.keys, err = keyTypes(o.Keys); err != nil {
		return nil, err
	}
	if err := c.loadRoot(ctx); err != nil {
		return nil, err
	}
	if err := c.loadIssuers(ctx); err != nil {
		return nil, err
	}
	c.receipts = newKeyholder(c.current["sites"], certs.ReceiptSigner)
	if c.sample, err = sampleRequest(); err != nil {
		return nil, err
	}
	return c, c.openJournal(ctx, o)
}

func orDefault(given, otherwise time.Duration) time.Duration {
	if given > 0 {
		return given
	}
	return otherwise
}

// validities returns the validity of each profile.
func validities(given map[certs.Profile]time.Duration) (map[certs.Profile]time.Duration, error) {
	out := map[certs.Profile]time.Duration{}
	for _, r := range certs.AllRules {
		out[r.Profile] = r.Validity
	}
	for profile, d := range given {
		if out[profile] == 0 || d < time.Second {
			return nil, fmt.Errorf("validity %s of profile %q: want a known profile and at least a second", d, profile)
		}
		out[profile] = d
	}
	return out, nil
}

// keyTypes returns the types of key that each profile takes.
func keyTypes(given map[certs.Profile][]certs.KeyType) (map[certs.Profile][]certs.KeyType, error) {
	out := map[certs.Profile][]certs.KeyType{}
	for _, r := range certs.AllRules {
		out[r.Profile] = r.Keys
	}
	for profile, types := range given {
		if out[profile] == nil || len(types) == 0 {
			return nil, fmt.Errorf("key types %v of profile %q: want a known profile and at least one", types, profile)
		}
		out[profile] = types
	}
	return out, nil
}

// sampleRequest makes a request for a key that is then forgotten.
func sampleRequest() (issuance.Request, error) {
	key, err := certs.NewKey()
	if err != nil {
		return issuance.Request{}, err
	}
	der, err := certs.NewRequest(key)
	if err != nil {
		return issuance.Request{}, err
	}
	return issuance.ParseRequest(der)
}

// Root returns the root's certificate.
func (c *CA) Root() *x509.Certificate { return c.root }

// Issuers returns the certificates of the issuing CAs whose certificates are accepted: every
// generation of each series, the oldest first, but for those that the root has revoked.
func (c *CA) Issuers() []*x509.Certificate {
	var out []*x509.Certificate
	for _, i := range c.issuers {
		if !c.revokedByRoot(i.Certificate()) {
			out = append(out, i.Certificate())
		}
	}
	return out
}

// Authority returns the certificate of the root or an issuing CA by its id, such as
// people-1, for the addresses /ca/ID.cer that certificates name.
func (c *CA) Authority(id string) (*x509.Certificate, bool) {
	if id == keydir.Root {
		return c.root, true
	}
	if i, err := c.issuer(id); err == nil {
		return i.Certificate(), true
	}
	return nil, false
}

func (c *CA) issuer(id string) (*issuance.Issuer, error) {
	for _, i := range c.issuers {
		if i.ID() == id {
			return i, nil
		}
	}
	return nil, fmt.Errorf("issuer %s: %w", id, ErrUnknown)
}

// RefOf returns the name in the inventory of a certificate that says it is from one of our
// issuers. It checks no signature, and whether the certificate is in the inventory is the
// feed's to say.
func (c *CA) RefOf(cert *x509.Certificate) (certs.Ref, bool) {
	for _, i := range c.issuers {
		own := i.Certificate()
		if bytes.Equal(cert.RawIssuer, own.RawSubject) && bytes.Equal(cert.AuthorityKeyId, own.SubjectKeyId) && !c.revokedByRoot(own) {
			return certs.Ref{Issuer: i.ID(), Serial: certs.SerialHex(cert.SerialNumber)}, true
		}
	}
	return certs.Ref{}, false
}

// Feed returns the status of certificates as this node knows it.
func (c *CA) Feed() *feed.Feed { return c.feed }
