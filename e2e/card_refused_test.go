package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mais/certs/attest"
	"mais/internal/pivtest"
	"mais/internal/pivtest/pcsc"
	"mais/server/api"
)

// TestCardPINBlocked types the PIN wrongly until the card blocks it, unblocks it with the PUK,
// and blocks the PUK: then the card can only be reset.
func TestCardPINBlocked(t *testing.T) {
	d := newDesk(t, cardDemo(t), "blanka", "police_officer")
	card := newCard(t, pivtest.Options{})
	d.readers.Insert(t, 0, card)
	d.enrolCard(t).exits(t, 0)
	wrong := write(t, filepath.Join(t.TempDir(), "wrong"), wrongPIN+"\n")
	for _, want := range []struct {
		code  int
		words string
	}{{5, "2 tries left"}, {5, "1 try left"}, {5, "not risked on a file"}} {
		d.bare(t, "whoami", "--pin-file", wrong).exits(t, want.code).says(t, want.words)
	}
	d.typed(t, `PIN of the card \(1 try left[^:]*: $`, wrongPIN, "whoami").exits(t, 6).says(t, "blocked")
	d.bare(t, "whoami", "--pin-file", wrong).exits(t, 6).says(t, "blocked")
	d.ctl(t, "whoami").exits(t, 6).says(t, "piv pin unblock") // the right one does not help any more
	d.bare(t, "piv", "pin", "unblock", "--puk-file", d.puk, "--new-pin-file", d.pin).exits(t, 0)
	d.ctl(t, "whoami").exits(t, 0)

	badPUK := write(t, filepath.Join(t.TempDir(), "puk"), "73025184\n")
	for range 2 {
		d.bare(t, "piv", "pin", "unblock", "--puk-file", badPUK, "--new-pin-file", d.pin).exits(t, 5)
	}
	d.typed(t, `PUK of the card \(1 try left[^:]*: $`, "73025184", "piv", "pin", "unblock", "--new-pin-file", d.pin).exits(t, 6)
	if _, puk := card.Tries(); puk != 0 {
		t.Fatalf("the PUK has %d tries left, want it blocked", puk)
	}
	d.bare(t, "piv", "pin", "unblock", "--puk-file", d.puk, "--new-pin-file", d.pin).exits(t, 6).says(t, "piv reset")
	d.bare(t, "piv", "reset", "--yes").exits(t, 0)
	d.ctl(t, "whoami").exits(t, 1).says(t, "was reset")
}

// typed runs tokenctl at a terminal, where a person answers one question.
func (d *desk) typed(t testing.TB, question, answer string, args ...string) result {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "tokenctl"), append(args, "--home", d.home)...)
	cmd.Env = append(os.Environ(), d.readers.Env()...)
	w := onTerminal(t, cmd)
	w.answer(question, answer)
	return <-w.end
}

// TestCardNotThere says what is missing, and what is there instead.
func TestCardNotThere(t *testing.T) {
	s := cardDemo(t)
	d := newDesk(t, s, "nora", "police_officer")
	d.enrolCard(t).exits(t, 7).says(t, "card")
	mine, other := newCard(t, pivtest.Options{}), newCard(t, pivtest.Options{})
	d.readers.Insert(t, 0, other)
	d.readers.Insert(t, 1, mine)
	d.enrolCard(t).exits(t, 2).says(t, "several readers", "--serial")
	d.enrolCard(t, "--serial", fmt.Sprint(mine.Serial())).exits(t, 0)
	d.ctl(t, "whoami").exits(t, 0) // found in the second reader
	d.readers.Remove(t, 1)
	d.ctl(t, "whoami").exits(t, 7).says(t, "the token nora is on card "+fmt.Sprint(mine.Serial()), fmt.Sprint(other.Serial()))
	d.readers.Remove(t, 0)
	d.ctl(t, "whoami").exits(t, 7).says(t, "card "+fmt.Sprint(mine.Serial()))
	d.readers.Insert(t, 0, mine)
	d.ctl(t, "whoami").exits(t, 0) // whichever reader
	d.readers.Stop()
	d.ctl(t, "whoami").exits(t, 7).says(t, "smart card service")
}

// TestCardInUseIsKept: a card with a key is left alone unless somebody says otherwise, and is
// not touched before the service has proved itself.
func TestCardInUseIsKept(t *testing.T) {
	s := cardDemo(t)
	d := newDesk(t, s, "ida", "police_officer")
	card := newCard(t, pivtest.Options{})
	d.readers.Insert(t, 0, card)
	card.Counted()
	away := d.enrolment(t)
	away[3] = "https://localhost:" + freePort(t)
	d.ctl(t, away...).exits(t, 8)
	forged := d.enrolment(t)
	forged[5] = "sha256:" + fmt.Sprintf("%064x", 1)
	d.ctl(t, forged...).exits(t, 8)
	if n := card.Counted().Total(); n != 0 {
		t.Errorf("the card got %d commands before the service had proved itself", n)
	}
	d.enrolCard(t).exits(t, 0)

	next := newDeskAt(t, s, "ines", "police_officer", d.readers)
	next.enrolCard(t).exits(t, 2).says(t, "in use", "--replace")
	d.ctl(t, "whoami").exits(t, 0)
	next.enrolCard(t, "--replace").exits(t, 0)
	next.ctl(t, "whoami").exits(t, 0)
	d.ctl(t, "whoami").exits(t, 1).says(t, "another") // the key was destroyed
}

// TestCardMakers: whom nobody trusts cannot vouch, what they vouch for has to be good enough,
// and no release can be told to trust the tests' maker.
func TestCardMakers(t *testing.T) {
	t.Parallel()
	s := cardDemo(t)
	stranger, err := pivtest.NewUnmarkedMaker("A Maker of Their Own")
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, s, "mara", "police_officer")
	d.readers.Insert(t, 0, newCard(t, pivtest.Options{Maker: stranger}))
	d.enrolCard(t).exits(t, 4)
	d.readers.Remove(t, 0)

	careless := newCard(t, pivtest.Options{}) // says of the very key that it wants no PIN
	d.readers.Insert(t, 0, careless)
	refusedFor(t, d, careless, pivtest.Claim{Slot: 0x9a, PIN: attest.PINNever, Touch: attest.TouchNever, Serial: careless.Serial(), Firmware: attest.Version{Major: 5, Minor: 4, Patch: 3}, Form: 1})
	refusedFor(t, d, careless, pivtest.Claim{Slot: 0x9e, PIN: attest.PINOnce, Touch: attest.TouchNever, Serial: careless.Serial(), Firmware: attest.Version{Major: 5, Minor: 4, Patch: 3}, Form: 1})
	refusedFor(t, d, careless, pivtest.Claim{Slot: 0x9a, PIN: attest.PINOnce, Touch: attest.TouchNever, Serial: careless.Serial() + 1, Firmware: attest.Version{Major: 5, Minor: 4, Patch: 3}, Form: 1})

	roots := write(t, filepath.Join(t.TempDir(), "maker.pem"), string(cards.maker.RootPEM()))
	server(t, append([]string{"up", "--dir", t.TempDir(), "--card-roots", roots}, anyPorts...)...).exits(t, 2).says(t, "exist in tests only")
}

// refusedFor has the card's maker vouch for the card's key in other words.
func refusedFor(t *testing.T, d *desk, card *pivtest.Card, claim pivtest.Claim) {
	t.Helper()
	if key := card.Key(0x9a); key != nil {
		claim.Key = key.Public()
		chain, err := cards.maker.Attest(claim)
		if err != nil {
			t.Fatal(err)
		}
		card.Forge(0x9a, chain...)
		d.enrolCard(t).exits(t, 4)
		return
	}
	card.Before(func(_ int, apdu []byte) pivtest.Fate { // the first attempt makes the key
		if key := card.Key(0x9a); key != nil && apdu[1] == 0xf9 {
			claim.Key = key.Public()
			if chain, err := cards.maker.Attest(claim); err == nil {
				card.Forge(0x9a, chain...)
			}
		}
		return pivtest.Stay
	})
	d.enrolCard(t).exits(t, 4)
	card.Before(nil)
}

// TestCardQueue: tokenctls that want the card at once wait for one another.
func TestCardQueue(t *testing.T) {
	const atOnce = 6
	d := newDesk(t, cardDemo(t), "quin", "police_officer")
	d.readers.Insert(t, 0, newCard(t, pivtest.Options{}))
	d.enrolCard(t).exits(t, 0)
	var all sync.WaitGroup
	results := make([]result, atOnce)
	for i := range results {
		all.Go(func() { results[i] = d.ctl(t, "whoami", "--json") })
	}
	all.Wait()
	for _, r := range results {
		if who := data[api.Whoami](t, r.exits(t, 0)); who.Email != d.email {
			t.Errorf("whoami = %+v", who)
		}
	}
}

// TestCardLevelDemanded: a role that demands an attested card refuses its holder's token in a
// file, at once, and takes the card.
func TestCardLevelDemanded(t *testing.T) {
	t.Parallel()
	s := cardDemo(t)
	d := newDesk(t, s, "leo", "governance_officer")
	d.readers.Insert(t, 0, newCard(t, pivtest.Options{}))
	file := newPerson(t, s, d.email)
	file.enrolWith(t, s.invite(t, d.email)).exits(t, 0)
	file.ctl(t, "whoami").exits(t, 0)
	d.code = s.invite(t, d.email)
	d.enrolCard(t).exits(t, 0)
	s.host(t, "admin", "role-level", "governance_officer", "attested", "--yes", "--dir", s.dir).exits(t, 0)
	t.Cleanup(func() {
		s.host(t, "admin", "role-level", "governance_officer", "software", "--yes", "--dir", s.dir).exits(t, 0)
	})
	file.ctl(t, "whoami").exits(t, 4).says(t, "a key in a file, and one of your roles demands")
	d.ctl(t, "whoami").exits(t, 0)
	code := s.invite(t, d.email)
	newPerson(t, s, d.email).enrolWith(t, code).exits(t, 4).says(t, "one of your roles demands")
}

// TestCardWitnessed: a card that cannot vouch for its key counts as a file's, unless an
// administrator saw the key made on it.
func TestCardWitnessed(t *testing.T) {
	t.Parallel()
	s := cardDemo(t)
	old := attest.Version{Major: 4, Minor: 2, Patch: 7} // before attestation
	alone := newDesk(t, s, "alone", "police_officer")
	alone.readers.Insert(t, 0, newCard(t, pivtest.Options{Firmware: old}))
	alone.enrolCard(t).exits(t, 0)
	if who := data[api.Whoami](t, alone.ctl(t, "whoami", "--json").exits(t, 0)); who.Level != "software" {
		t.Errorf("without a witness the level is %s, want software", who.Level)
	}

	admin := s.join(t, "witness", "administrator", custody)
	d := newDesk(t, s, "wanda", "police_officer")
	d.home = admin.home // at the station
	d.readers.Insert(t, 0, newCard(t, pivtest.Options{Firmware: old}))
	d.enrolCard(t, "--witness", "nobody").exits(t, 3)
	d.enrolCard(t, "--witness", admin.token, "--witness-file", admin.secret).exits(t, 0)
	if who := data[api.Whoami](t, d.ctl(t, "whoami", "--token", "wanda", "--json").exits(t, 0)); who.Level != "card" {
		t.Errorf("with a witness the level is %s, want card", who.Level)
	}
	d.ctl(t, "renew", "--token", "wanda").exits(t, 2).says(t, "software instead of card", "--yes")
	d.ctl(t, "piv", "renew", "--token", "wanda", "--yes").exits(t, 0).says(t, "software instead of card")
	if who := data[api.Whoami](t, d.ctl(t, "whoami", "--token", "wanda", "--json").exits(t, 0)); who.Level != "software" {
		t.Errorf("renewed without a witness the level is %s, want software", who.Level)
	}
	d.ctl(t, "renew", "--token", "wanda").exits(t, 0) // nothing to lose any more

	officer := s.join(t, "nowitness", "police_officer", custody)
	e := newDesk(t, s, "wilma", "police_officer")
	e.home = officer.home
	e.readers.Insert(t, 0, newCard(t, pivtest.Options{Firmware: old}))
	e.enrolCard(t, "--witness", officer.token, "--witness-file", officer.secret).exits(t, 4).says(t, "the witness")
}

// TestCardKilled kills tokenctl at moments of an enrolment. The same command goes on.
func TestCardKilled(t *testing.T) {
	s := cardDemo(t)
	for name, ins := range map[string]byte{"PIN": 0x24, "key": 0x47, "attestation": 0xf9, "management key": 0xff} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, s, "killed"+fmt.Sprint(ins), "police_officer")
			card := newCard(t, pivtest.Options{})
			d.readers.Insert(t, 0, card)
			reached, dead := make(chan struct{}), make(chan struct{})
			var once sync.Once
			card.Before(func(_ int, apdu []byte) pivtest.Fate {
				if apdu[1] == ins {
					once.Do(func() { close(reached); <-dead })
				}
				return pivtest.Stay
			})
			cmd := exec.Command(filepath.Join(bin, "tokenctl"), append(d.enrolment(t), "--home", d.home, "--pin-file", d.pin)...)
			cmd.Env = append(cmd.Environ(), d.readers.Env()...)
			if err := begin(cmd); err != nil {
				t.Fatal(err)
			}
			<-reached
			cmd.Process.Kill()
			cmd.Wait()
			close(dead)
			d.enrolCard(t).exits(t, 0)
			d.ctl(t, "whoami").exits(t, 0)
		})
	}
}

// TestCardByOthers: what tokenctl wrote is what yubico-piv-tool and OpenSC read.
func TestCardByOthers(t *testing.T) {
	d := newDesk(t, cardDemo(t), "otto", "police_officer")
	d.readers.Insert(t, 0, newCard(t, pivtest.Options{}))
	d.enrolCard(t).exits(t, 0)
	want := firstCertificate(t, read(t, d.file("cert.pem")))
	for _, line := range [][]string{
		{"yubico-piv-tool", "-r", "Virtual", "-a", "read-certificate", "-s", "9a"},
		{"pkcs15-tool", "--reader", pcsc.ReaderName(0), "--read-certificate", "01"},
	} {
		cmd := exec.Command(line[0], line[1:]...)
		cmd.Env = append(cmd.Environ(), d.readers.Env()...)
		if got := firstCertificate(t, execute(t, cmd).exits(t, 0).stdout); !got.Equal(want) {
			t.Errorf("%s reads the certificate %s, want %s", line[0], got.SerialNumber, want.SerialNumber)
		}
	}
	status := exec.Command("yubico-piv-tool", "-r", "Virtual", "-a", "status")
	status.Env = append(status.Environ(), d.readers.Env()...)
	execute(t, status).exits(t, 0).shows(t, "Slot 9a", "CHUID", "CCC", "PIN tries left:	3")
}

// TestCardKinds enrols and signs in with each sort of key and each way of wanting PIN and touch.
func TestCardKinds(t *testing.T) {
	t.Parallel()
	s := cardDemo(t)
	for i, test := range []struct {
		firmware attest.Version
		args     []string
		touch    bool
	}{
		{attest.Version{Major: 5, Minor: 4, Patch: 3}, []string{"--key-type", "p384"}, false},
		{attest.Version{Major: 5, Minor: 4, Patch: 3}, []string{"--key-type", "rsa2048", "--pin-policy", "always", "--touch", "always"}, true},
		{attest.Version{Major: 5, Minor: 7, Patch: 1}, []string{"--key-type", "rsa3072", "--touch", "cached"}, true},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			d := newDesk(t, s, fmt.Sprint("kind", i), "police_officer")
			d.readers.Insert(t, 0, newCard(t, pivtest.Options{Firmware: test.firmware}))
			d.enrolCard(t, test.args...).exits(t, 0).shows(t, "Smart card, attested")
			r := d.ctl(t, "whoami").exits(t, 0)
			if asked := strings.Contains(r.stderr, "Touch the card"); asked != test.touch {
				t.Errorf("whoami asks for a touch: %t, want %t", asked, test.touch)
			}
			d.ctl(t, "piv", "renew").exits(t, 0)
		})
	}
	d := newDesk(t, s, "kindless", "police_officer")
	d.readers.Insert(t, 0, newCard(t, pivtest.Options{}))
	d.enrolCard(t, "--key-type", "rsa4096").exits(t, 7) // not before firmware 5.7
	d.enrolCard(t, "--key-type", "ed25519").exits(t, 2)
	d.enrolCard(t, "--pin-policy", "never").exits(t, 2)
}
