package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mais/certs"
)

// Profiles are the kinds of certificate that are issued, each a table [ca.profile.NAME].
// `mais-server ca profiles` prints every one in full.
//
// What a profile is cannot be set: its usages, extensions, what stands in the alternative
// name, and its policy OID, which is how sites, tokenctl and every node know it. They demand
// exactly that, and read it from no file. Whoever wants OIDs of their own registers an arc
// and changes it in package certs before the first ceremony. The addresses of revocation
// lists, OCSP and issuers begin with listen.plain_url in all of them.
type Profiles struct {
	// PersonSoftware is a person's key in an encrypted file. Default: 90 days, P-256 and
	// P-384. From "1h" to "8760h".
	PersonSoftware Profile `toml:"person-software"`
	// PersonCard is a person's key on a card that was issued at a witnessed station.
	// Default: a year, and all key types: what cards hold. From "1h" to "26280h".
	PersonCard Profile `toml:"person-card"`
	// PersonAttested is a person's key of which the card's vendor vouches that it never
	// left the card. Default: as PersonCard. From "1h" to "26280h".
	PersonAttested Profile `toml:"person-attested"`
	// Site is a site's own certificate; it renews itself at two thirds. Default: 30 days,
	// P-256 and P-384. From "1h" to "2160h".
	Site Profile `toml:"site"`
	// Server is a node's certificate for its listeners; it renews itself at two thirds.
	// Default: 30 days, P-256 and P-384. From "3s" to "2160h".
	Server Profile `toml:"server"`
	// OCSP is the certificate by which a node answers for the status of others. Nobody asks
	// for its own status, so it is short. Default: 7 days, P-256. From "1h" to "720h".
	OCSP Profile `toml:"ocsp"`
	// Receipt is the certificate by which a node signs receipts of revocations. Default: 7
	// days, P-256. From "1h" to "2160h".
	Receipt Profile `toml:"receipt"`
}

// Profile is what can be set of one kind of certificate.
type Profile struct {
	// Validity is how long a certificate lasts, cut off where its issuing CA ends.
	Validity Duration `toml:"validity"`
	// Keys are the types of key that are certified: of "P-256", "P-384", "RSA-2048",
	// "RSA-3072", "RSA-4096". Others are refused when a certificate is asked for. "P-256" is
	// demanded but for cards: tokenctl and the nodes make such keys by themselves.
	Keys []certs.KeyType `toml:"keys"`
}

// bounds are what each profile can be set to.
var bounds = []struct {
	profile certs.Profile
	of      func(p *Profiles) *Profile
	low     time.Duration
	high    time.Duration
	anyKey  bool // no key of it is made by ourselves
}{
	{certs.PersonSoftware, func(p *Profiles) *Profile { return &p.PersonSoftware }, time.Hour, 365 * day, false},
	{certs.PersonCard, func(p *Profiles) *Profile { return &p.PersonCard }, time.Hour, 3 * 365 * day, true},
	{certs.PersonAttested, func(p *Profiles) *Profile { return &p.PersonAttested }, time.Hour, 3 * 365 * day, true},
	{certs.SiteToken, func(p *Profiles) *Profile { return &p.Site }, time.Hour, 90 * day, false},
	{certs.ServerNode, func(p *Profiles) *Profile { return &p.Server }, 3 * time.Second, 90 * day, false},
	{certs.OCSPSigner, func(p *Profiles) *Profile { return &p.OCSP }, time.Hour, 30 * day, false},
	{certs.ReceiptSigner, func(p *Profiles) *Profile { return &p.Receipt }, time.Hour, 90 * day, false},
}

const day = 24 * time.Hour

// defaultProfiles are those of package certs.
func defaultProfiles() (p Profiles) {
	for _, b := range bounds {
		r, _ := certs.RulesOf(b.profile)
		*b.of(&p) = Profile{Duration(r.Validity), slices.Clone(r.Keys)}
	}
	return p
}

// Of returns the settings of a profile; ok is false for an unknown one.
func (p Profiles) Of(profile certs.Profile) (set Profile, ok bool) {
	for _, b := range bounds {
		if b.profile == profile {
			return *b.of(&p), true
		}
	}
	return Profile{}, false
}

// Validities returns how long certificates of each profile last.
func (p Profiles) Validities() map[certs.Profile]time.Duration {
	all := map[certs.Profile]time.Duration{}
	for _, b := range bounds {
		all[b.profile] = b.of(&p).Validity.Std()
	}
	return all
}

// Keys returns the types of key that each profile takes.
func (p Profiles) Keys() map[certs.Profile][]certs.KeyType {
	all := map[certs.Profile][]certs.KeyType{}
	for _, b := range bounds {
		all[b.profile] = slices.Clone(b.of(&p).Keys)
	}
	return all
}

func (c *checker) profiles(p *Profiles) {
	for _, b := range bounds {
		key, set := "ca.profile."+string(b.profile), b.of(p)
		c.duration(key+".validity", set.Validity, b.low, b.high)
		c.keys(key+".keys", set.Keys)
		if !b.anyKey && !slices.Contains(set.Keys, certs.P256) {
			c.fault(key+".keys", "%q is missing: tokenctl and the nodes make such keys by themselves", certs.P256)
		}
	}
}

func (c *checker) keys(key string, types []certs.KeyType) {
	if len(types) == 0 {
		c.fault(key, "at least one type of key is needed")
	}
	for n, t := range types {
		switch {
		case !slices.Contains(certs.AllKeyTypes, t):
			c.fault(key, "%q is not a type of key: want %s", t, listOf(certs.AllKeyTypes))
		case slices.Contains(types[:n], t):
			c.fault(key, "%q stands there twice", t)
		}
	}
}

func listOf(types []certs.KeyType) string {
	var all []string
	for _, t := range types {
		all = append(all, fmt.Sprintf("%q", t))
	}
	return strings.Join(all, ", ")
}
