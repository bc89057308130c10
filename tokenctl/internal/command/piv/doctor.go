package piv

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mais/certs"
	"mais/tokenctl/internal/browser"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/piv"
	"mais/tokenctl/internal/ui"
)

// check is one thing that doctor looked at.
type check struct {
	What    string `json:"what"`
	Says    string `json:"says"`
	Next    string `json:"next,omitempty"`
	Finding bool   `json:"finding"` // something to act on
}

// checks collects what doctor finds.
type checks []check

func (c *checks) good(what, says string, args ...any) {
	*c = append(*c, check{What: what, Says: fmt.Sprintf(says, args...)})
}

func (c *checks) bad(what, next, says string, args ...any) {
	*c = append(*c, check{what, fmt.Sprintf(says, args...), next, true})
}

// wrong takes a fault over as a finding.
func (c *checks) wrong(what string, err error) {
	f := fault.Of(err)
	c.bad(what, f.Next, "%s", f.Error())
}

func newPIVDoctor(a *app, which *cardFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Find out why a card does not work, and what to do",
		Long: `Find out why a card does not work, and what to do: the smart card service, the readers,
who else uses the card, the tries of PIN and PUK, secrets that are the factory's still,
the certificate in slot 9a and whether the key fits it, and OpenSC, which browsers need.

No PIN is asked and no try is spent. With findings the exit code is 9.`,
		Example: "  tokenctl piv doctor\n  tokenctl piv doctor --json",
		Args:    cobra.NoArgs,
		RunE: a.Do(func(cmd *cobra.Command, _ []string) error {
			all, err := examine(cmd.Context(), which)
			if err != nil {
				return err
			}
			return a.printChecks(all)
		}),
	}
}

// examine looks at everything. Only a tokenctl without cards cannot.
func examine(ctx context.Context, which *cardFlags) (all checks, err error) {
	readers, err := piv.List(ctx)
	switch {
	case fault.Is(err, fault.NoCardSupport), ctx.Err() != nil:
		return nil, err
	case err != nil:
		all.wrong("smart card service", err)
	default:
		all.good("smart card service", "it answers, and knows %d readers", len(readers))
		all.readers(readers, which)
	}
	if module, found := browser.FindModule(); found {
		all.good("OpenSC", "%s", module)
	} else {
		all.bad("OpenSC", "install it, if you sign in with a browser (Debian: apt install opensc-pkcs11)", "it is not installed")
	}
	return all, nil
}

func (c *checks) readers(readers []piv.Reader, which *cardFlags) {
	cards := 0
	for _, r := range readers {
		if !strings.Contains(strings.ToLower(r.Name), strings.ToLower(which.reader)) ||
			which.serial != 0 && (r.Card == nil || r.Card.Serial != which.serial) {
			continue
		}
		switch {
		case r.Fault != nil:
			cards++
			c.unreadable(r)
		case r.Card != nil:
			cards++
			c.card(r)
		}
	}
	if cards == 0 {
		c.bad("card", "put the card in", "there is no card in any reader that is meant")
	}
}

// unreadable says why a card cannot be read, and which programs of this person may be why.
func (c *checks) unreadable(r piv.Reader) {
	f := fault.Of(r.Fault)
	if f.Kind == fault.CardBusy {
		if names := cardPrograms(); len(names) > 0 {
			c.bad(r.Name, "end the one that keeps it: close the browser, or remove the card from its security devices", "%s; programs of yours that use smart cards: %s", f.Error(), strings.Join(names, ", "))
			return
		}
	}
	c.wrong(r.Name, f)
}

func (c *checks) card(r piv.Reader) {
	s := *r.Card
	what := "card " + cardID(s)
	switch s.Kind {
	case piv.Other:
		c.bad(r.Name, "put a PIV card in", "its card has no PIV application")
		return
	case piv.Plain:
		c.good(what, "a PIV card without a maker's extensions: its certificate works through OpenSC and the browser, not in tokenctl")
	default:
		c.good(what, "in %s, firmware %s", r.Name, s.Firmware)
	}
	if r.Busy {
		c.good(what, "a program has it open; tokenctl's changes and signatures wait for its end: %s", ui.OrDash(strings.Join(cardPrograms(), ", ")))
	}
	c.secrets(what, s)
	c.signIn(what, s)
}

// secrets looks at the PIN and the PUK.
func (c *checks) secrets(what string, s piv.Summary) {
	switch {
	case s.PINTries == 0 && s.PUKTries == 0:
		c.wrong(what, piv.Blocked("PUK"))
		return
	case s.PINTries == 0:
		c.wrong(what, piv.Blocked("PIN"))
	case s.PINTries == 1:
		c.bad(what, "be sure of it, or set a new one with 'tokenctl piv pin unblock'", "the PIN has 1 try left")
	default:
		c.good(what, "PIN tries: %s", triesWord(s.PINTries))
	}
	switch {
	case s.NoPUK:
		c.good(what, "it has no PUK: a blocked PIN is reset with its maker's tool")
	case s.PUKTries == 0:
		c.bad(what, "keep the PIN; if it is blocked one day, the card can only be reset", "the PUK is blocked")
	case s.PUKTries == 1:
		c.bad(what, "be sure of it: after the last the card can only be reset", "the PUK has 1 try left")
	}
	remedies := map[string]string{
		"PIN": "run 'tokenctl piv enrol', or 'tokenctl piv pin change'", "PUK": "run 'tokenctl piv enrol', or 'tokenctl piv puk change'",
		"management key": "run 'tokenctl piv enrol', which sets a random one",
	}
	for _, factory := range s.Factory {
		c.bad(what, remedies[factory], "the %s is the factory's, which everybody knows", factory)
	}
}

// signIn looks at the slot that signs in.
func (c *checks) signIn(what string, s piv.Summary) {
	slot, ok := slotNamed(s, piv.Authentication)
	cert := slot.Certificate
	switch {
	case !ok && s.Kind != piv.YubiKey:
		c.bad(what, ownProgram, "slot 9a, which signs in, is empty")
		return
	case !ok:
		c.bad(what, "run 'tokenctl piv enrol'", "slot 9a, which signs in, is empty")
		return
	case cert == nil:
		c.bad(what, "run 'tokenctl piv enrol', again if it broke off", "slot 9a has a key and no certificate")
		return
	case slot.Public != nil && !certs.SameKey(slot.Public, cert.PublicKey):
		c.bad(what, "run 'tokenctl piv enrol' anew: the certificate's key is gone", "the certificate in slot 9a is of another key than the slot's")
		return
	case time.Now().After(cert.NotAfter):
		c.bad(what, "ask your administrator for a new invitation, and enrol again", "the certificate in slot 9a expired on %s", ui.Day(cert.NotAfter))
		return
	}
	if _, ours := certs.ProfileOf(cert); !ours {
		c.bad(what, "run 'tokenctl piv enrol' if this card is to sign in", "the certificate in slot 9a was not issued by MAIS: %s", personOf(cert))
		return
	}
	if due := cert.NotBefore.Add(cert.NotAfter.Sub(cert.NotBefore) * 2 / 3); time.Now().After(due) {
		c.bad(what, "run 'tokenctl piv renew'", "the certificate in slot 9a expires on %s (%s)", ui.Day(cert.NotAfter), ui.Left(cert.NotAfter, time.Now()))
		return
	}
	c.good(what, "slot 9a signs in as %s until %s", personOf(cert), ui.Day(cert.NotAfter))
}

func (a *app) printChecks(all checks) error {
	findings := 0
	rows := [][]string{{"", "CHECKED", "FOUND"}}
	for _, c := range all {
		mark := "ok"
		if c.Finding {
			mark = "!!"
			findings++
		}
		rows = append(rows, []string{mark, c.What, c.Says})
		if c.Next != "" {
			rows = append(rows, []string{"", "", "→ " + c.Next})
		}
	}
	err := a.Screen.Data(map[string]any{"checks": all, "findings": findings}, func() error { return a.Screen.Table(rows) })
	switch {
	case err != nil || findings == 0:
		return err
	case findings == 1:
		return fault.New(fault.Findings, "do what stands behind the arrow", "there is something to put right")
	}
	return fault.New(fault.Findings, "do what stands behind the arrows", "there are %d things to put right", findings)
}
