package mail

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/config"
)

var update = flag.Bool("update", false, "write the golden mails")

// kinds are all kinds of mail.
var kinds = []string{"held", "released", "revoked", "several", "changes", "expiring", "expired", "expiries", "code", "test", "proof", "lost", "moved", "lowered", "reminder", "sponsor", "approval", "returned", "address", "alert", "taken"}

var (
	march = time.Date(2026, 3, 2, 10, 15, 0, 0, time.UTC)
	june  = time.Date(2026, 6, 30, 23, 30, 0, 0, time.UTC) // 1 July in London
)

func testLetters() map[string]letter {
	one := []item{{Ref: "people-1/0123456789abcdef0123456789abcdef", End: june}}
	holder := letter{Name: "A Nurse", At: march, By: "admin@trust.example", Certificates: one, End: june}
	revoked := holder
	revoked.Reason, revoked.Certificates, revoked.More = reasons[1], append(one, one...), 3
	raised := holder
	raised.Reason, raised.Raised = reasons[1], true
	changes := letter{
		Name: "An Administrator", At: march, Until: march.Add(3 * time.Minute), Counts: []count{{312, "revoked"}, {1, "put on hold"}},
		Certificates: []item{
			{Ref: "people-1/01", What: "revoked", Who: "officer@police.example (A Sergeant), Northshire Police", At: march, By: "admin@trust.example", Reason: reasons[1]},
			{Ref: "sites-1/02", What: "put on hold", Who: "Northgate Custody, Northshire Police", At: march.Add(time.Minute)},
		}, More: 311,
	}
	single := changes
	single.Until, single.Counts, single.Certificates, single.More = time.Time{}, []count{{1, "put on hold"}}, changes.Certificates[1:], 0
	return map[string]letter{
		"held": holder, "released": {Name: "A Nurse", At: march, Certificates: one}, "revoked": revoked, "revoked-raised": raised, "changes": changes, "changes-one": single,
		"several":  {Name: "A Nurse", At: march.Truncate(time.Hour), Until: march.Truncate(time.Hour).Add(time.Hour)},
		"expiring": holder, "expired": holder,
		"expiries": {Name: "An Administrator", Counts: []count{{1, "expired"}, {2, "about to expire"}}, More: 1, Certificates: []item{
			{Ref: "people-1/01", What: "expired on", Who: "officer@police.example (A Sergeant), Northshire Police", End: march, Do: "Its holder was told. If they still need it, invite them again."},
			{Ref: "sites-1/02", What: "expires on", Who: "Northgate Custody, Northshire Police", End: june, Do: "It should have renewed itself by now. Run tokenctl site check where it runs."},
		}},
		"code": {
			Name: "A Nurse", Code: "7R4KM-9XWPQ-2B8HT-ZC5NV-0D3JG-S6EYA-1FMKW", Invitation: "7R4KM9XWP", End: june, Agency: "Northshire NHS Trust", Sponsor: "C. Sponsor",
			Roles: []entry{{"Custody nurse", "Clinical staff in police custody."}}, Page: "https://mais.example:8443/register",
			Command: "tokenctl enrol --email nurse@trust.example --server https://mais.example:8443 --root-fingerprint sha256:00",
		},
		"code-card": {
			Name: "A Sergeant", Code: "7R4KM-9XWPQ-2B8HT-ZC5NV-0D3JG-S6EYA-1FMKW", Invitation: "7R4KM9XWP", End: june, Agency: "Northshire Police", Card: true, Again: true,
			Roles:   []entry{{"Custody sergeant", "Runs a custody suite."}, {"Police officer", ""}},
			Command: "tokenctl piv enrol --email officer@police.example --server https://mais.example:8443 --root-fingerprint sha256:00",
		},
		"reminder": {Name: "A Nurse", Invitation: "7R4KM9XWP", At: march, End: june},
		"sponsor": {
			Name: "C. Sponsor", Agency: "Northshire Police", By: "An Administrator", Total: 102, Part: "2 of 2", Ref: "0b2f6e9c-7f7e-4c59-a2f4-3d1f0e5a9b11",
			People: []entry{{"A Sergeant", "officer@police.example"}, {"B Sergeant", "b.officer@police.example"}},
		},
		"approval": {Name: "An Administrator", By: "Another Administrator", What: "invite 312 people", Ref: "0b2f6e9c-7f7e-4c59-a2f4-3d1f0e5a9b11", End: june},
		"returned": {Name: "An Administrator", What: "invite 312 people", Becomes: became["refused"], Ref: "0b2f6e9c-7f7e-4c59-a2f4-3d1f0e5a9b11"},
		"taken":    {Name: "A Nurse", At: march},
		"address":  {Name: "A Nurse", Was: "nurse@trust.example", Becomes: "a.nurse@trust.example", Ref: "0b2f6e9c-7f7e-4c59-a2f4-3d1f0e5a9b11"},
		"alert": {Name: "A Governor", Total: 4, Alerts: []alerted{
			{"many people’s records were opened", 3, march}, {"an emergency access was not reviewed", 1, june},
		}},
		"alert-one":      {Name: "A Governor", Total: 1, Alerts: []alerted{{"passwords are being tried on many accounts", 1, march}}},
		"proof":          {Name: "A Nurse", Code: "7RQKM-VXWPQ-2BMHT-ZC5NV-PD3JG-S6EYA-LFMKW", End: june},
		"lost":           {Name: "An Administrator", By: "A Sergeant (officer@police.example)", At: march, Counts: []count{{2, "put on hold"}}},
		"proof-password": {Name: "A Nurse", Code: "7RQKM-VXWPQ-2BMHT-ZC5NV-PD3JG-S6EYA-LFMKW", End: june, Password: true},
		"lost-password":  {Name: "An Administrator", By: "A Sergeant (officer@police.example)", At: march},
		"moved":          {Name: "An Administrator", At: march, Certificates: []item{{Ref: "yubico-12345678", Who: "nurse@trust.example (A Nurse), Northshire NHS Trust", By: "officer@police.example", At: march}}},
		"lowered":        {Name: "A Sergeant", At: march, Certificates: []item{{Ref: one[0].Ref, What: heldHow["attested"], Reason: heldHow["software"]}}},
		"lowered-administrator": {Name: "An Administrator", At: march, Certificates: []item{{
			Ref: one[0].Ref, Who: "officer@police.example (A Sergeant), Northshire Police", What: heldHow["card"], Reason: heldHow["software"],
		}}},
		"test": {Name: "desk@mais.example", At: march, Code: "ABCDEFGH"},
	}
}

// TestMails compares every mail with how it was last read by a person.
func TestMails(t *testing.T) {
	s := newTestService(t, &config.Mail{Host: "localhost", Port: 25, TLS: config.MailNoTLS, From: "mais@mais.example"})
	letters := testLetters()
	for _, kind := range kinds {
		if _, ok := letters[kind]; !ok {
			t.Errorf("no mail of kind %s", kind)
		}
	}
	for name, l := range letters {
		kind, _, _ := strings.Cut(name, "-")
		got, err := s.compose(kind, l)
		if err != nil {
			t.Errorf("compose(%s) = %v", name, err)
			continue
		}
		file := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(got.subject+"\n\n"+got.body), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.subject+"\n\n"+got.body); diff != "" {
			t.Errorf("mail %s (-want +got); if it is right, run: go test ./server/internal/mail -run TestMails -update\n%s", name, diff)
		}
	}
}

// TestNoSecrets: only the invitation, the proof of a loss and that of a new password hold a code, and no mail holds a link to follow.
func TestNoSecrets(t *testing.T) {
	files, err := filepath.Glob("templates/*.txt")
	if err != nil || len(files) < len(kinds) {
		t.Fatalf("templates: %v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if name := filepath.Base(file); strings.Contains(string(text), ".Code") && name != "code.txt" && name != "proof.txt" && name != "reset.txt" && name != "test.txt" {
			t.Errorf("%s holds a code", file)
		}
		if strings.Contains(string(text), "://") {
			t.Errorf("%s holds a link", file)
		}
	}
}

// TestLongestMail: what the register and the settings allow at most still makes a mail.
func TestLongestMail(t *testing.T) {
	s := newTestService(t, &config.Mail{Host: "localhost", Port: 25, TLS: config.MailNoTLS, From: "mais@mais.example"})
	long := strings.Repeat("𐍈", 5000)
	l := letter{Name: long, By: long, Reason: long, Command: long, Code: long, Counts: []count{{10000, "revoked"}}, More: 10000}
	l.Invitation, l.Agency, l.Sponsor, l.Page, l.What, l.Ref, l.Part, l.Was, l.Becomes = long, long, long, long, long, long, long, long, long
	for range peopleListed {
		l.People = append(l.People, entry{long, long})
	}
	for range maxRoles {
		l.Roles = append(l.Roles, entry{long, long})
	}
	for range listedToAdministrator {
		l.Certificates = append(l.Certificates, item{Ref: long, What: long, Who: long, By: long, Reason: long, Do: long})
	}
	for _, kind := range kinds {
		if _, err := s.compose(kind, l); err != nil {
			t.Errorf("compose(%s) of the longest = %v", kind, err)
		}
	}
}
