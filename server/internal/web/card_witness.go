package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/lifecycle"
	"mais/server/internal/web/page/admin/cards"
	"mais/server/internal/web/page/admin/witness"
	"mais/server/internal/web/page/frame"
)

// sealedWitness is the label under which an address says what somebody vouched for.
const sealedWitness = "witness"

// witnessForm asks for what a witness vouches, and says it when a word was taken.
func witnessForm(_ context.Context, c *call) (answer, error) {
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	return c.witnessPage(http.StatusOK, func(p *witness.Page) {
		plain, err := c.verdict.Open(sealedWitness, c.URL.Query().Get("said"))
		if said := new(witness.Said); err == nil && json.Unmarshal(plain, said) == nil {
			p.Done = said
		}
	})
}

func (c *call) witnessPage(status int, fill func(*witness.Page)) (answer, error) {
	p := witness.Page{Frame: c.adminFrame("Witness a card", cards.Path)}
	fill(&p)
	return html(status, witness.Render(p)), nil
}

// sayWitness takes an administrator's word, as the API does.
func sayWitness(ctx context.Context, c *call) (answer, error) {
	sent, err := c.form(witness.Email, witness.Key, witness.Number, witness.GUID)
	if err != nil {
		return answer{}, err
	}
	if _, err := c.administers(); err != nil {
		return answer{}, err
	}
	said, word, faults := readWitness(sent)
	refuse := func(faults ...frame.Fault) (answer, error) {
		return c.witnessPage(http.StatusUnprocessableEntity, func(p *witness.Page) { p.Typed, p.Faults = said, faults })
	}
	if len(faults) > 0 {
		return refuse(faults...)
	}
	acting, event := withAct(ctx, c)
	taken, err := c.site.opts.Credentials.Witness(acting, c.who, word)
	c.audited = event.recorded && err == nil
	switch {
	case errors.Is(err, lifecycle.ErrUnknown):
		return refuse(frame.Fault{Field: witness.Email, Text: "No user whom you administer is registered with this address"})
	case errors.Is(err, lifecycle.ErrInvalid):
		return refuse(frame.Fault{Field: witness.Number, Text: "Enter the number of the card that you saw"})
	case err != nil:
		return answer{}, err
	}
	said.Key, said.Expires = form.KeyGroups(word.Key), taken.ExpiresAt
	plain, err := json.Marshal(said)
	if err != nil {
		return answer{}, fmt.Errorf("encode what was vouched for: %w", err)
	}
	sealed, err := c.verdict.Seal(sealedWitness, plain)
	if err != nil {
		return answer{}, err
	}
	return seeOther(witness.Path + "?" + url.Values{"said": {sealed}}.Encode())
}

var guidDigits = regexp.MustCompile(`^[0-9a-f]{32}$`)

// readWitness reads the form: what was typed, and what it means.
func readWitness(sent map[string]string) (said witness.Said, word api.WitnessRequest, faults frame.Faults) {
	said = witness.Said{Email: strings.TrimSpace(sent[witness.Email]), Key: sent[witness.Key], Number: strings.TrimSpace(sent[witness.Number]), GUID: strings.TrimSpace(sent[witness.GUID])}
	add := func(bad bool, field, text string) {
		if bad {
			faults = append(faults, frame.Fault{Field: field, Text: text})
		}
	}
	key, whole := form.Key(said.Key)
	number, err := strconv.ParseUint(said.Number, 10, 32)
	guid := strings.ToLower(strings.ReplaceAll(said.GUID, "-", ""))
	add(!isAddress(said.Email), witness.Email, "Enter an email address, like name@example.org")
	add(!whole, witness.Key, "Enter all 64 digits of the key, as the officer’s screen shows them")
	add(said.Number != "" && (err != nil || number == 0), witness.Number, "Enter the number in digits only")
	add(said.GUID != "" && !guidDigits.MatchString(guid), witness.GUID, "Enter the 32 digits of the GUID")
	add(said.Number == "" && said.GUID == "", witness.Number, "Enter the number printed on the card, or its GUID")
	word = api.WitnessRequest{Key: key, Email: said.Email, Card: api.Card{Serial: uint32(number), GUID: guid, Slot: witnessedSlot}}
	return said, word, faults
}

// witnessedSlot is the one in which a key signs its holder in.
const witnessedSlot = "9a"
