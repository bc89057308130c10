// Package demo is what `mais-server up` adds to an empty service: three invented agencies
// with their sites, users for every built-in role, and synthetic people; and demo.json,
// which tells tests and newcomers how to enrol. Call [Load] once the service stands, then
// [Invite], then [File.Write].
//
// It is laxer than a real service, and [Warnings] says where. `serve` never calls it.
package demo

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"mais/config"
	"mais/server/api"
	"mais/server/internal/audit"
	"mais/server/internal/demo/cast"
	"mais/server/internal/people"
)

// Seed makes the same synthetic people every time.
const Seed = cast.Seed

// Warnings says aloud where the demo is laxer than a real service.
var Warnings = []string{
	"the people, agencies and users are invented",
	"the root's passphrase lies beside its key, in the data directory",
	"invitation codes stand in demo.json; elsewhere nobody sees another's code",
	"every subnet given counts for every site",
}

type site struct{ agency, kind, name string }

var sites = []site{
	{"Northshire Police", "police", "Northgate Custody Suite"},
	{"Northshire NHS Trust", "health", "Criminal Justice Liaison Team"},
	{"HMP Northshire", "prison", "Prison Healthcare"},
}

type user struct {
	email, name string
	site        int
	roles       []string
}

var users = []user{
	{"officer@police.northshire.example", "Demo Custody Sergeant", 0, []string{"police_officer"}},
	{"constable@police.northshire.example", "Demo Police Officer", 0, []string{"police_officer"}},
	{"nurse@trust.northshire.example", "Demo Liaison Nurse", 1, []string{"clinician"}},
	{"research@prison.northshire.example", "Demo Research Clinician", 2, []string{"record_clinician"}},
	{"admin@trust.northshire.example", "Demo Administrator", 1, []string{"administrator"}},
	{"second.admin@police.northshire.example", "Demo Second Administrator", 0, []string{"administrator"}},
	{"tokens@police.northshire.example", "Demo Agency Administrator", 0, []string{"agency_administrator"}},
	{"governance@trust.northshire.example", "Demo Governance Officer", 1, []string{"governance_officer"}},
}

// Urgent are the demo's urgent contacts. Their numbers come from the ranges that Ofcom keeps
// for drama: nobody answers there.
var Urgent = []config.Contact{
	{Name: "Criminal justice liaison team, out of hours", Telephone: "01632 960101", Hours: config.RoundTheClock,
		For: "Advice on somebody in custody whose mental health worries you"},
	{Name: "Custody healthcare", Telephone: "01632 960202", Hours: config.RoundTheClock,
		For: "A nurse or doctor to see somebody in a cell, and medicine that is due"},
	{Name: "Appropriate adult scheme", Telephone: "0808 157 0123", Hours: "8am to 11pm, every day",
		For: "An appropriate adult for an interview"},
	{Name: "The demo’s help desk", Telephone: "01632 960000", Hours: config.RoundTheClock,
		For: "A token that is lost, on hold or expired, and anything here that looks wrong"},
}

// Records is how the demo gets its synthetic people.
type Records interface {
	// Generate loads n synthetic people; made again from the same seed they are the same.
	Generate(ctx context.Context, n int, seed uint64, progress func(done int)) error
}

// by is the event that every act of the demo starts from.
var by = audit.Event{User: "", UserName: "demo", AuthMethod: "system"}

// Load fills the register and the records at the first start, goes on where an interrupted
// one stopped, and later leaves alone what is there. It recognises subnets for every open site.
// progress hears how many people are loaded.
func Load(ctx context.Context, register *people.Host, records Records, subnets []netip.Prefix, n int, progress func(done int)) error {
	filled, err := complete(ctx, register.Register)
	if err != nil {
		return err
	}
	if !filled {
		if err := records.Generate(ctx, n, Seed, progress); err != nil {
			return fmt.Errorf("make synthetic people: %w", err)
		}
		if err := fill(ctx, register); err != nil {
			return err
		}
	}
	known, err := register.PlacesSites(ctx, "")
	if err != nil {
		return err
	}
	for _, s := range known {
		if s.ClosedAt != nil { // somebody practised that, and no network is for a closed site
			continue
		}
		for _, subnet := range subnets {
			if err := register.AddSubnet(ctx, s.ID, subnet, by); err != nil {
				return err
			}
		}
	}
	return nil
}

// complete reports whether a start came to its end once. Nobody's entry is ever deleted, so that as
// many as the demo has are there for good, whoever has left since or has another address: a demo in
// which that was practised does not begin anew.
func complete(ctx context.Context, register *people.Register) (bool, error) {
	_, known, err := register.UsersPage(ctx, people.Wanted{UserFilter: api.UserFilter{Stage: people.Everyone}}, 1, 0)
	return known >= len(users), err
}

// fill registers what an interrupted start has not.
func fill(ctx context.Context, register *people.Host) error {
	ids := make([]string, len(sites))
	for i, s := range sites {
		var err error
		if ids[i], err = register.EnsureSite(ctx, s.agency, s.kind, s.name, by); err != nil {
			return err
		}
	}
	for _, u := range users {
		_, err := register.AddUser(ctx, people.User{
			Email: u.email, Name: u.name, Agency: sites[u.site].agency, Sites: []string{ids[u.site]}, Roles: u.roles,
		}, by)
		if err != nil && !errors.Is(err, people.ErrTaken) {
			return err
		}
		if u.email == maker {
			if err := settle(ctx, register); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle is done as soon as the second administrator is there: the last user is registered when
// everything else is.
func settle(ctx context.Context, register *people.Host) error {
	if err := describe(ctx, register); err != nil {
		return err
	}
	return await(ctx, register)
}
