package mail

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mais/server/internal/mail/internal/outbox"
)

// peopleListed is how many people a mail to a sponsor names; further ones are in further mails.
const peopleListed = 100

// Person is somebody with an address.
type Person struct{ Name, Address string }

// Sponsored says who was invited in the name of an agency.
type Sponsored struct {
	Change  string // its id
	Agency  string // the name
	Sponsor Person
	By      string // who invited
	People  []Person
}

// TellSponsor writes to an agency's sponsor whom somebody invited in its name, with their
// addresses and without their codes. Told again it writes nothing.
func (s *Service) TellSponsor(ctx context.Context, n Sponsored) error {
	if s == nil {
		return ErrNotSetUp
	}
	var all []outbox.Message
	parts := (len(n.People) + peopleListed - 1) / peopleListed
	part := 0
	for some := range slices.Chunk(n.People, peopleListed) {
		part++
		l := letter{Name: n.Sponsor.Name, Agency: n.Agency, By: n.By, Ref: n.Change, Total: len(n.People)}
		if parts > 1 {
			l.Part = fmt.Sprintf("%d of %d", part, parts)
		}
		for _, p := range some {
			l.People = append(l.People, entry{p.Name, p.Address})
		}
		all = s.add(all, "sponsor", fmt.Sprintf("%s %d %s", n.Change, part, line(n.Agency, 100)), n.Sponsor.Address, n.Sponsor.Name, l)
	}
	return s.keep(ctx, all)
}

// Waiting is a change that a second person has to decide on.
type Waiting struct {
	Change string // its id
	What   string // its kind, in words that name nobody
	By     string
	Until  time.Time
	To     []Person // who may decide
}

// TellApprovers writes to those who may approve a change. Told again it writes nothing.
func (s *Service) TellApprovers(ctx context.Context, w Waiting) error {
	if s == nil {
		return ErrNotSetUp
	}
	var all []outbox.Message
	for _, to := range w.To {
		all = s.add(all, "approval", w.Change, to.Address, to.Name, letter{Name: to.Name, By: w.By, What: w.What, Ref: w.Change, End: w.Until})
	}
	return s.keep(ctx, all)
}

// Returned is a change that nothing came of.
type Returned struct {
	Change string // its id
	What   string // its kind, in words that name nobody
	Became string // refused, expired, discarded, restored; or stuck: it still waits, and cannot be done
	To     Person // who made it
}

// became says what has become of a change, in words that fit a subject.
var became = map[string]string{
	"refused": "was refused", "expired": "lapsed: nobody decided on it", "stuck": "cannot be done any more",
	"restored":  "is void, since the service was restored from a backup: ask again if it is still wanted",
	"discarded": "is void: a token of yours was revoked as compromised",
}

// TellMaker writes to whoever made a change. Told again it writes nothing.
func (s *Service) TellMaker(ctx context.Context, r Returned) error {
	if s == nil {
		return ErrNotSetUp
	}
	l := letter{Name: r.To.Name, What: r.What, Becomes: became[r.Became], Ref: r.Change}
	return s.keep(ctx, s.add(nil, "returned", r.Change+" "+line(r.Became, 20), r.To.Address, r.To.Name, l))
}

// TellAddress writes to both the old and the new address of somebody whose address a change
// changed. Told again it writes nothing.
func (s *Service) TellAddress(ctx context.Context, change, name, old, new string) error {
	if s == nil {
		return ErrNotSetUp
	}
	var all []outbox.Message
	for _, to := range []string{old, new} {
		all = s.add(all, "address", change, to, name, letter{Name: name, Was: old, Becomes: new, Ref: change})
	}
	return s.keep(ctx, all)
}

// TellPassword writes to somebody whose password was taken away. Told again of the same errand it
// writes nothing.
func (s *Service) TellPassword(ctx context.Context, errand int64, to Person, at time.Time) error {
	if s == nil {
		return ErrNotSetUp
	}
	return s.keep(ctx, s.add(nil, "taken", fmt.Sprint("errand ", errand), to.Address, to.Name, letter{Name: to.Name, At: at}))
}

func (s *Service) keep(ctx context.Context, all []outbox.Message) error {
	if err := s.box.Keep(ctx, all, s.opts.Now()); err != nil {
		return fmt.Errorf("write of a change of access: %w", err)
	}
	s.wakeSender()
	return nil
}
