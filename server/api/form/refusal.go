package form

import "mais/server/api"

// RefusalLabel returns in words, for who reviews the audit, why something was refused or failed: the
// word that the reason of an entry begins with. Some reasons are words already.
func RefusalLabel(why string) string {
	if words, ok := refusals[why]; ok {
		return words
	}
	return Word(why)
}

// refusals are of the problems that a caller is told, and of what the audit has beside them.
var refusals = map[string]string{
	api.NoToken: "No token was presented", api.UnknownToken: "The token is not known here", api.ExpiredToken: "The token had expired", api.HeldToken: "The token was on hold",
	api.RevokedToken: "The token was revoked", api.SupersededToken: "The token was superseded by a newer one", api.WrongNetwork: "Not from a network of their sites",
	api.LevelTooLow: "The token is not enough for the role", api.OutsideDates: "Before their first day, or after their last", api.TermsDue: "The terms were not accepted",
	api.StatusStale: "It could not be checked whether the token was good", api.AuditUnavailable: "The audit could not be written", api.EnrolmentRefused: "The code to enrol a token was not accepted",
	api.LostRefused: "The code to report a loss was not accepted", api.RenewalRefused: "The token was not renewed", api.NotAllowed: "Their role does not permit it", api.NotByYou: "It was their own, or about themselves", api.WithoutRole: "They had no role",
	api.NotFound: "There was no such thing", api.Invalid: "What was sent could not be taken", api.TooMany: "Asked or tried too often", api.CrossSite: "Another web site sent the request",
	api.SessionMismatch: "The session was another token’s or place’s", api.SessionEnded: "Not signed in, or the session had ended", api.NoPasswords: "A password is not taken of them",
	api.AccessChanged: "Their access changed meanwhile", api.WrongWord: "The word that confirms was wrong", api.Conflict: "It had changed meanwhile", api.AddressTaken: "The address was registered already",
	api.NameTaken: "The name was taken already", api.RoleGone: "A role of the change was gone", api.RuleAgainst: "A rule stood against the change", api.DecidedAlready: "The change was decided already",
	api.SettledAlready: "The alert was settled already", api.TooManyOpen: "Too many open changes", api.ReviewSigned: "The review was signed off", api.ReviewUndecided: "Not everybody in the review was decided on",
	api.DecidedForGood: "It was decided for good", api.GoneMeanwhile: "They were not with the agency any more", api.CardInUseStill: "Something on the card was still good or on hold",
	api.DestructionRefused: "The end of a token was not recorded", api.Unavailable: "The service could not answer", api.Internal: "A fault of the service",

	"not-permitted": "Their role does not permit it", "own": "It was their own, or about themselves", "busy": "An export was running already", "no-reason": "No reason for looking was given",
	"too-many": "Too many people, or too many at a time", "not-on": "No emergency access was on", "not-unique": "More than one person fitted", "authn": "The password, code or second factor was not accepted",
}
