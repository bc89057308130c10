package mail

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"mais/ca"
	"mais/certs"
	"mais/server/internal/mail/internal/outbox"
)

const (
	// A change waits for its administrators until nothing has changed for newsQuiet, so that an
	// act on ten thousand certificates is one mail; but not longer than newsLongest.
	newsQuiet   = 30 * time.Second
	newsLongest = 10 * time.Minute
	newsApart   = 10 * time.Minute   // between two such mails: who alternates hold and release fills nobody's box
	newsOldest  = 7 * 24 * time.Hour // nobody wants to hear of it any more
	// How many changes are read at a time.
	holderBatch        = 1000
	administratorBatch = 20000
	// How many certificates a mail names.
	listedToHolder        = 10
	listedToAdministrator = 50
	// toldAnHour is how many mails about holds and releases somebody gets in an hour of the
	// clock, before one at its end stands for the rest. Revocations are always told: a
	// certificate has but one, which is raised once at most.
	toldAnHour = 6
)

// The kinds of mail about changes to one certificate, by what it changed to.
var changeKinds = map[string]string{string(certs.Active): "released", string(certs.Held): "held", string(certs.Revoked): "revoked"}

// tellHolders writes to the holders of certificates that were held, released or revoked, and
// reports whether there may be more to do.
func (s *Service) tellHolders(ctx context.Context) (more bool, err error) {
	now := s.opts.Now()
	w := outbox.Window{Now: now, Oldest: newsOldest, Limit: holderBatch, Hour: now.Truncate(time.Hour)}
	moved, err := s.box.News(ctx, outbox.Holders, w, func(n outbox.News) []outbox.Message { return s.toHolders(n, now) })
	return moved > 0, err
}

// tellAdministrators does the same for those who administer them.
func (s *Service) tellAdministrators(ctx context.Context) (more bool, err error) {
	w := outbox.Window{Now: s.opts.Now(), Quiet: newsQuiet, Longest: newsLongest, Apart: newsApart, Oldest: newsOldest, Limit: administratorBatch}
	moved, err := s.box.News(ctx, outbox.Administrators, w, s.toAdministrators)
	return moved > 0, err
}

// toHolders writes one mail to each person for each kind of change: a token that was renewed
// has several certificates, which go together.
func (s *Service) toHolders(news outbox.News, now time.Time) []outbox.Message {
	type group struct {
		user, status string
		raised       bool
	}
	var order []group
	of := map[group][]outbox.Change{}
	for _, c := range news.Changes {
		g := group{c.User, c.Status, c.Raised}
		if c.Address == "" {
			continue // a site, a node, or somebody who has left
		}
		if of[g] == nil {
			order = append(order, g)
		}
		of[g] = append(of[g], c)
	}
	var out []outbox.Message
	for _, g := range order {
		about := of[g]
		last := about[len(about)-1]
		if changeKinds[g.status] != "revoked" {
			if news.Told[last.Address]++; news.Told[last.Address] > toldAnHour {
				out = s.addSeveral(out, last, now)
				continue
			}
		}
		l := letter{Name: last.UserName, At: last.At, By: last.By, Reason: reasons[ca.Reason(last.Reason)], Raised: last.Raised}
		for _, c := range about[:min(len(about), listedToHolder)] {
			l.Certificates = append(l.Certificates, item{Ref: refOf(c.Subject), End: c.NotAfter})
		}
		l.More = len(about) - len(l.Certificates)
		out = s.add(out, changeKinds[g.status], fmt.Sprint("change ", last.Number), last.Address, last.UserName, l)
	}
	return out
}

// addSeveral appends the mail of the hour that stands for the changes that somebody is not told
// one by one. The outbox takes it once.
func (s *Service) addSeveral(all []outbox.Message, c outbox.Change, now time.Time) []outbox.Message {
	hour := now.UTC().Truncate(time.Hour)
	end := hour.Add(time.Hour)
	n := len(all)
	all = s.add(all, "several", "changes from "+hour.Format(time.RFC3339), c.Address, c.UserName, letter{Name: c.UserName, At: hour, Until: end})
	for i := range all[n:] {
		all[n+i].Created = end
	}
	return all
}

// toAdministrators writes one mail to each administrator with all that is theirs to know, but
// for what they are told as a holder.
func (s *Service) toAdministrators(news outbox.News) []outbox.Message {
	var out []outbox.Message
	for _, a := range news.Administrators {
		var about []outbox.Change
		for _, c := range news.Changes {
			if a.Manages(c.Subject) && c.User != a.User {
				about = append(about, c)
			}
		}
		if len(about) > 0 {
			last := about[len(about)-1]
			out = s.add(out, "changes", fmt.Sprint("changes to ", last.Number), a.Address, a.Name, changesLetter(a, about))
		}
	}
	return out
}

// done says what happened to a certificate that changed to a status.
var done = map[string]string{string(certs.Active): "released", string(certs.Held): "put on hold", string(certs.Revoked): "revoked"}

// raised is what happened to one that had been revoked for less.
const raised = "said to be compromised"

func doneTo(c outbox.Change) string {
	if c.Raised {
		return raised
	}
	return done[c.Status]
}

func changesLetter(a outbox.Administrator, about []outbox.Change) letter {
	l := letter{Name: a.Name, At: about[0].At, Until: about[0].At}
	for _, change := range about { // in the order of their numbers: one that was told again is from before
		if change.At.Before(l.At) {
			l.At = change.At
		}
		if change.At.After(l.Until) {
			l.Until = change.At
		}
	}
	if moment(l.At) == moment(l.Until) {
		l.Until = time.Time{}
	}
	for _, what := range []string{done[string(certs.Revoked)], raised, done[string(certs.Held)], done[string(certs.Active)]} {
		c := count{What: what}
		for _, change := range about {
			if doneTo(change) == what {
				c.N++
			}
		}
		if c.N > 0 {
			l.Counts = append(l.Counts, c)
		}
	}
	for _, c := range about[:min(len(about), listedToAdministrator)] {
		what := doneTo(c)
		if c.Again {
			what += ", and so again after a restore"
		}
		l.Certificates = append(l.Certificates, item{
			Ref: refOf(c.Subject), What: what, Who: whoOf(c.Subject), At: c.At, By: c.By, Reason: reasons[ca.Reason(c.Reason)],
		})
	}
	l.More = len(about) - len(l.Certificates)
	return l
}

// add appends the mail of a kind. One that cannot be written is logged and left out: it must not
// keep everybody else's back. One to an address that no mail is sent to is kept, to be given up
// where an administrator sees it; the outbox holds none that is not even printable.
func (s *Service) add(all []outbox.Message, kind, about, to, name string, l letter) []outbox.Message {
	var t text
	err := s.guarded(context.Background(), func() (err error) {
		if strings.ContainsFunc(to, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return ErrAddress
		}
		t, err = s.compose(kind, l)
		return err
	})
	if err != nil {
		s.opts.Log.Error("a mail cannot be sent to whom it concerns", "kind", kind, "about", about, "error", err)
		return all
	}
	return append(all, outbox.Message{Kind: kind, About: about, Address: to, Name: line(name, maxName), Subject: t.subject, Body: t.body})
}

func refOf(s outbox.Subject) string { return s.Issuer + "/" + s.Serial }

// whoOf names the holder of a certificate as the inventory has them, with their agency.
func whoOf(s outbox.Subject) string {
	who := s.Holder
	if s.Name != "" && s.Name != s.Holder {
		who += " (" + s.Name + ")"
	}
	if s.AgencyName != "" {
		who += ", " + s.AgencyName
	}
	return who
}
