package piv

import (
	"bytes"
	"slices"
	"strings"

	"mais/config"
	"mais/tokenctl/internal/fault"
)

const (
	minPIN, maxPIN = 6, 8
	factoryPIN     = "123456"
	factoryPUK     = "12345678"
)

// weak are secrets that somebody who finds a card tries first, beside runs and repetitions:
// they head every published list of PINs.
var weak = []string{
	"121212", "123123", "123321", "112233", "111222", "159753", "147258", "101010", "131313", "696969", "654321", "789456",
	"123456", "12345678", "87654321", "11223344", "12341234", "12344321", "password", "passw0rd", "qwertyui", "letmein1", "iloveyou", "abcd1234", "qwer1234",
}

// CheckPIN says what is wrong with a new PIN: six to eight digits (NIST SP 800-73-5, part 2,
// 2.4.3), none that anybody would try first.
func CheckPIN(pin config.Secret) error {
	if n := len(pin.Reveal()); n < minPIN || n > maxPIN {
		return fault.New(fault.WeakPIN, "choose another", "a new PIN has 6 to 8 digits")
	}
	if bytes.ContainsFunc(pin.Reveal(), func(r rune) bool { return r < '0' || r > '9' }) {
		return fault.New(fault.WeakPIN, "choose another", "a new PIN has digits only: other card readers and keypads know no letters")
	}
	return checkGuessable("PIN", pin)
}

// CheckPUK says what is wrong with a new PUK: eight characters, none that anybody would try first.
func CheckPUK(puk config.Secret) error {
	if len(puk.Reveal()) != maxPIN {
		return fault.New(fault.WeakPIN, "choose another", "a new PUK has 8 characters")
	}
	if bytes.ContainsFunc(puk.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fault.New(fault.WeakPIN, "choose another", "a new PUK has letters and digits without accents, and no spaces")
	}
	return checkGuessable("PUK", puk)
}

func checkGuessable(what string, secret config.Secret) error {
	text := strings.ToLower(string(secret.Reveal()))
	if constantStep(text) || distinct(text) < 3 || isDate(text) || slices.Contains(weak, text) {
		return fault.New(fault.WeakPIN, "choose another: no run, no repetition, no date, nothing of yourself", "this %s is among those that a finder tries first", what)
	}
	return nil
}

// constantStep finds 777777, 234567 and 98765432, over the end of the digits as well.
func constantStep(text string) bool {
	step := (int(text[1]) - int(text[0]) + 10) % 10
	for i := 2; i < len(text); i++ {
		if (int(text[i])-int(text[i-1])+10)%10 != step {
			return false
		}
	}
	return true
}

func distinct(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

// isDate finds a birthday of eight digits, with the year first or last.
func isDate(text string) bool {
	if len(text) != 8 {
		return false
	}
	for _, order := range []struct{ year, month, day string }{
		{text[:4], text[4:6], text[6:]}, {text[4:], text[2:4], text[:2]}, {text[4:], text[:2], text[2:4]},
	} {
		if (strings.HasPrefix(order.year, "19") || strings.HasPrefix(order.year, "20")) &&
			"01" <= order.month && order.month <= "12" && "01" <= order.day && order.day <= "31" {
			return true
		}
	}
	return false
}

// fits refuses what cannot be a card's secret, before it costs a try.
func fits(what string, secret config.Secret) error {
	if n := len(secret.Reveal()); n < minPIN || n > maxPIN {
		return fault.New(fault.Usage, "", "a %s has 6 to 8 characters; the card was not asked, and no try is spent", what)
	}
	return nil
}
