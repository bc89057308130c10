package people

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/ui"
)

// TestNamesOfPlacesSteerNothing: what comes from the service of places is cleaned wherever it is
// shown.
func TestNamesOfPlacesSteerNothing(t *testing.T) {
	var out, errs bytes.Buffer
	a := &app{&command.App{Screen: ui.NewScreen(&out, &errs, false)}}
	evil := "\x1b[2J\u202eevil"
	at := time.Now()
	agency := api.Agency{ID: evil, AgencyFields: api.AgencyFields{Name: evil, Kind: evil, SponsorName: evil, SponsorEmail: evil, Domains: []string{evil}, Passwords: evil}}
	sites := []api.Site{
		{ID: evil, SiteFields: api.SiteFields{Name: evil}, AgencyName: evil, Networks: []string{evil}},
		{ID: evil, SiteFields: api.SiteFields{Name: evil}, ClosedAt: &at},
	}
	for _, err := range []error{a.printAgencies(api.Agencies{Agencies: []api.Agency{agency}}), a.printAgency(agency, sites), a.printNetworks(networksOf(sites))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if said := out.String() + errs.String(); strings.ContainsAny(said, "\x1b\u202e") || !strings.Contains(said, "evil") {
		t.Errorf("printed %q, which steers a terminal", said)
	}
}

// TestOver: what was not given stays.
func TestOver(t *testing.T) {
	was := api.AgencyFields{Name: "N", Kind: "police", SponsorName: "R", SponsorEmail: "r@n.example", Domains: []string{"n.example"}, Passwords: "limited"}
	var none agencyFlags
	if diff := cmp.Diff(&was, none.over(was)); diff != "" {
		t.Errorf("nothing given (-want +got):\n%s", diff)
	}
	var f agencyFlags
	f.Passwords, f.Domains = "forbidden", []string{"m.example"}
	want := was
	want.Passwords, want.Domains = "forbidden", []string{"m.example"}
	if diff := cmp.Diff(&want, f.over(was)); diff != "" {
		t.Errorf("two given (-want +got):\n%s", diff)
	}
}
