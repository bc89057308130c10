package jobs

import (
	"context"
	"errors"
	"fmt"

	"mais/ca"
	"mais/certs"
	"mais/certs/pins"
)

// Rollover is a change of one node's key, as an operator at that node's machine sees it.
type Rollover struct {
	Dir   string // of the node's files
	Board Board
	By    string // who changes it, for the audit; State needs none
}

// RolloverState is how far a change of key is.
type RolloverState struct {
	Node     string            `json:"node"`
	Key      certs.Pin         `json:"key"`      // on disk
	Next     certs.Pin         `json:"next"`     // on disk, to go over to; zero: none is prepared
	Last     pins.Announcement `json:"last"`     // that this node believes; number 0: there is none
	Informed int64             `json:"informed"` // whoever holds this announcement or a later one knows Next; 0: it is not announced
	Sites    []ca.PinHolder    `json:"sites"`    // with a good certificate
	CutOff   []ca.PinHolder    `json:"cut_off"`  // of Sites, those that do not know Next

	chain chain
	held  *held
}

// Announced reports whether the announcements have this node's keys as they are on disk.
func (s RolloverState) Announced() bool {
	n, ok := s.Last.Of(s.Node)
	return ok && n.Current == s.Key && n.Next == s.Next
}

// State returns how far a change of key is.
func (r Rollover) State(ctx context.Context) (RolloverState, error) {
	s, err := r.keys()
	if err != nil {
		return s, err
	}
	if s.chain, err = s.chain.follow(ctx, r.Board); err != nil && !errors.Is(err, pins.ErrUntrusted) {
		return s, err
	}
	s.Last = s.chain.last()
	for _, l := range s.chain {
		switch mine, _ := l.Announcement.Of(s.Node); {
		case s.Next.IsZero() || mine.Next != s.Next && mine.Current != s.Next:
			s.Informed = 0
		case s.Informed == 0:
			s.Informed = l.Announcement.Number
		}
	}
	if s.Sites, err = r.Board.PinHolders(ctx); err != nil || s.Next.IsZero() {
		return s, err
	}
	for _, site := range s.Sites {
		if s.Informed == 0 || site.Number < s.Informed {
			s.CutOff = append(s.CutOff, site)
		}
	}
	return s, nil
}

// keys returns what stands on this node's disk.
func (r Rollover) keys() (s RolloverState, err error) {
	n := &Node{opts: NodeOptions{Dir: r.Dir}}
	if err := n.openIdentity(); err != nil {
		return s, err
	}
	s.Node = n.identity.String()
	if s.held, err = n.openKey(); err != nil {
		return s, err
	}
	if s.Key, err = certs.PinOfKey(s.held.key.Public()); err != nil {
		return s, err
	}
	if s.Next, err = keyPin(r.Dir, nextKeyFile); err != nil {
		return s, err
	}
	s.chain, err = readChain(r.Dir)
	return s, err
}

// Errors of a change of key.
var (
	// ErrCutOff: the change would cut off sites that do not know the next key.
	ErrCutOff = errors.New("jobs: sites would be cut off")
	// ErrNotAnnounced: the announcements do not have the keys on disk yet, so that a change
	// would leave no key that clients believe.
	ErrNotAnnounced = errors.New("jobs: the keys on disk are not announced")
)

// May returns why the node may not go over to the next key: ErrNotPrepared, ErrNotAnnounced,
// or, unless override, ErrCutOff. What is not announced nobody can override: the key that
// is given up is the only one that may announce it.
func (s RolloverState) May(override bool) error {
	switch {
	case s.Next.IsZero():
		return ErrNotPrepared
	case s.Informed == 0 || !s.Announced():
		return ErrNotAnnounced
	case len(s.CutOff) > 0 && !override:
		return fmt.Errorf("%w: %d of %d do not know the next key", ErrCutOff, len(s.CutOff), len(s.Sites))
	}
	return nil
}

// Switch goes over to the next key if that may be: see May.
func (r Rollover) Switch(ctx context.Context, override bool) (RolloverState, error) {
	s, err := r.State(ctx)
	if err == nil {
		err = s.May(override)
	}
	if err != nil {
		return s, err
	}
	return s, SwitchKey(r.Dir)
}
