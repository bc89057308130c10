package e2e_test

import (
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mais/certs"
	"mais/server/api"
)

// planned is what hold, release and revoke print with --json.
type planned struct {
	Plan  api.Plan       `json:"plan"`
	Items []api.PlanItem `json:"items"`
}

type inventory struct {
	Certificates []api.Certificate `json:"certificates"`
	Total        int               `json:"total"`
}

// TestAdministratorsDayOnTheCommandLine: an administrator looks, holds, proves that it took
// effect, releases, and revokes many by a file with bad lines; one of an agency is confined to
// it; holders see and hold their own; a token that is destroyed is recorded as such.
func TestAdministratorsDayOnTheCommandLine(t *testing.T) {
	s := up(t)
	admin := s.enrol(t, "admin@trust.northshire.example")
	officer, nurse := s.join(t, "officer", "police_officer", custody), s.join(t, "nurse", "clinician", liaison)
	serial := officer.whoami(t).Serial

	t.Run("look", func(t *testing.T) {
		all := data[inventory](t, admin.ctl(t, "admin", "cert", "list", "--all", "--json").exits(t, 0))
		if all.Total != len(all.Certificates) || all.Total < 4 {
			t.Errorf("cert list --all = %d certificates and a total of %d, want the three of people and the node's at least", len(all.Certificates), all.Total)
		}
		mine := data[inventory](t, admin.ctl(t, "admin", "cert", "list", "--user", officer.email, "--status", "live", "--json").exits(t, 0))
		if mine.Total != 1 || mine.Certificates[0].Serial != serial {
			t.Errorf("cert list --user = %+v, want the one of %s", mine, officer.email)
		}
		rows, err := csv.NewReader(strings.NewReader(admin.ctl(t, "admin", "cert", "list", "--csv").exits(t, 0).stdout)).ReadAll()
		if err != nil || len(rows) != all.Total+1 || rows[0][0] != "issuer" {
			t.Errorf("cert list --csv = %d rows, %v, want a heading and %d", len(rows), err, all.Total)
		}
		admin.ctl(t, "admin", "cert", "list").exits(t, 0).shows(t, "CERTIFICATE", officer.email)
		d := data[api.CertificateDetail](t, admin.ctl(t, "admin", "cert", "show", serial, "--json").exits(t, 0))
		if d.Holder != officer.email || d.Status != "active" || len(d.History) != 0 || !slices.Contains(d.May, "hold") {
			t.Errorf("cert show = %+v, want the active one of %s without a history, to be held", d, officer.email)
		}
		admin.ctl(t, "admin", "cert", "show", "people-1/40000000000000000000000000000000").exits(t, 3)
		chain := admin.ctl(t, "admin", "cert", "export", serial, "--form", "chain").exits(t, 0)
		if exported, err := certs.ParseCertificates([]byte(chain.stdout)); err != nil || len(exported) != 2 {
			t.Errorf("cert export --form chain = %d certificates, %v, want 2", len(exported), err)
		}
		e := data[api.Expiries](t, admin.ctl(t, "admin", "expiries", "--json").exits(t, 0))
		if len(e.Weeks) != 13 || len(e.Soon) == 0 {
			t.Errorf("expiries = %d weeks, %d soon", len(e.Weeks), len(e.Soon))
		}
	})

	t.Run("hold, prove, release", func(t *testing.T) {
		admin.ctl(t, "admin", "cert", "hold", serial, "--dry-run").exits(t, 0).shows(t, "hold 1 certificate", officer.email)
		admin.ctl(t, "admin", "plan", "list").exits(t, 0).says(t, "There is no plan")
		officer.ctl(t, "whoami").exits(t, 0)
		held := data[planned](t, admin.ctl(t, "admin", "cert", "hold", serial, "--yes", "--json").exits(t, 0))
		if held.Plan.Results[api.ResultDone] != 1 || len(held.Items) != 1 || held.Items[0].Result != api.ResultDone {
			t.Errorf("cert hold = %+v, want it done", held)
		}
		officer.ctl(t, "whoami").exits(t, 4).says(t, "on hold") // at once: the next request
		r := data[struct{ Receipt api.Receipt }](t, admin.ctl(t, "admin", "cert", "receipt", serial, "--wait", "--json").exits(t, 0)).Receipt
		if r.Status != "held" || !r.Final || len(r.Nodes) != 1 || r.Nodes[0].RefusedFrom == nil || r.Nodes[0].Millis == nil || *r.Nodes[0].Millis > 1000 {
			t.Errorf("receipt = %+v, want it held and final, with one node within a second", r)
		}
		kept := filepath.Join(t.TempDir(), "receipt.jws")
		admin.ctl(t, "admin", "cert", "receipt", serial, "--out", kept).exits(t, 0)
		admin.ctl(t, "admin", "cert", "receipt", "--from", kept, "--verify").exits(t, 0).shows(t, s.demo.RootFingerprint)
		write(t, kept, strings.Replace(read(t, kept), ".", ".e", 1))
		admin.ctl(t, "admin", "cert", "receipt", "--from", kept).exits(t, 1).says(t, "does not hold")
		admin.ctl(t, "admin", "cert", "hold", serial, "--yes").exits(t, 0).shows(t, api.ResultAlready)
		admin.ctl(t, "admin", "cert", "release", serial, "--yes").exits(t, 0)
		officer.ctl(t, "whoami").exits(t, 0)
		d := data[api.CertificateDetail](t, admin.ctl(t, "admin", "cert", "show", serial, "--json").exits(t, 0))
		if len(d.History) != 2 || d.History[0].Status != "held" || d.History[0].By != admin.email || d.History[0].Plan == "" {
			t.Fatalf("the history = %+v, want held by %s by a plan, and then active", d.History, admin.email)
		}
		earlier := data[struct{ Receipt api.Receipt }](t, admin.ctl(t, "admin", "cert", "receipt", serial, "--number", fmt.Sprint(d.History[0].Number), "--json").exits(t, 0)).Receipt
		if earlier.Status != "held" || earlier.Number != d.History[0].Number {
			t.Errorf("the receipt of the hold = %+v", earlier)
		}
		admin.ctl(t, "admin", "cert", "list", "--agency", "Nowhere").exits(t, 2).says(t, `--agency is no agency that you administer; there is "`)
		admin.ctl(t, "admin", "cert", "revoke", "--issuer", "people-7", "--yes").exits(t, 2).says(t, `--issuer is no issuing CA of this service; there is "people-1"`)
		admin.ctl(t, "admin", "plan", "stop", d.History[0].Plan, "--yes").exits(t, 0).says(t, "there is nothing to stop")
	})

	t.Run("many by a file", func(t *testing.T) { revokeByFile(t, s, admin) })
	t.Run("of an agency", func(t *testing.T) { confined(t, s, officer, nurse) })
	t.Run("holder", func(t *testing.T) { ownTokens(t, admin, officer, nurse) })

	t.Run("check", func(t *testing.T) {
		r := admin.ctl(t, "admin", "ca", "check", "--json")
		here := 0
		for _, f := range data[api.Check](t, r).Findings {
			if strings.HasPrefix(f.What, "here-") {
				if here++; f.State != "ok" {
					t.Errorf("%+v, want it ok", f)
				}
			}
		}
		if here != 4 || r.code != 0 && r.code != 9 {
			t.Errorf("ca check = %d findings from here, exit %d, want 4 and 0 or 9\n%s", here, r.code, r.stdout)
		}
	})
}

// revokeByFile: a file with bad lines is refused as a whole, and without them carried out.
func revokeByFile(t *testing.T, s *service, admin *person) {
	var leavers []*person
	lines := "# the night shift\n\n"
	for n := range 3 {
		p := s.join(t, fmt.Sprintf("leaver%d", n), "police_officer", custody)
		leavers = append(leavers, p)
		lines += strings.ToUpper(p.whoami(t).Serial) + "\n"
	}
	lines += "people-1/40000000000000000000000000000000\nnot a serial\n"
	file := write(t, filepath.Join(t.TempDir(), "serials.txt"), lines)
	admin.ctl(t, "admin", "cert", "revoke", "--file", file, "--yes").exits(t, 2).says(t, "line 7", "nothing was done")
	leavers[0].ctl(t, "whoami").exits(t, 0)
	r := admin.ctl(t, "admin", "cert", "revoke", "--file", file, "--skip-bad", "--yes", "--json",
		"--reason", "affiliationChanged", "--invalidity-date", "2026-01-01", "--note", "night shift").exits(t, 9)
	got := data[planned](t, r)
	if got.Plan.Results[api.ResultDone] != 3 || got.Plan.Results[api.ResultUnknown] != 1 || got.Plan.Reason != "affiliationChanged" || got.Plan.FinishedAt == nil {
		t.Errorf("cert revoke --file = %+v, want three done and one unknown", got.Plan)
	}
	for n, item := range got.Items {
		if item.Line != n+3 {
			t.Errorf("item %d is of line %d, want %d", n, item.Line, n+3)
		}
	}
	for _, p := range leavers {
		p.ctl(t, "whoami").exits(t, 4).says(t, "revoked")
	}
	admin.ctl(t, "admin", "plan", "list").exits(t, 0).shows(t, got.Plan.ID)
	admin.ctl(t, "admin", "plan", "show", got.Plan.ID).exits(t, 9).shows(t, "unknown")

	destroyed := leavers[0]
	r = destroyed.ctl(t, "destroy", "--yes").exits(t, 0).shows(t, "revoked", "the service was told")
	if strings.Contains(r.stderr, "warning") {
		t.Errorf("destroy warns: %s", r.stderr)
	}
	d := data[api.CertificateDetail](t, admin.ctl(t, "admin", "cert", "show", strings.Fields(lines)[4], "--json").exits(t, 0))
	if d.Holder != destroyed.email || d.DestroyedAt == nil {
		t.Errorf("after destroy, cert show = %+v, want it destroyed", d.Certificate)
	}
}

// confined: the administrator of one agency sees and changes what is of it, and no more.
func confined(t *testing.T, s *service, officer, nurse *person) {
	police := s.join(t, "policeadmin", "agency_administrator", custody)
	mine := officer.whoami(t)
	seen := data[inventory](t, police.ctl(t, "admin", "cert", "list", "--all", "--json").exits(t, 0))
	for _, c := range seen.Certificates {
		if c.Agency != mine.Agency {
			t.Errorf("the administrator of %s sees %+v", mine.Agency, c)
		}
	}
	if seen.Total == 0 {
		t.Error("the administrator of an agency sees none of its certificates")
	}
	theirs := nurse.whoami(t).Serial
	police.ctl(t, "admin", "cert", "show", theirs).exits(t, 3)
	police.ctl(t, "admin", "cert", "show", "people-1/"+theirs).exits(t, 3)
	police.ctl(t, "admin", "cert", "hold", theirs, "--yes").exits(t, 3)
	police.ctl(t, "admin", "cert", "receipt", "people-1/"+theirs).exits(t, 3)
	nurse.ctl(t, "whoami").exits(t, 0)
	police.ctl(t, "admin", "cert", "hold", mine.Serial, "--yes").exits(t, 0)
	officer.ctl(t, "whoami").exits(t, 4)
	police.ctl(t, "admin", "cert", "release", "--user", officer.email, "--yes").exits(t, 0)
	officer.ctl(t, "whoami").exits(t, 0)
}

// ownTokens: a holder who administers nothing sees and holds their own, and nobody else's.
func ownTokens(t *testing.T, admin, officer, nurse *person) {
	officer.ctl(t, "admin", "cert", "list").exits(t, 4)
	officer.ctl(t, "admin", "ca", "check").exits(t, 4)
	own := officer.whoami(t).Serial
	officer.ctl(t, "tokens").exits(t, 0).shows(t, own, "the one you use")
	officer.ctl(t, "hold", nurse.whoami(t).Serial, "--yes").exits(t, 3)
	nurse.ctl(t, "whoami").exits(t, 0)
	officer.ctl(t, "admin", "cert", "release", own, "--yes").exits(t, 4)
	officer.ctl(t, "hold", "--yes").exits(t, 0).shows(t, own)
	officer.ctl(t, "whoami").exits(t, 4).says(t, "on hold")
	admin.ctl(t, "admin", "cert", "release", own, "--yes").exits(t, 0)
	officer.ctl(t, "whoami").exits(t, 0)
}
