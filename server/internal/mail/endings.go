package mail

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mais/certs"
	"mais/server/internal/mail/internal/outbox"
)

const (
	endingPast  = 7 * 24 * time.Hour // somebody whose token ended before knows it by now
	endingBatch = 1000
	digestEvery = 23 * time.Hour // a day, less what an hourly look can be late
)

// remind writes to the people whose certificates end soon, and once a day to administrators
// of what nobody has renewed.
func (s *Service) remind(ctx context.Context) error {
	h := outbox.Horizon{Now: s.opts.Now(), Past: endingPast, Limit: endingBatch}
	for _, d := range s.opts.Settings.WarnBefore {
		h.Hours = append(h.Hours, int(d.Std()/time.Hour))
	}
	for n := endingBatch; n == endingBatch; {
		var err error
		if n, err = s.box.Notice(ctx, h, s.toWhoseEnds); err != nil {
			return err
		}
	}
	return s.box.Digest(ctx, h.Now, digestEvery, s.endingsToAdministrators)
}

func (s *Service) toWhoseEnds(endings []outbox.Ending) []outbox.Message {
	var out []outbox.Message
	for _, e := range endings {
		if e.Address == "" {
			continue // a site or a node: its administrators are told
		}
		kind := "expiring"
		if e.Hours == 0 {
			kind = "expired"
		}
		l := letter{Name: e.UserName, End: e.NotAfter, Certificates: []item{{Ref: refOf(e.Subject), End: e.NotAfter}}}
		out = s.add(out, kind, fmt.Sprintf("%s %dh", refOf(e.Subject), e.Hours), e.Address, e.UserName, l)
	}
	return out
}

func (s *Service) endingsToAdministrators(endings []outbox.Ending, administrators []outbox.Administrator) []outbox.Message {
	var out []outbox.Message
	for _, a := range administrators {
		var about []outbox.Ending
		for _, e := range endings {
			if a.Manages(e.Subject) && e.User != a.User {
				about = append(about, e)
			}
		}
		if len(about) > 0 {
			day := s.opts.Now().UTC().Format(time.DateTime)
			out = s.add(out, "expiries", "until "+day, a.Address, a.Name, s.endingsLetter(a, about))
		}
	}
	return out
}

func (s *Service) endingsLetter(a outbox.Administrator, about []outbox.Ending) letter {
	l := letter{Name: a.Name}
	ending, ended := count{What: "about to expire"}, count{What: "expired"}
	for _, e := range about {
		over := !s.opts.Now().Before(e.NotAfter)
		what := "expires on"
		if over {
			what = "expired on"
			ended.N++
		} else {
			ending.N++
		}
		if len(l.Certificates) < listedToAdministrator {
			l.Certificates = append(l.Certificates, item{Ref: refOf(e.Subject), What: what, Who: whoOf(e.Subject), End: e.NotAfter, Do: adviceOn(e, over)})
		}
	}
	for _, c := range []count{ended, ending} {
		if c.N > 0 {
			l.Counts = append(l.Counts, c)
		}
	}
	l.More = len(about) - len(l.Certificates)
	return l
}

// adviceOn says what an administrator can do about a certificate that ends.
func adviceOn(e outbox.Ending, over bool) string {
	switch {
	case e.Profile == string(certs.ServerNode):
		return "A node of the service itself. If it still runs, its log says why it does not renew."
	case strings.HasPrefix(e.Identity, "urn:mais:site:") && over:
		return "The site is cut off. If it is still in use, invite it again."
	case strings.HasPrefix(e.Identity, "urn:mais:site:"):
		return "It should have renewed itself by now. Run tokenctl site check where it runs."
	case over:
		return "Its holder was told. If they still need it, invite them again."
	}
	return "Its holder was told to renew it."
}
