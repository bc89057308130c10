package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mais/certs/attest"
	"mais/internal/pivtest"
	"mais/server/api"
)

// beforeAttestation is the firmware of a card that cannot vouch for its keys.
var beforeAttestation = attest.Version{Major: 4, Minor: 2, Patch: 7}

// witnessPrompt is what the officer's terminal shows: the key, and the witness's command.
var witnessPrompt = regexp.MustCompile(`(?s)((?:[0-9a-f]{4} ){15}[0-9a-f]{4}).*(tokenctl admin card witness --email [^\r\n]*).*Press Enter to go on: $`)

// TestCardWitnessedElsewhere: an officer at their terminal and an administrator at another
// machine compare the key, and the administrator's token is never at the officer's.
func TestCardWitnessedElsewhere(t *testing.T) {
	s := cardDemo(t)
	admin := s.join(t, "elsewhere", "administrator", custody)
	d := newDesk(t, s, "wendy", "police_officer")
	d.readers.Insert(t, 0, newCard(t, pivtest.Options{Firmware: beforeAttestation}))
	d.enrolCard(t, "--witnessed", "--witness", admin.token).exits(t, 2)
	d.enrolCard(t, "--witnessed").exits(t, 2).says(t, "no terminal") // and the card is as it was
	begin := func() (w *terminal, cmd *exec.Cmd, groups, command string) {
		cmd = exec.Command(filepath.Join(bin, "tokenctl"), append(d.enrolment(t), "--home", d.home, "--pin-file", d.pin, "--witnessed")...)
		cmd.Env = append(os.Environ(), d.readers.Env()...)
		w = onTerminal(t, cmd)
		await(w, "the command for the witness", func() bool {
			found := witnessPrompt.FindStringSubmatch(w.text())
			if found != nil {
				groups, command = found[1], found[2]
			}
			return found != nil
		})
		return w, cmd, groups, command
	}
	w, cmd, _, _ := begin()
	if err := cmd.Process.Signal(os.Interrupt); err != nil { // the witness did not come
		t.Fatal(err)
	}
	(<-w.end).exits(t, 130)
	w, _, groups, command := begin()
	words := strings.Fields(command)[1:]
	if !strings.Contains(command, strings.ReplaceAll(groups, " ", "")) {
		t.Errorf("the key is shown as %s, and the command is %s", groups, command)
	}
	admin.ctl(t, words...).exits(t, 2).says(t, "no terminal") // nobody has said that they saw it
	admin.ctl(t, append(words, "--key", groups[:19], "--yes")...).exits(t, 2).says(t, "64 hexadecimal digits")
	hands := onTerminal(t, exec.Command(filepath.Join(bin, "tokenctl"), append(words, "--home", admin.home, "--passphrase-file", admin.secret)...))
	hands.answer(`(?s)`+groups+`.*Type seen to go on: $`, "seen")
	(<-hands.end).exits(t, 0)
	w.answer("Press Enter to go on: $", "")
	(<-w.end).exits(t, 0)
	if who := data[api.Whoami](t, d.ctl(t, "whoami", "--json").exits(t, 0)); who.Level != "card" {
		t.Errorf("the level is %s, want card", who.Level)
	}
}
