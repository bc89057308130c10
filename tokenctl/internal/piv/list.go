//go:build cgo

package piv

import (
	"context"
	"errors"
	"strings"
	"time"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv/pcsc"
)

// patience is how long another program's hold on a card is waited for: a browser signs in
// less, and one that keeps the card open keeps it for hours.
const patience = 2 * time.Second

// List returns the readers and their cards; it disturbs no program that has one.
func List(ctx context.Context) ([]Reader, error) {
	states, err := pcsc.States()
	if err != nil {
		return nil, explain("look for readers", "", err)
	}
	readers := make([]Reader, len(states))
	for i, s := range states {
		readers[i] = Reader{Name: s.Reader, Busy: s.InUse}
		if s.Present {
			readers[i].Card, readers[i].Fault = look(ctx, s)
		}
	}
	return readers, ctx.Err()
}

// look reads a card beside other programs. It waits for the end of another's transaction for
// a moment only: the one who waits in the service cannot be called back, so a goroutine does.
func look(ctx context.Context, s pcsc.State) (*Summary, error) {
	if s.Mute {
		return nil, ofService(s.Reader, pcsc.Unresponsive)
	}
	type found struct {
		summary Summary
		err     error
	}
	done := make(chan found, 1)
	go func() {
		summary, err := summarise(s.Reader, s.InUse)
		if errors.Is(err, pcsc.ResetCard) { // another program just has, and left: once more
			summary, err = summarise(s.Reader, s.InUse)
		}
		done <- found{summary, err}
	}()
	ctx, stop := context.WithTimeoutCause(ctx, patience, ofService(s.Reader, pcsc.SharingViolation))
	defer stop()
	select {
	case f := <-done:
		if errors.Is(f.err, errElsewhere) {
			f.err = fault.New(fault.CardBusy, "close that program to see the card", "another program uses another application of the card in %s", s.Reader)
		}
		if f.err != nil {
			return nil, explain("read the card", s.Reader, f.err)
		}
		return &f.summary, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func summarise(reader string, quiet bool) (Summary, error) {
	card, err := pcsc.Connect(reader, false)
	if err != nil {
		return Summary{}, err
	}
	defer card.Close()
	if err := card.Begin(); err != nil {
		return Summary{}, err
	}
	defer card.End()
	a := &applet{card}
	return a.summary(quiet)
}

// present returns the readers that are meant and have a card. No card is asked.
func present(states []pcsc.State, choice Choice) (with []pcsc.State, err error) {
	matching := 0
	for _, s := range states {
		if choice.Reader != "" && !strings.Contains(strings.ToLower(s.Reader), strings.ToLower(choice.Reader)) {
			continue
		}
		if matching++; s.Present {
			with = append(with, s)
		}
	}
	switch {
	case matching == 0:
		return nil, fault.New(fault.NoCard, "see 'tokenctl piv list'", "there is no reader named like %q", choice.Reader)
	case len(with) == 0 && matching == 1:
		return nil, fault.New(fault.NoCard, "put the card in", "there is no card in the reader")
	case len(with) == 0:
		return nil, fault.New(fault.NoCard, "put the card in", "there is no card in any of the %d readers", matching)
	}
	return with, nil
}
