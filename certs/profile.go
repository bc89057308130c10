package certs

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"time"
)

// Level says how well a private key is held, the assurance that a role can demand. It is
// read from the certificate's policy OID alone. Levels are ordered.
type Level uint8

// The levels, lowest first. The zero Level is none.
const (
	Software Level = iota + 1 // an encrypted file
	Card                      // a PIV card, issued at a witnessed station
	Attested                  // a PIV card whose vendor attested the key
)

var levelNames = [...]string{"none", "software", "card", "attested"}

// String returns the level's name as the API gives it.
func (l Level) String() string {
	if int(l) >= len(levelNames) {
		return levelNames[0]
	}
	return levelNames[l]
}

// Profile is one of the kinds of certificate that MAIS issues; see [Rules] for what each
// carries. The zero Profile is none.
type Profile string

// The profiles.
const (
	PersonSoftware Profile = "person-software" // a person, key in a file
	PersonCard     Profile = "person-card"     // a person, key on a witnessed card
	PersonAttested Profile = "person-attested" // a person, key on an attested card
	SiteToken      Profile = "site"            // a site's own certificate
	ServerNode     Profile = "server"          // a node of the service
	OCSPSigner     Profile = "ocsp"            // a node's key that answers for the status of certificates
	ReceiptSigner  Profile = "receipt"         // a node's key that signs the receipts of revocations
)

// Rules is what a profile fixes in a certificate: what the CA puts in, and what a relying
// party demands. Validity and Keys can be changed by configuration, the rest cannot: sites,
// tokenctl and every node demand exactly it.
type Rules struct {
	Profile  Profile
	Kind     Kind // of the identity
	Level    Level
	Issuer   string   // the series of issuing CAs: "people" or "sites"; "" when each issues its own
	Policy   x509.OID // certificatePolicies (RFC 5280, 4.2.1.4): exactly this one
	Usages   []x509.ExtKeyUsage
	Names    bool          // may carry DNS names and addresses
	URI      bool          // carries its identity; that of a node stands in the inventory only, see [CheckServer]
	Validity time.Duration // the default
	// NoCheck certificates tell relying parties not to ask for their status (RFC 6960,
	// 4.2.2.2.1), and so name no address to ask.
	NoCheck bool
	// Own are extended key usages that have no name of their own in RFC 5280.
	Own []asn1.ObjectIdentifier
	// Keys are the key types that the CA certifies by default. A relying party takes any
	// that [CheckKey] does, since the configuration may say otherwise.
	Keys []KeyType
}

const day = 24 * time.Hour

// arc is the object identifier under which the policies stand. 32473 is the enterprise
// number that RFC 5612 sets aside for examples: a deployment that wants its OIDs to mean
// something to others registers an enterprise number of its own and changes this line.
var arc = []uint64{1, 3, 6, 1, 4, 1, 32473, 1803}

func policy(n uint64) x509.OID {
	oid, err := x509.OIDFromInts(append(append([]uint64(nil), arc...), n))
	if err != nil {
		panic(err) // the arc is a constant
	}
	return oid
}

var (
	clientOnly      = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	serverOnly      = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	clientAndServer = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	ocspOnly        = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}

	// Every client makes keys over P-256 by itself; P-384 and RSA are what cards hold (NIST SP
	// 800-78-4, table 3-1), and P-384 what some want their own tools to make.
	inFile   = []KeyType{P256, P384}
	onCard   = []KeyType{P256, P384, RSA2048, RSA3072, RSA4096}
	inMemory = []KeyType{P256}

	// receiptSigning is the extended key usage of who signs receipts: no protocol of others
	// takes such a certificate for anything.
	receiptSigning = []asn1.ObjectIdentifier{oid(100)}
)

// oid is policy for what encoding/asn1 has to read.
func oid(n int) asn1.ObjectIdentifier {
	var id asn1.ObjectIdentifier
	for _, part := range arc {
		id = append(id, int(part))
	}
	return append(id, n)
}

// AllRules lists the profiles in a fixed order.
var AllRules = []Rules{
	{PersonSoftware, User, Software, "people", policy(1), clientOnly, false, true, 90 * day, false, nil, inFile},
	{PersonCard, User, Card, "people", policy(2), clientOnly, false, true, 365 * day, false, nil, onCard},
	{PersonAttested, User, Attested, "people", policy(3), clientOnly, false, true, 365 * day, false, nil, onCard},
	{SiteToken, Site, Software, "sites", policy(4), clientAndServer, true, true, 30 * day, false, nil, inFile},
	{ServerNode, Server, Software, "sites", policy(5), serverOnly, true, false, 30 * day, false, nil, inFile},
	{OCSPSigner, Server, Software, "", policy(6), ocspOnly, false, false, 7 * day, true, nil, inMemory},
	{ReceiptSigner, Server, Software, "sites", policy(7), nil, false, false, 7 * day, false, receiptSigning, inMemory},
}

// HasUsages reports whether a certificate has exactly the profile's extended key usages.
func (r Rules) HasUsages(cert *x509.Certificate) bool {
	return slices.Equal(cert.ExtKeyUsage, r.Usages) && slices.EqualFunc(cert.UnknownExtKeyUsage, r.Own, asn1.ObjectIdentifier.Equal) &&
		len(r.Usages)+len(r.Own) > 0
}

// IssuedBy reports whether the issuing CAs of a series issue the profile.
func (r Rules) IssuedBy(series string) bool { return r.Issuer == "" || r.Issuer == series }

// RulesOf returns the rules of a profile; ok is false for an unknown one.
func RulesOf(p Profile) (r Rules, ok bool) {
	for _, r := range AllRules {
		if r.Profile == p {
			return r, true
		}
	}
	return Rules{}, false
}

// ProfileOf returns the rules that a certificate claims by its policy OID; ok is false
// when it names none of our policies, or more than one policy.
func ProfileOf(cert *x509.Certificate) (r Rules, ok bool) {
	if len(cert.Policies) != 1 {
		return Rules{}, false
	}
	for _, r := range AllRules {
		if cert.Policies[0].Equal(r.Policy) {
			return r, true
		}
	}
	return Rules{}, false
}
