package manage

import (
	"context"
	"slices"
	"strings"

	"mais/server/api"
	"mais/server/internal/people"
)

// foreseeAgency says to whom codes go no more, or go again, when an agency's domains change, and
// who may sign in by password, or may no more, when its policy does.
func (s *Service) foreseeAgency(ctx context.Context, c proposed) (api.Effect, error) {
	was, will := c.Before.Agency, c.After.Agency
	if was == nil || will == nil {
		return api.Effect{}, ErrUnknown
	}
	staff, err := s.opts.Register.StaffOf(ctx, c.Target)
	if err != nil {
		return api.Effect{}, err
	}
	rules, err := s.rules(ctx)
	if err != nil {
		return api.Effect{}, err
	}
	var e api.Effect
	for _, h := range staff {
		as := func(passwords string) standing {
			return rules.standing(people.Holder{Roles: h.Roles, AgencyPasswords: passwords}, 0)
		}
		now, then := as(was.Passwords), as(will.Passwords)
		gains, losses := then.better(now), then.worse(now)
		switch at, in, stays := domainOf(h.Email), slices.Contains(was.Domains, domainOf(h.Email)), slices.Contains(will.Domains, domainOf(h.Email)); {
		case in && !stays:
			losses = append(losses, "is sent no code any more: "+at+" is none of the domains")
		case !in && stays:
			gains = append(gains, "can be sent a code: "+at+" is one of the domains")
		}
		holder := people.Holder{ID: h.ID, Name: h.Name, Email: h.Email, Agency: h.Agency}
		addAffected(&e.Gains, &e.GainsAll, holder, nil, gains)
		addAffected(&e.Losses, &e.LossesAll, holder, nil, losses)
	}
	e.Warnings = agencyWarnings(*was, *will)
	alike, err := s.alike(ctx, c.Target, *will)
	e.Warnings = append(e.Warnings, alike...)
	return e, err
}

// foreseeNewAgency warns of what a new agency could be taken for.
func (s *Service) foreseeNewAgency(ctx context.Context, c proposed) (e api.Effect, err error) {
	will := c.After.Agency
	if will == nil {
		return e, ErrUnknown
	}
	e.Warnings = agencyWarnings(api.AgencyFields{}, *will)
	alike, err := s.alike(ctx, "", *will)
	e.Warnings = append(e.Warnings, alike...)
	return e, err
}

// kinds are those of agencies that need no second look.
var kinds = []string{"police", "health", "prison", "probation"}

// alike says which other agencies have almost the name or one of the domains, and what kind of agency was
// perhaps meant.
func (s *Service) alike(ctx context.Context, but string, will api.AgencyFields) (all []string, err error) {
	others, err := s.opts.Register.PlacesAgencies(ctx, "")
	known := byName[bool]{}
	for _, kind := range kinds {
		known.add(kind, true)
	}
	for _, o := range others {
		if o.ID == but {
			continue
		}
		known.add(o.Kind, true)
		if strings.EqualFold(o.Name, will.Name) {
			all = append(all, "There is an agency of almost this name: "+o.Name+".")
		}
		for _, d := range will.Domains {
			if slices.Contains(o.Domains, d) {
				all = append(all, d+" is a domain of "+o.Name+" as well: people of one could be invited as people of the other.")
			}
		}
	}
	kind := strings.ToLower(will.Kind)
	if meant := known.near(kind); !known[kind].thing && len(meant) > 0 {
		all = append(all, "No other agency is of the kind "+will.Kind+": is "+strings.Join(meant, " or ")+" meant?")
	}
	return all, err
}

// domainOf is the domain of a mail address.
func domainOf(email string) string {
	return strings.ToLower(email[strings.LastIndexByte(email, '@')+1:])
}

// anybodys are domains where anybody gets an address: what an agency's sponsor gave is not there.
var anybodys = []string{
	"aol.com", "btinternet.com", "gmail.com", "gmx.com", "gmx.net", "googlemail.com", "hotmail.co.uk", "hotmail.com", "icloud.com", "live.co.uk", "live.com",
	"mail.com", "msn.com", "outlook.com", "pm.me", "proton.me", "protonmail.com", "sky.com", "talktalk.net", "virginmedia.com", "yahoo.co.uk", "yahoo.com",
}

// agencyWarnings are what a change of an agency is worth a second thought for.
func agencyWarnings(was, will api.AgencyFields) (all []string) {
	for _, d := range will.Domains {
		if slices.Contains(anybodys, d) && !slices.Contains(was.Domains, d) {
			all = append(all, "At "+d+" anybody gets an address: a code that goes there shows nothing of who asked for it.")
		}
	}
	if was.SponsorEmail != "" && was.SponsorEmail != will.SponsorEmail {
		all = append(all, "Who is invited is told to "+will.SponsorEmail+" from then on, and to "+was.SponsorEmail+" no more.")
	}
	return all
}
