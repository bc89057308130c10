package server

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"mais/server/api"
	"mais/server/internal/audit"
)

// TestPlaces: agencies, sites and networks over the API, each answer as it is described; what an
// agency's administrator sees and may change is their own.
func TestPlaces(t *testing.T) {
	e := newEstate(t)
	get := func(m *member, path string) reply {
		t.Helper()
		got := m.c.get(t, e.urls.Mutual+path)
		e.d.check(t, got, nil)
		return got
	}
	var all, own api.Agencies
	get(e.all, api.PathAgencies).decode(t, http.StatusOK, &all)
	get(e.own, api.PathAgencies).decode(t, http.StatusOK, &own)
	if len(all.Agencies) != 2 || len(own.Agencies) != 1 || own.Agencies[0].Name != "Agency" || own.Agencies[0].Sites != 2 {
		t.Fatalf("agencies of all %+v, and of one's own %+v", all, own)
	}
	theirs := all.Agencies[1]
	get(e.own, api.PathAgencies+"/"+own.Agencies[0].ID).decode(t, http.StatusOK, new(api.Agency))
	get(e.own, api.PathAgencies+"/"+theirs.ID).wantProblem(t, http.StatusNotFound, api.NotFound)
	get(e.own, api.PathSites+"?agency="+theirs.ID).wantProblem(t, http.StatusNotFound, api.NotFound)
	get(e.own, api.PathSites+"/"+e.there).wantProblem(t, http.StatusNotFound, api.NotFound)
	get(e.officer, api.PathSites).wantProblem(t, http.StatusForbidden, api.NotAllowed)
	var sites api.Sites
	get(e.own, api.PathSites).decode(t, http.StatusOK, &sites)
	if len(sites.Sites) != 2 || sites.Sites[0].Name != "Custody" || !slices.Equal(sites.Sites[0].Networks, []string{custody + "/32"}) {
		t.Errorf("sites = %+v", sites)
	}
	var whose api.NetworkAnswer
	got := get(e.all, api.PathNetworks+"?address="+custody)
	if got.decode(t, http.StatusOK, &whose); len(whose.Matches) != 2 { // two agencies share the network
		t.Errorf("whose %s is = %+v", custody, whose)
	}
	if found := e.audited(t, got, "network.whose", audit.Allowed); found.Detail["address"] != custody {
		t.Errorf("the audit = %+v", found)
	}
	get(e.own, api.PathNetworks+"?address="+custody).decode(t, http.StatusOK, &whose)
	if len(whose.Matches) != 1 || whose.Matches[0].Agency != "Agency" {
		t.Errorf("to an agency's administrator it is %+v", whose)
	}
	for _, query := range []string{"", "?address=x", "?address=fe80::1%25eth0", "?address=10.0.0.0/8"} {
		get(e.all, api.PathNetworks+query).wantProblem(t, http.StatusBadRequest, api.Invalid)
	}
}

// TestNetworkDecidesAtOnce: a network that is added lets in, and one that is removed shuts out,
// from the next request on, on connections that are open too.
func TestNetworkDecidesAtOnce(t *testing.T) {
	e := newEstate(t)
	const annexe = "127.0.0.77"
	change := func(m *member, req api.ChangeRequest) api.Change {
		t.Helper()
		var made, done api.Change
		m.c.post(t, e.urls.Mutual+api.PathChanges, req).decode(t, http.StatusCreated, &made)
		m.c.post(t, e.urls.Mutual+api.PathChanges+"/"+made.ID+"/confirm", api.ConfirmRequest{Word: made.Word}).decode(t, http.StatusOK, &done)
		if done.State != api.ChangeApplied {
			t.Fatalf("%s = %+v, want it applied", req.Kind, done)
		}
		return made
	}
	add := &api.NetworkFields{Site: e.custody, Prefix: annexe + "/32"}
	made := change(e.own, api.ChangeRequest{Kind: api.NetworkAdd, Network: add})
	if !slices.ContainsFunc(made.Effect.Gains, func(a api.Affected) bool { return a.ID == e.officer.user }) {
		t.Errorf("the officer does not gain: %+v", made.Effect)
	}
	if err := e.recognises(t.Context(), netip.MustParseAddr(annexe)); err != nil {
		t.Fatal(err)
	}
	there := e.client(t, annexe, e.officer.tls)
	there.get(t, e.urls.Mutual+api.PathWhoami).decode(t, http.StatusOK, new(api.Whoami))

	// Somebody of another agency who is there is told where they would be let in, and whom to ask.
	p := e.client(t, annexe, e.theirs.tls).get(t, e.urls.Mutual+api.PathWhoami).wantProblem(t, http.StatusForbidden, api.WrongNetwork)
	if p.Address != annexe || !strings.Contains(p.Detail, "Your site is Clinic.") || !strings.Contains(p.Next, e.settings.Contact) {
		t.Errorf("the refusal = %+v", p)
	}
	page := e.client(t, annexe, e.theirs.tls).get(t, e.urls.Mutual+"/", "Accept", "text/html")
	for _, words := range []string{annexe, "Your site is Clinic.", e.settings.Contact} {
		page.wantPage(t, http.StatusForbidden, words)
	}
	change(e.own, api.ChangeRequest{Kind: api.NetworkRemove, Network: add})
	eventually(t, "the annexe is recognised no more", func() bool { return !e.authn.Recognises(netip.MustParseAddr(annexe)) })
	there.get(t, e.urls.Mutual+api.PathWhoami).wantProblem(t, http.StatusForbidden, api.WrongNetwork)
	e.own.c.post(t, e.urls.Mutual+api.PathChanges, api.ChangeRequest{Kind: api.NetworkAdd, Network: &api.NetworkFields{Site: e.there, Prefix: "192.0.2.0/24"}}).
		wantProblem(t, http.StatusNotFound, api.NotFound)
}
