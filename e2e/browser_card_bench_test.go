package e2e_test

import (
	"slices"
	"testing"
	"time"

	"mais/internal/pivtest"
	"mais/internal/pivtest/pcsc"
)

// BenchmarkSignIn is an officer's sign-in with a card beside one with a software key, in turns, in
// the same browser, which is started anew each time: from opening the page until signed in, all
// that a hand does by machine, as fast as the browser takes it. The cost is the median of the turns.
func BenchmarkSignIn(b *testing.B) {
	for _, k := range []kind{onChromium, onFirefox} {
		b.Run(k.name, func(b *testing.B) {
			s := cardDemo(b)
			card, withCard := cardholder(b, s, k)
			withKey := keyholder(b, s, k)
			var cards, keys, costs, exchanges []float64
			for b.Loop() {
				key := signsIn(b, s, k, withKey, nil)
				card.Counted()
				took := signsIn(b, s, k, withCard, card)
				exchanges = append(exchanges, float64(card.Counted().Total()))
				keys, cards, costs = append(keys, key.Seconds()), append(cards, took.Seconds()), append(costs, took.Seconds()/key.Seconds())
			}
			b.ReportMetric(0, "ns/op") // says the browser's start as well
			b.ReportMetric(median(cards)*1e3, "card-ms")
			b.ReportMetric(median(keys)*1e3, "key-ms")
			b.ReportMetric(median(costs), "cost")
			b.ReportMetric(median(exchanges), "apdus")
		})
	}
}

func cardholder(t testing.TB, s *service, k kind) (*pivtest.Card, *desktop) {
	t.Helper()
	at := newDesk(t, s, "benchcard-"+k.name, "police_officer")
	d := newDesktop(t, at.readers)
	d.profile(t)
	card := newCard(t, pivtest.Options{})
	at.readers.Insert(t, 0, card)
	at.enrolCard(t).exits(t, 0)
	d.ctl(t, "browser", "setup", "--home", at.home, "--browser", k.name).exits(t, 0)
	return card, d
}

func keyholder(t testing.TB, s *service, k kind) *desktop {
	t.Helper()
	p := s.join(t, "benchkey-"+k.name, "police_officer", custody)
	d := newDesktop(t, pcsc.Start(t))
	d.profile(t)
	d.ctl(t, "browser", "setup", "--home", p.home, "--passphrase-file", p.secret, "--browser", k.name).exits(t, 0)
	return d
}

// signsIn starts a browser, and says how long it then takes to be signed in. The card is nil for
// a software key.
func signsIn(t testing.TB, s *service, k kind, d *desktop, card *pivtest.Card) time.Duration {
	t.Helper()
	h := k.start(t, d, s)
	began := time.Now()
	h.knock(t, "/")
	if card != nil {
		d.unlock(t, h.asks(), card, goodPIN, func() bool { return d.window(t, h.asks()) == "" })
	}
	d.answer(t, h, k, choice.accepts, "Sign in") // a Firefox asks which certificate
	h.arrived(t)
	h.press(t, toSignIn)
	atPage(t, h, "/find")
	took := time.Since(began)
	h.quit(t)
	return took
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
