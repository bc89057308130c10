package browser

import (
	"context"
	"crypto/x509"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mais/certs"
)

// Verdict is how one thing stands.
type Verdict string

// The verdicts.
const (
	Good  Verdict = "good"
	Wrong Verdict = "wrong" // something has to be done: Next
	Note  Verdict = "note"  // worth knowing, nothing to do
)

// Finding is what was found of one thing.
type Finding struct {
	Browser Family  `json:"browser,omitempty"`
	Where   string  `json:"where,omitempty"`
	What    string  `json:"what"` // root, module, card, certificate, key, choice, expiry, running
	Verdict Verdict `json:"verdict"`
	Text    string  `json:"text"`
	Next    string  `json:"next,omitempty"`
}

// Look is what Check looks for.
type Look struct {
	Want
	Own     *x509.Certificate   // of the token; nil: any of the service's will do
	OnCards []*x509.Certificate // in the slots of the cards that are in
	Now     time.Time
}

const runSetup = "run 'tokenctl browser setup'"

// Check looks at each thing that signing in from a browser needs. It changes nothing, and asks
// for no PIN.
func (m Machine) Check(ctx context.Context, stores []Store, l Look) (found []Finding, err error) {
	chromium := false
	for _, s := range stores {
		c := checking{Store: s, look: l, byPolicy: s.Browser == Firefox && m.installsRoot(l.Root)}
		if err := c.all(ctx); err != nil {
			return nil, err
		}
		found = append(found, c.found...)
		chromium = chromium || s.Browser == Chromium
	}
	if chromium {
		more, err := m.checkPolicies(l.Service)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	if l.Module != "" {
		found = append(found, l.onCards())
	}
	return append(found, l.expiry()...), nil
}

// checking looks at one store.
type checking struct {
	Store
	look     Look
	byPolicy bool // the root was given to every user of the machine
	found    []Finding
}

func (c *checking) add(what string, v Verdict, next, format string, args ...any) {
	c.found = append(c.found, Finding{c.Browser, c.Dir, what, v, fmt.Sprintf(format, args...), next})
}

func (c *checking) all(ctx context.Context) error {
	db := database(c.Dir)
	if !db.exists() {
		c.add("database", Wrong, runSetup, "there is no certificate database")
		return nil
	}
	have, err := db.certificates(ctx)
	if err != nil {
		return err
	}
	c.root(have)
	if c.look.Key != nil {
		c.key(have)
	}
	if c.look.Module != "" {
		if err := c.cards(ctx, db); err != nil {
			return err
		}
	}
	if c.Browser == Firefox {
		return c.preference()
	}
	return nil
}

// root compares by the whole certificate: a root of the same name with another key is another
// root, whoever put it there.
func (c *checking) root(have []entry) {
	root := c.look.Root
	sum := certs.FingerprintOf(root.Raw).String()
	i := slices.IndexFunc(have, func(e entry) bool { return e.is(root) })
	switch {
	case i < 0:
		c.add("root", Wrong, runSetup, "the service's root %s is not there", sum)
	case have[i].trust == policyTrust && c.byPolicy:
		c.add("root", Note, "", "the service's root %s is trusted for web servers, and for mail, as Firefox trusts any root that a policy gives it", sum)
	case !trustsServers(have[i].trust):
		c.add("root", Wrong, runSetup, "the service's root is there and not trusted for web servers (trust %s)", have[i].trust)
	case have[i].trust != serversOnly:
		c.add("root", Wrong, runSetup, "the service's root is trusted for more than web servers (trust %s)", have[i].trust)
	default:
		c.add("root", Good, "", "the service's root %s is trusted for web servers", sum)
	}
	for _, e := range twins(have, root) {
		c.add("root", Wrong, "ask your administrator which is right, and take the wrong one away in the browser's settings",
			"another certificate calls itself %s: %s", root.Subject.CommonName, certs.FingerprintOf(e.cert.Raw))
	}
}

// trustsServers reports whether a trust as certutil prints it has C among its first flags.
func trustsServers(trust string) bool {
	servers, _, _ := strings.Cut(trust, ",")
	return strings.Contains(servers, "C")
}

// key looks for a software token's.
func (c *checking) key(have []entry) {
	own := c.look.Own
	i := slices.IndexFunc(have, func(e entry) bool { return e.is(own) })
	switch {
	case i < 0:
		c.add("key", Wrong, runSetup, "the token's certificate is not there")
	case !strings.HasPrefix(have[i].trust, "u"):
		c.add("key", Wrong, runSetup, "the token's certificate is there without its key")
	default:
		c.add("key", Good, "", "the token's key and certificate are there")
	}
}

// cards looks at the module, and whether cards are seen through it. What is on them, NSS does not
// tell without a PIN.
func (c *checking) cards(ctx context.Context, db database) error {
	if c.Confined != "" {
		c.add("module", Wrong, "install the browser of the distribution, or its maker's package", "a browser from %s reaches no card", c.Confined)
		return nil
	}
	modules, err := db.modules(ctx)
	if err != nil {
		return err
	}
	name, there := moduleAt(modules, c.look.Module)
	if !there {
		c.add("module", Wrong, runSetup, "the module %s is not known", c.look.Module)
		return nil
	}
	module, err := db.load(ctx, name)
	if err != nil {
		return err
	}
	if !module.ok {
		c.add("module", Wrong, "install it anew (Debian: opensc-pkcs11), or name another with --module", "the module %s cannot be loaded", c.look.Module)
		return nil
	}
	c.add("module", Good, "", "the module %s is there and loads", c.look.Module)
	switch {
	case module.slots == 0:
		c.add("card", Wrong, "plug the reader in; if it is, run 'systemctl status pcscd'", "no reader is seen")
		return nil
	case len(module.cards) == 0:
		c.add("card", Wrong, "insert the card, the chip first; if it is in, clean it, and try 'tokenctl piv list'", "there is no card in the reader, or none that the module understands")
		return nil
	}
	c.add("card", Good, "", "a card is seen: %s", strings.Join(module.cards, ", "))
	return nil
}

// onCards looks for the certificate that signs in.
func (l Look) onCards() Finding {
	ours := slices.DeleteFunc(slices.Clone(l.OnCards), func(cert *x509.Certificate) bool { return !l.issued(cert) })
	at := func(good func(*x509.Certificate) bool) int { return slices.IndexFunc(ours, good) }
	if len(ours) == 0 {
		return Finding{What: "certificate", Verdict: Wrong, Next: "insert your card; if it is in, enrol it: 'tokenctl piv enrol --help'",
			Text: "no card that is in has a certificate of the service"}
	}
	if l.Own == nil {
		if i := at(func(cert *x509.Certificate) bool { return l.Now.Before(cert.NotAfter) }); i >= 0 {
			return Finding{What: "certificate", Verdict: Good,
				Text: "the certificate of " + ours[i].Subject.CommonName + " is on the card, good until " + ours[i].NotAfter.Format(time.DateOnly)}
		}
		return Finding{What: "certificate", Verdict: Wrong, Next: "ask your administrator for a new invitation",
			Text: "the certificate on the card expired on " + ours[0].NotAfter.Format(time.DateOnly)}
	}
	if at(l.Own.Equal) >= 0 {
		return Finding{What: "certificate", Verdict: Good, Text: "the token's certificate " + certs.SerialHex(l.Own.SerialNumber) + " is on the card"}
	}
	if i := at(func(cert *x509.Certificate) bool { return certs.SameKey(cert.PublicKey, l.Own.PublicKey) }); i >= 0 {
		return Finding{What: "certificate", Verdict: Wrong, Next: "run 'tokenctl piv renew', which puts the new one there",
			Text: "the card has the token's key under another certificate, " + certs.SerialHex(ours[i].SerialNumber)}
	}
	return Finding{What: "key", Verdict: Wrong, Next: "insert the token's card, or choose the token of this one with --token",
		Text: "the card is " + ours[0].Subject.CommonName + "'s: its key is not the token's"}
}

// issued reports whether a certificate is a person's of this service, as far as it says: its
// issuer belongs to the root's organisation. Whether it is good, the service knows.
func (l Look) issued(cert *x509.Certificate) bool {
	rules, known := certs.ProfileOf(cert)
	return known && rules.Kind == certs.User && slices.Equal(cert.Issuer.Organization, l.Root.Subject.Organization)
}

// preference looks at what Firefox does when a site asks for a certificate. It has no setting for
// one site: who lets it choose by itself shows their name to every site that asks.
func (c *checking) preference() error {
	chosen, err := prefersAutomatic(c.Dir)
	switch {
	case err != nil:
		return err
	case chosen:
		c.add("choice", Wrong, "open about:config and reset "+personalCert, "Firefox presents a certificate, with the name in it, to every site that asks, without a question")
	default:
		c.add("choice", Note, "", "Firefox asks once after each start which certificate to present: the one with your name that MAIS has issued")
	}
	return nil
}

func (m Machine) checkPolicies(service string) (found []Finding, err error) {
	for _, dir := range m.policyDirs() {
		chosen, by, err := choiceIn(dir, service)
		f := Finding{Browser: Chromium, Where: dir, What: "choice", Verdict: Wrong, Next: runSetup + ", which prints what an administrator does",
			Text: "the browser asks which certificate to present to " + service}
		switch {
		case err != nil:
			return nil, err
		case chosen:
			f.Where, f.Verdict, f.Text, f.Next = by, Good, "the certificate is presented to "+service+" without a question", ""
		case filepath.Base(by) == policyName:
			f.Where, f.Text = by, "the policy is for another service than "+service
		}
		found = append(found, f)
	}
	return found, nil
}

// expiry says how long the token's certificate lasts: renewal is due in the last third.
func (l Look) expiry() []Finding {
	if l.Own == nil {
		return nil
	}
	until := l.Own.NotAfter.Format(time.DateOnly)
	switch third := l.Own.NotAfter.Sub(l.Own.NotBefore) / 3; {
	case !l.Now.Before(l.Own.NotAfter):
		return []Finding{{What: "expiry", Verdict: Wrong, Text: "the token expired on " + until, Next: "ask your administrator for a new invitation"}}
	case !l.Now.Before(l.Own.NotAfter.Add(-third)):
		return []Finding{{What: "expiry", Verdict: Wrong, Text: "the token is good until " + until, Next: "run 'tokenctl renew'"}}
	}
	return []Finding{{What: "expiry", Verdict: Good, Text: "the token is good until " + until}}
}
