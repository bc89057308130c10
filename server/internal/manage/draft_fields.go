package manage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mais/config"
	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/people"
)

const (
	maxSites = 100 // of a user
	maxRoles = 20
)

// completeUserTexts checks what can be known of somebody's fields by themselves, and gives them
// their one form.
func completeUserTexts(asked api.UserFields, now time.Time) (u api.UserFields, faults []api.FieldError) {
	u = asked
	wrong := func(bad bool, field, detail string) {
		if bad {
			faults = append(faults, api.FieldError{Field: "user." + field, Detail: detail})
		}
	}
	u.Name, faults = line("user.name", asked.Name, longestName)
	for _, l := range []struct {
		field string
		to    *string
		most  int
	}{{"vetting", &u.Vetting, longestVetting}, {"vouched_by", &u.VouchedBy, longestVouched}} {
		if *l.to = strings.TrimSpace(*l.to); *l.to != "" {
			_, more := line("user."+l.field, *l.to, l.most)
			faults = append(faults, more...)
		}
	}
	u.Email = strings.ToLower(strings.TrimSpace(asked.Email))
	at, err := config.ParseAddress(u.Email)
	wrong(err != nil || at.Address != u.Email || at.Name != "", "email", "is not an email address")
	u.Sites, u.Roles = inOrder(asked.Sites), inOrder(asked.Roles)
	wrong(len(u.Sites) > maxSites, "sites", "are more than "+strconv.Itoa(maxSites))
	wrong(len(u.Roles) > maxRoles, "roles", "are more than "+strconv.Itoa(maxRoles))
	for _, d := range []struct {
		field string
		text  string
	}{{"starts", u.Starts}, {"ends", u.Ends}, {"vetted_on", u.VettedOn}} {
		_, err := time.Parse(time.DateOnly, d.text)
		wrong(d.text != "" && err != nil, d.field, "is no date such as 2026-03-31")
	}
	wrong(u.Ends != "" && u.Ends < u.Starts, "ends", "is before the start")
	wrong(u.VettedOn > now.UTC().Format(time.DateOnly), "vetted_on", "is still to come")
	return u, faults
}

// noLevel is what is wrong with a vetting that is none.
const noLevel = "is no level: leave it out where there is none, so that whoever approves is told"

// nones are how people write that there is nothing.
var nones = []string{"none", "no", "nil", "null", "n/a", "na", "not applicable", "not vetted", "unvetted", "unknown", "pending", "tbc"}

// saysNone reports whether a text says that there is nothing.
func saysNone(text string) bool {
	word := strings.TrimFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	return text != "" && (word == "" || slices.Contains(nones, word))
}

// inOrder returns each text once, in order, and never nil.
func inOrder(texts []string) []string {
	sorted := slices.Clone(texts)
	slices.Sort(sorted)
	return append([]string{}, slices.Compact(sorted)...)
}

// completeNote checks why somebody does something.
func completeNote(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	_, unseen := form.Unseen(text, "\n")
	switch {
	case !utf8.ValidString(text) || unseen:
		return "", wrongFields(api.FieldError{Field: field, Detail: "holds a character that cannot be seen"})
	case utf8.RuneCountInString(text) > form.MaxChange:
		return "", wrongFields(api.FieldError{Field: field, Detail: fmt.Sprintf("is longer than %d characters", form.MaxChange)})
	}
	return text, nil
}

func agencyIn(g people.Ground, id string) (people.GroundAgency, bool) {
	n := slices.IndexFunc(g.Agencies, func(a people.GroundAgency) bool { return a.ID == id })
	if n < 0 {
		return people.GroundAgency{}, false
	}
	return g.Agencies[n], true
}

// atDomain reports whether an address is at one of these domains, exactly.
func atDomain(email string, domains []string) bool {
	_, domain, _ := strings.Cut(email, "@")
	return slices.Contains(domains, domain)
}

// sitesIn reports whether somebody's sites are open ones of their agency. One that was closed
// stays with those who had it, and counts for nothing.
func sitesIn(g people.Ground, will api.UserFields, was *api.UserFields) bool {
	for _, id := range will.Sites {
		open := slices.ContainsFunc(g.Sites, func(s people.GroundSite) bool { return s.ID == id && s.Agency == will.Agency })
		had := was != nil && was.Agency == will.Agency && slices.Contains(was.Sites, id)
		if !open && !had {
			return false
		}
	}
	return true
}
