package manage

import (
	"context"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/authn"
)

// The bounds of what is said of a place.
const (
	maxName     = 200
	maxKind     = 40
	maxAddress  = 254
	maxDomains  = 50
	maxNetworks = 5000 // of a site
)

// domainForm is a host name of two labels or more, in ASCII: a name in another script is given as
// it goes over the wire (RFC 5890).
var domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// line checks a text of one line that has to be there.
func line(field, text string, most int) (string, []api.FieldError) {
	text = strings.TrimSpace(text)
	_, unseen := form.Unseen(text, "")
	detail := ""
	switch {
	case !utf8.ValidString(text) || unseen:
		detail = "holds a character that cannot be seen"
	case text == "":
		detail = "is missing"
	case utf8.RuneCountInString(text) > most:
		detail = "is longer than " + strconv.Itoa(most) + " characters"
	default:
		return text, nil
	}
	return text, []api.FieldError{{Field: field, Detail: detail}}
}

// completeAgency checks what is said of an agency and gives it its one form.
func completeAgency(asked *api.AgencyFields) (after api.AgencyFields, faults []api.FieldError) {
	if asked == nil {
		return after, []api.FieldError{{Field: "agency", Detail: "is missing"}}
	}
	after.Passwords = asked.Passwords
	for _, l := range []struct {
		field string
		from  string
		to    *string
		most  int
	}{
		{"agency.name", asked.Name, &after.Name, maxName}, {"agency.kind", asked.Kind, &after.Kind, maxKind},
		{"agency.sponsor_name", asked.SponsorName, &after.SponsorName, maxName},
		{"agency.sponsor_email", strings.ToLower(asked.SponsorEmail), &after.SponsorEmail, maxAddress},
	} {
		text, wrong := line(l.field, l.from, l.most)
		*l.to, faults = text, append(faults, wrong...)
	}
	if at, err := mail.ParseAddress(after.SponsorEmail); after.SponsorEmail != "" && (err != nil || at.Address != after.SponsorEmail) {
		faults = append(faults, api.FieldError{Field: "agency.sponsor_email", Detail: "is not an email address"})
	}
	if !slices.Contains(passwordRules, after.Passwords) {
		faults = append(faults, api.FieldError{Field: "agency.passwords", Detail: "is none of " + strings.Join(passwordRules, ", ")})
	}
	var wrong []api.FieldError
	after.Domains, wrong = completeDomains(asked.Domains)
	return after, append(faults, wrong...)
}

// completeDomains checks the domains of mail addresses; each stands once, in order.
func completeDomains(asked []string) (domains []string, faults []api.FieldError) {
	domains = []string{}
	for _, text := range asked {
		text = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(text), "@"))
		if len(text) > 253 || !domainForm.MatchString(text) {
			return domains, []api.FieldError{{Field: "agency.domains", Detail: "has " + strconv.QuoteToGraphic(text[:min(len(text), 100)]) + ", which is not a domain like police.example"}}
		}
		domains = append(domains, text)
	}
	slices.Sort(domains)
	domains = slices.Compact(domains)
	switch {
	case len(domains) == 0:
		faults = []api.FieldError{{Field: "agency.domains", Detail: "is missing: to no other addresses goes a code"}}
	case len(domains) > maxDomains:
		faults = []api.FieldError{{Field: "agency.domains", Detail: "has more than " + strconv.Itoa(maxDomains)}}
	}
	return domains, faults
}

func (s *Service) draftNetwork(ctx context.Context, r reach, req api.ChangeRequest) (placed, error) {
	if req.Network == nil {
		return placed{}, wrongFields(api.FieldError{Field: "network", Detail: "is missing"})
	}
	site, err := s.openSite(ctx, r, req.Network.Site, "network.site")
	if err != nil {
		return placed{}, err
	}
	prefix, err := authn.ParseNetwork(strings.TrimSpace(req.Network.Prefix))
	if err != nil {
		return placed{}, wrongFields(api.FieldError{Field: "network.prefix", Detail: authn.NetworkFault(err)})
	}
	there := slices.Contains(site.Networks, prefix.String())
	switch {
	case there && req.Kind == api.NetworkAdd:
		err = wrongFields(api.FieldError{Field: "network.prefix", Detail: "is one of the site's networks already"})
	case !there && req.Kind == api.NetworkRemove:
		err = wrongFields(api.FieldError{Field: "network.prefix", Detail: "is none of the site's networks"})
	case req.Kind == api.NetworkAdd && len(site.Networks) >= maxNetworks:
		err = wrongFields(api.FieldError{Field: "network.prefix", Detail: "is one too many: a site has at most " + strconv.Itoa(maxNetworks)})
	}
	if err != nil {
		return placed{}, err
	}
	of := &api.NetworkFields{Site: site.ID, Prefix: prefix.String()}
	d := placed{Before: api.ChangeRequest{Kind: req.Kind}, After: api.ChangeRequest{Kind: req.Kind, Network: of}, Agency: site.Agency}
	d.Subject = of.Prefix + " at " + site.Name + ", " + site.AgencyName
	return d, nil
}
