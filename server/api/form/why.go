package form

import (
	"strings"

	"mais/server/api"
)

// WhyLabel returns in words, for who reviews the audit, the reason that an entry has: why a session
// ended, or why something was refused or failed. What follows a code is for the entry alone.
func WhyLabel(act, reason string) string {
	if words := EndLabel(reason); act == "session.end" && words != reason {
		return capital(words)
	}
	if code, _, found := strings.Cut(reason, ":"); found && refusals[code] != "" {
		return refusals[code]
	}
	if strings.Contains(reason, " ") {
		return reason
	}
	return RefusalLabel(reason)
}

// EndLabel returns in words why a session ended; a reason without is returned as it is.
func EndLabel(reason string) string {
	if words, ok := ends[reason]; ok {
		return words
	}
	return reason
}

var ends = map[string]string{
	"sign-out": "signed out", "locked": "the screen locked, because nobody used it", "timeout": "nobody used it any more, or its time was over", "new-sign-in": "signed in anew",
	"mismatch": "it was used from elsewhere", "lost": "its holder reported a loss", "left": "its holder left", "changed": "what its holder may do was changed",
	"ended-by-holder": "ended by its holder from elsewhere", "ended-by-administrator": "ended by an administrator",
	api.RevokedToken: "the token was revoked", api.HeldToken: "the token was put on hold", api.SupersededToken: "the token was superseded by its renewal", api.ExpiredToken: "the token expired",
	"second-factor-needed": "a second factor is asked for now", "password-registered": "a password was set anew", "password-changed": "the password was changed",
	"password-recovered": "a forgotten password was set anew",
}
