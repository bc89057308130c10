//go:build cgo

package main

import (
	"os"
	"path"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"mais/certs"
	"mais/internal/pivtest"
	"mais/internal/pivtest/pcsc"
	"mais/tokenctl/internal/client/clienttest"
)

// TestPIVScripts runs the true main against cards in a smart card service of the script's own.
func TestPIVScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 path.Join("testdata", "piv"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setupCards,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "card": controlCard},
	})
}

// table is what stands before a person: readers, and cards to put into them, one for each.
type table struct {
	service *pcsc.Service
	cards   map[int]*pivtest.Card
	pki     *clienttest.PKI
	maker   *pivtest.Maker
}

type tableKey struct{}

func setupCards(env *testscript.Env) error {
	tb := env.T().(testing.TB)
	maker, err := pivtest.NewUnmarkedMaker("a maker of cards")
	if err != nil {
		return err
	}
	s := &table{pcsc.Start(tb), map[int]*pivtest.Card{}, clienttest.NewPKI(tb), maker}
	env.Values[tableKey{}], env.Values[tbKey{}] = s, tb
	env.Vars = append(env.Vars, s.service.Env()...)
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "HOME"} {
		env.Setenv(name, env.WorkDir)
	}
	for name, text := range map[string]string{
		"factory-pin": pivtest.DefaultPIN, "factory-puk": pivtest.DefaultPUK, "weak": "111111", "letters": "abcdef",
		"pin": "482915", "pin2": "617284", "wrong": "730491", "puk": "73049182", "puk2": "kG7-p2x9", "wrong-puk": "55501827",
	} {
		if err := os.WriteFile(path.Join(env.WorkDir, name), []byte(text+"\n"), 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(path.Join(env.WorkDir, "maker.pem"), maker.RootPEM(), 0o600)
}

// controlCard does with a card what hands do, and what a factory does: see the switch.
func controlCard(ts *testscript.TestScript, neg bool, args []string) {
	s, tb := ts.Value(tableKey{}).(*table), ts.Value(tbKey{}).(testing.TB)
	if neg || len(args) == 0 {
		ts.Fatalf("usage: card ACT [READER…]")
	}
	if args[0] == "stop" { // the smart card service
		ts.Check(s.service.Stop())
		return
	}
	reader, err := strconv.Atoi(args[1])
	ts.Check(err)
	card := s.cards[reader]
	switch args[0] {
	case "insert": // READER SERIAL, or READER plain
		o := pivtest.Options{Maker: s.maker}
		if o.Plain = args[2] == "plain"; !o.Plain {
			serial, err := strconv.ParseUint(args[2], 10, 32)
			ts.Check(err)
			o.Serial = uint32(serial)
		}
		card, err = pivtest.New(o)
		ts.Check(err)
		s.cards[reader] = card
		s.service.Insert(tb, reader, card)
	case "remove":
		s.service.Remove(tb, reader)
	case "has": // READER good|due|expired|other: a key in 9a with a certificate
		key, err := card.Provision(0x9a, "P-256")
		ts.Check(err)
		lives := map[string]clienttest.Life{"due": life("due"), "expired": {From: time.Now().Add(-48 * time.Hour), To: time.Now().Add(-time.Hour)}}
		cert := s.pki.Issue(tb, certs.Profile("person-card"), "6d1f7a4e-3f0b-4c55-9f0e-0d8f3c1f6a10", key.Public(), lives[args[2]])
		ts.Check(card.Store(0x9a, cert.Raw))
		if args[2] == "other" { // the key is replaced, the certificate stays
			_, err := card.Provision(0x9a, "P-256")
			ts.Check(err)
		}
	case "sent-no-pin": // READER: since the last time
		if sent := card.Counted(); sent[0x24]+sent[0x2c] > 0 {
			ts.Fatalf("the card was sent %v", sent)
		}
	default:
		ts.Fatalf("a card does not know how to %q", args[0])
	}
}
