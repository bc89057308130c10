package own

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"mais/server/api"
	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/ui"
)

// TestWordsOfTheServiceSteerNothing: what comes from the service is cleaned wherever it is shown.
func TestWordsOfTheServiceSteerNothing(t *testing.T) {
	var out, errs bytes.Buffer
	a := &app{&command.App{Screen: ui.NewScreen(&out, &errs, false)}}
	evil := "\x1b[2J\u202eevil"
	at := time.Now()
	if err := a.printLost(api.LostHeld{Held: []api.LostToken{{Serial: evil, Profile: evil}}}); err != nil {
		t.Fatal(err)
	}
	if err := printTerms(a.Screen, api.Terms{Version: evil, Text: []string{evil}, AcceptedAt: &at, Sheets: []api.Sheet{{Title: evil, Text: []string{evil}}}}); err != nil {
		t.Fatal(err)
	}
	if said := out.String() + errs.String(); strings.ContainsAny(said, "\x1b\u202e") || !strings.Contains(said, "evil") {
		t.Errorf("printed %q, which steers a terminal", said)
	}
}
