package ca

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"mais/ca/internal/keydir"
	"mais/ca/internal/keys"
	"mais/certs"
)

// State is how bad a finding is.
type State string

// The states.
const (
	OK    State = "ok"
	Warn  State = "warning" // to be seen to, in time
	Fault State = "fault"   // something does not work, or is not safe
)

// Finding is one thing that was looked at.
type Finding struct {
	What  string // a stable word: root-key, clock, key-people-1, crl-people-1 …
	State State
	Says  string // what was found, in a sentence
	Do    string // about it; "" when it is ok
}

// Times before an end at which it is warned of.
const (
	warnAuthority = 180 * day
	warnRootList  = 60 * day
)

// Check looks at the key directory, the keys, the lists, the clock, and at what ends when. It
// is for start-up, `mais-server ca check` and the pages; no finding keeps the CA from
// working. Each key signs something, and each list is made anew if it is old: where that
// fails it says so.
func (c *CA) Check(ctx context.Context) []Finding {
	var out []Finding
	out = append(out, c.checkRootKey(), c.checkModes())
	out = append(out, ending("root", "the root", c.root, c.now()), c.checkRootList())
	for _, i := range c.issuers {
		id, cert := i.ID(), i.Certificate()
		if c.revokedByRoot(cert) {
			out = append(out, ok("issuer-"+id, "the root has revoked "+id+": nothing below it is accepted"))
			continue
		}
		out = append(out, ending("issuer-"+id, id, cert, c.now()), c.checkKey(id), c.checkList(ctx, id))
		if c.current[keydir.SeriesOf(id)] == i {
			out = append(out, c.cutShort(id, cert)...)
		}
	}
	out = append(out, c.checkGenerations(ctx)...)
	out = append(out, c.checkClock(ctx))
	out = append(out, c.checkNodes(ctx)...)
	return append(out, c.checkJournal(ctx)...)
}

// count says "1 node", "3 nodes".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func ok(what, says string) Finding { return Finding{What: what, State: OK, Says: says} }

func (c *CA) checkRootKey() Finding {
	path := filepath.Join(c.dir, keydir.KeyFile(keydir.Root))
	if _, err := os.Lstat(path); err != nil {
		return ok("root-key", "the root's key is not in "+c.dir)
	}
	return Finding{"root-key", Warn, "the root's key lies in " + path + ", encrypted, but the service does not need it",
		"take it away: mais-server ca export-root --to DIR, twice, to media that are kept elsewhere"}
}

func (c *CA) checkModes() Finding {
	const what = "key-files"
	if info, err := os.Stat(c.dir); err == nil && info.Mode().Perm()&0o077 != 0 {
		return Finding{what, Fault, c.dir + " can be opened by others", "run: chmod 700 " + c.dir}
	}
	for _, i := range c.issuers {
		for _, name := range []string{keydir.KeyFile(i.ID()), keydir.AddressFile(i.ID())} {
			path := filepath.Join(c.dir, name)
			if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
				return Finding{what, Fault, path + " can be read by others", "run: chmod 600 " + path}
			}
		}
	}
	return ok(what, "the key directory is for its owner alone")
}

func ending(what, who string, cert *x509.Certificate, now time.Time) Finding {
	const successor = "mais-server ca rotate makes the successor of an issuing CA; a root's is a new service"
	switch end := cert.NotAfter.Format(time.DateOnly); {
	case now.Before(cert.NotBefore):
		return Finding{what, Fault, fmt.Sprintf("%s begins on %s, after this machine's clock", who, cert.NotBefore.Format(time.DateTime)), "set the clock"}
	case now.After(cert.NotAfter):
		return Finding{what, Fault, fmt.Sprintf("%s ended on %s: nothing can be issued with it", who, end), successor}
	case now.After(cert.NotAfter.Add(-warnAuthority)):
		return Finding{what, Warn, fmt.Sprintf("%s ends on %s", who, end), "plan a ceremony: " + successor}
	default:
		return ok(what, fmt.Sprintf("%s is good until %s", who, end))
	}
}

func (c *CA) checkRootList() Finding {
	const what, do = "crl-root", "fetch the root's key and run: mais-server ca rotate root-list"
	list, now := c.rootList.Load(), c.now()
	end := list.Next.Format(time.DateOnly)
	switch {
	case now.After(list.Next):
		return Finding{what, Fault, "the root's revocation list ended on " + end + ": relying parties that ask for it refuse every certificate", do}
	case now.After(list.Next.Add(-warnRootList)):
		return Finding{what, Warn, "the root's revocation list ends on " + end + "; after that relying parties that ask for it refuse every certificate", do}
	}
	return ok(what, fmt.Sprintf("the root's revocation list, number %d, is good until %s", list.Number, end))
}

func (c *CA) checkKey(id string) Finding {
	what := "key-" + id
	err := keys.Probe(c.signers[id])
	switch {
	case err == nil:
		return ok(what, "the key of "+id+" signs")
	case unreachable(err):
		return Finding{what, Fault, err.Error(), "see to the key manager: nothing need be restarted when it is back"}
	}
	return Finding{what, Fault, err.Error(), "restore the key of " + id + " from a backup, or make its successor: mais-server ca rotate"}
}

// checkList has the full list made if that is due, as a relying party would that fetches it.
func (c *CA) checkList(ctx context.Context, id string) Finding {
	what := "crl-" + id
	der, err := c.CRL(ctx, id)
	if err != nil {
		return Finding{what, Fault, err.Error(), "relying parties refuse every certificate once the lists that they hold have ended: see to the key and the database"}
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil || !c.now().Before(list.NextUpdate) {
		return Finding{what, Fault, fmt.Sprintf("the revocation list of %s has ended or cannot be read (%v)", id, err), "see to the clock and the database"}
	}
	return ok(what, fmt.Sprintf("the revocation list of %s, number %s, is of %s", id, list.Number, list.ThisUpdate.Format(time.DateTime)))
}

// cutShort warns once new certificates no longer get their full validity.
func (c *CA) cutShort(id string, issuer *x509.Certificate) []Finding {
	for _, r := range certs.AllRules {
		if r.Issuer == keydir.SeriesOf(id) && c.now().Before(issuer.NotAfter) && c.now().Add(c.validity[r.Profile]).After(issuer.NotAfter) {
			return []Finding{{"validity-" + id, Warn,
				fmt.Sprintf("certificates of profile %s would outlive %s and are cut short to %s", r.Profile, id, issuer.NotAfter.Format(time.DateOnly)),
				"make its successor: mais-server ca rotate " + keydir.SeriesOf(id)}}
		}
	}
	return nil
}

// checkGenerations tells of issuing CAs on their way in: a request without its certificate,
// one that waits for its activation, and one that this node has not taken over.
func (c *CA) checkGenerations(ctx context.Context) (out []Finding) {
	held, err := keydir.Holdings(c.dir)
	if err != nil {
		return []Finding{{"generations", Fault, err.Error(), "see to the key directory"}}
	}
	all, err := c.authorities(ctx)
	if err != nil {
		return []Finding{{"generations", Fault, err.Error(), "see to the database and the key directory"}}
	}
	known, active := map[string]bool{}, map[string]string{}
	for _, a := range all {
		known[a.id] = true
		if a.active {
			active[keydir.SeriesOf(a.id)] = a.id
		}
	}
	for id, h := range held {
		if h.Request && !known[id] {
			out = append(out, Finding{"generation-" + id, Warn, "a key for " + id + " is made and its certificate has not come",
				"mais-server ca rotate " + keydir.SeriesOf(id) + " --install FILE, with what ca sign wrote; or, if the root shall not sign it: --withdraw"})
		}
	}
	for _, a := range all {
		if !a.active && keydir.GenerationOf(a.id) > keydir.GenerationOf(active[keydir.SeriesOf(a.id)]) && !c.revokedByRoot(a.cert) {
			out = append(out, Finding{"generation-" + a.id, Warn, a.id + " is known and does not issue yet",
				"once every node has been restarted with its key: mais-server ca rotate " + keydir.SeriesOf(a.id) + " --activate"})
		}
	}
	for _, series := range keydir.Series {
		out = append(out, c.checkSeries(series, active[series]))
	}
	slices.SortFunc(out, func(a, b Finding) int { return slices.Compare([]string{a.What}, []string{b.What}) })
	return out
}

func (c *CA) checkSeries(series, active string) Finding {
	what, current := "issuing-"+series, c.current[series]
	switch {
	case c.revokedByRoot(current.Certificate()):
		return Finding{what, Fault, "nothing can be issued in the series " + series + ": the root has revoked " + current.ID(),
			"make its successor: mais-server ca rotate " + series + "; if one is active, restart this node"}
	case current.ID() != active:
		return Finding{what, Warn, fmt.Sprintf("%s is active, and this node still issues from %s", active, current.ID()), "restart this node"}
	}
	return ok(what, current.ID()+" issues")
}
