package people

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"mais/server/api"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/ui"
)

// TestEdited: a list is what it was, with what is added and without what is removed.
func TestEdited(t *testing.T) {
	for _, test := range []struct{ was, add, remove, want []string }{
		{nil, nil, nil, []string{}}, {[]string{"b", "a"}, nil, nil, []string{"a", "b"}}, {[]string{"a"}, []string{"b", "a"}, nil, []string{"a", "b"}},
		{[]string{"a", "b"}, nil, []string{"a", "x"}, []string{"b"}}, {[]string{"a"}, []string{"b"}, []string{"b"}, []string{"a"}},
	} {
		if diff := cmp.Diff(test.want, edited(test.was, test.add, test.remove)); diff != "" {
			t.Errorf("edited(%v, +%v, -%v) (-want +got):\n%s", test.was, test.add, test.remove, diff)
		}
	}
}

// TestUserFlags: the whole entry is built from what it is; what is not given stays, and none takes a day away.
func TestUserFlags(t *testing.T) {
	was := api.UserFields{Name: "Dana", Email: "dana@police.example", Agency: "a", Sites: []string{"s"}, Roles: []string{"clinician"}, Starts: "2026-01-01", Ends: "2026-12-31", Vetting: "NPPV 2"}
	for args, want := range map[string]func(*api.UserFields){
		"":               func(*api.UserFields) {},
		"--name D.":      func(u *api.UserFields) { u.Name = "D." },
		"--ends none":    func(u *api.UserFields) { u.Ends = "" },
		"--vetting=":     func(u *api.UserFields) { u.Vetting = "" },
		"--email D@X.YZ": func(u *api.UserFields) { u.Email = "d@x.yz" },
		"--add-role police_officer --remove-role clinician": func(u *api.UserFields) { u.Roles = []string{"police_officer"} },
	} {
		var f userFlags
		cmd := &cobra.Command{}
		f.facts(cmd)
		f.parts(cmd)
		if err := cmd.ParseFlags(strings.Fields(args)); err != nil {
			t.Fatal(err)
		}
		expected, got := was, was
		want(&expected)
		if err := f.apply(t.Context(), nil, &got); err != nil {
			t.Errorf("%s: %v", args, err)
		}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", args, diff)
		}
	}
	for _, day := range []string{"tomorrow", "2026-02-30", "31.1.2026"} {
		if err := checkDay("ends", &day); err == nil {
			t.Errorf("checkDay takes %q", day)
		}
	}
	sites := []api.Site{{ID: "1", SiteFields: api.SiteFields{Name: "Northgate"}}, {ID: "2", SiteFields: api.SiteFields{Name: "Ward"}}}
	if ids, err := siteIDs(sites, []string{"northgate", "2"}); err != nil || !cmp.Equal(ids, []string{"1", "2"}) {
		t.Errorf("siteIDs = %v, %v", ids, err)
	}
	if _, err := siteIDs(sites, []string{"Elsewhere"}); err == nil {
		t.Error("siteIDs finds a site that there is not")
	}
}

// TestNamesOfPeopleSteerNothing: what comes from the service of people is cleaned wherever it is shown.
func TestNamesOfPeopleSteerNothing(t *testing.T) {
	var out, errs bytes.Buffer
	a := &app{&command.App{Screen: ui.NewScreen(&out, &errs, false)}}
	evil, at := "\x1b[2J\u202eevil", time.Now()
	u := api.User{
		ID: evil, AgencyName: evil, SiteNames: []string{evil}, Stage: evil, Bounce: evil, BouncedAt: &at, Password: true, Sessions: 2,
		UserFields: api.UserFields{Name: evil, Email: evil, Roles: []string{evil}, Starts: evil, Ends: evil, Vetting: evil, VettedOn: evil, VouchedBy: evil},
	}
	if err := a.Screen.Facts(userFacts(u)); err != nil {
		t.Fatal(err)
	}
	if err := a.Screen.Table([][]string{userRow(u)}); err != nil {
		t.Fatal(err)
	}
	if said := out.String() + errs.String(); strings.ContainsAny(said, "\x1b\u202e") || !strings.Contains(said, "evil") {
		t.Errorf("printed %q, which steers a terminal", said)
	}
}

// TestSitesNamed: of sites that a name may mean it is the open one, and of these the one that is written so.
func TestSitesNamed(t *testing.T) {
	closed := time.Now()
	site := func(id, name string, at *time.Time) api.Site {
		return api.Site{ID: id, SiteFields: api.SiteFields{Name: name}, ClosedAt: at}
	}
	all := []api.Site{site("1", "Bridewell", nil), site("2", "bridewell", nil), site("3", "Ward", &closed), site("4", "ward", nil), site("5", "Court", &closed), site("6", "Annexe", nil), site("7", "Annexe", nil)}
	for named, want := range map[string]string{"Bridewell": "1", " bridewell ": "2", "BRIDEWELL": "12", "Ward": "4", "court": "5", "annexe": "67", "3": "3", "elsewhere": ""} {
		got := ""
		for _, s := range sitesNamed(all, named) {
			got += s.ID
		}
		if got != want {
			t.Errorf("%q means %q, want %q", named, got, want)
		}
	}
}
