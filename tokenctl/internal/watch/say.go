package watch

import (
	"fmt"
	"time"

	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/token"
)

// about is what a log line says of a token.
func about(t *token.Token) []any {
	return []any{"token", t.Name, "serial", t.Serial, "expires", t.Certificate().NotAfter.UTC()}
}

// failure is what a log line says of an error.
func failure(err error) []any {
	f := fault.Of(err)
	out := []any{"code", string(f.Kind), "error", f.Error()}
	if f.Next != "" {
		out = append(out, "next", f.Next)
	}
	if f.Reference != "" {
		out = append(out, "reference", f.Reference)
	}
	return out
}

// status is one line for whoever asks the service manager.
func (w *Watch) status(t *token.Token) string {
	state := fmt.Sprintf("%s is good until %s, renewed from %s on", t.Name, stamp(t.Certificate().NotAfter), stamp(w.due(t)))
	if w.renewing.failed > 0 {
		state = fmt.Sprintf("%s expires %s; its renewal has failed %d times, again at %s",
			t.Name, stamp(t.Certificate().NotAfter), w.renewing.failed, stamp(w.renewing.next))
	}
	if w.deploying.failed > 0 {
		state += fmt.Sprintf("; handing it on has failed %d times", w.deploying.failed)
	}
	return state
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// tell gives the manager a status that it does not have yet.
func (w *Watch) tell(status string) {
	if status != w.told {
		w.told = status
		w.manager.Status(status)
	}
}
