package demo

import (
	"context"
	"fmt"

	"mais/server/api"
	"mais/server/internal/people"
)

// agencies are what is known of them: who vouches for their people, and to which addresses a
// code may go. The trust lets its clinicians come with a password, to less than a token shows.
var agencies = []api.AgencyFields{
	{Name: "Northshire Police", SponsorName: "Superintendent Demo Sponsor", SponsorEmail: "sponsor@police.northshire.example",
		Domains: []string{"police.northshire.example"}, Passwords: api.PasswordsForbidden},
	{Name: "Northshire NHS Trust", SponsorName: "Demo Caldicott Guardian", SponsorEmail: "sponsor@trust.northshire.example",
		Domains: []string{"trust.northshire.example"}, Passwords: api.PasswordsLimited},
	{Name: "HMP Northshire", SponsorName: "Demo Head of Healthcare", SponsorEmail: "sponsor@prison.northshire.example",
		Domains: []string{"prison.northshire.example"}, Passwords: api.PasswordsForbidden},
}

// byPassword is the role whose holders may come with one, where the agency lets them.
const byPassword = "clinician"

// describe says what is known of the agencies.
func describe(ctx context.Context, register *people.Host) error {
	for _, a := range agencies {
		if err := register.SetAgency(ctx, a, by); err != nil {
			return err
		}
	}
	return register.SetPasswords(ctx, byPassword, api.PasswordsLimited, true, by)
}

// The change that waits for the demo's first administrator is made by the second.
const (
	maker   = "second.admin@police.northshire.example"
	newcome = "newcomer@police.northshire.example"
)

// await has an invitation wait for a second person: the way that a newcomer to the demo sees
// first what the service wants two people for.
func await(ctx context.Context, register *people.Host) error {
	known, err := register.PlacesSites(ctx, "")
	if err != nil {
		return err
	}
	staff, err := register.Users(ctx)
	if err != nil {
		return err
	}
	first := sites[0]
	for _, s := range known {
		if s.AgencyName != first.agency || s.Name != first.name {
			continue
		}
		for _, u := range staff {
			if u.Email == maker {
				return propose(ctx, register, u.ID, api.UserFields{
					Email: newcome, Name: "Demo Newcomer", Agency: s.Agency, Sites: []string{s.ID}, Roles: []string{"police_officer"},
					Vetting: "NPPV 2", VettedOn: "2026-01-05", VouchedBy: agencies[0].SponsorName,
				})
			}
		}
	}
	return fmt.Errorf("invite %s: there is no site or nobody to do it", newcome)
}

func propose(ctx context.Context, register *people.Host, maker string, u api.UserFields) error {
	id, err := register.Propose(ctx, maker, people.Proposal{Kind: api.UserInvite, After: u, Subject: u.Name + " (" + u.Email + ")", Note: "Joins the night shift"}, by)
	if err != nil {
		return err
	}
	_, err = register.Confirm(ctx, maker, id, []byte("{}"), by)
	return err
}
