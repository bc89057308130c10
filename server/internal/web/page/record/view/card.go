package view

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"mais/server/api"
	"mais/server/api/form"
)

// Card is one of the five cards at the top.
type Card struct {
	form.Card
	First []string // the lines that are shown at once
	More  []string // those that open when asked for; they stand in the sections as well
}

// glance returns how many characters of a card are shown at once, so that all five, with
// what to do, stand above the fold of a small laptop. The gravest has the widest card.
func glance(k form.Kind) int {
	if k == form.SelfHarm {
		return 270
	}
	return 150
}

// notRole says what is withheld from who came with a password: it is not their role that withholds it.
var notRole = strings.NewReplacer("Withheld from your role", "Not with a password", "Partly withheld from your role", "Partly not with a password",
	"Somebody whose role may see it can tell you more.", "Sign in with a token to see what your role shows.")

// withinNumber is where no line of a card may end: within a telephone number.
var withinNumber = regexp.MustCompile(`(\d) (\d)`)

func cardsOf(r api.Record, limited bool) []Card {
	var cards []Card
	for _, c := range form.Cards(r) {
		if limited {
			c.Status, c.Advice = notRole.Replace(c.Status), notRole.Replace(c.Advice)
			for n, line := range c.Lines {
				if rest, ok := strings.CutPrefix(line, form.WithheldLead); ok { // ours, and not what somebody wrote
					c.Lines[n] = "Not with a password" + rest
				}
			}
		}
		first, length := 0, 0
		for _, line := range c.Lines {
			length += utf8.RuneCountInString(line)
			if first > 0 && length > glance(c.Kind) {
				break
			}
			first++
		}
		for n, line := range c.Lines {
			c.Lines[n] = withinNumber.ReplaceAllString(line, "$1\u00a0$2")
		}
		cards = append(cards, Card{c, c.Lines[:first], c.Lines[first:]})
	}
	return cards
}
