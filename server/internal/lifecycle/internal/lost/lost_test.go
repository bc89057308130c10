package lost

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mais/ca/catest"
	camigrations "mais/ca/migrations"
	"mais/internal/pg/pgtest"
	"mais/server/internal/audit"
	"mais/server/internal/people"
	"mais/server/internal/people/peopletest"
	"mais/server/migrations"
)

// box is an open table with one user who loses things.
type box struct {
	*Box
	user string
	n    int
}

func newBox(t *testing.T) *box {
	t.Helper()
	database := pgtest.New(t, camigrations.Set, migrations.Set)
	source := database.Source()
	register := peopletest.Host(t, source, catest.New(t, database))
	by := audit.Event{Act: "test", Outcome: audit.Allowed}
	agency, err := register.AddAgency(t.Context(), "Agency", "police", by)
	if err != nil {
		t.Fatal(err)
	}
	site, err := register.AddSite(t.Context(), agency, "Site", by)
	if err != nil {
		t.Fatal(err)
	}
	user, err := register.AddUser(t.Context(), people.User{Email: "jane@agency.example", Name: "Jane", Agency: "Agency", Sites: []string{site}, Roles: []string{"police_officer"}}, by)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return &box{Box: b, user: user}
}

var (
	thief  = netip.MustParseAddr("198.51.100.7")
	victim = netip.MustParseAddr("192.0.2.1")
	secret = make([]byte, 32)
)

// ask asks for a code at a moment, and says that it was sent, unless sent is nil.
func (b *box) ask(t *testing.T, from netip.Addr, at time.Time, sent *bool) (id string, added bool) {
	t.Helper()
	b.n++
	id = strings.NewReplacer("0", "A", "1", "B", "8", "C", "9", "D").Replace(fmt.Sprintf("%09d", b.n))
	bounds := Bounds{Good: 2, Total: 3, Fresh: 5 * time.Minute, Source: netip.PrefixFrom(from, from.BitLen()), ADay: 12, TotalADay: 48}
	added, err := b.Add(t.Context(), Report{ID: id, User: b.user, From: from, Asked: at, Expires: at.Add(15 * time.Minute)}, secret, bounds)
	if err != nil {
		t.Fatal(err)
	}
	if added && sent != nil {
		if err := b.Sent(t.Context(), id, *sent); err != nil {
			t.Fatal(err)
		}
	}
	return id, added
}

var yes, no = true, false

// TestNobodyIsKeptFromReporting: however many ask in a user's name, and from wherever, whoever
// is refused has a code in the mail that is good for five minutes still.
func TestNobodyIsKeptFromReporting(t *testing.T) {
	b := newBox(t)
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	var sent []time.Time
	refused := 0
	const hours = 8
	for minute := range hours * 60 {
		at := now.Add(time.Duration(minute) * time.Minute)
		for n := range 2 { // from fifty addresses in turn, and more often than any is let
			from := netip.AddrFrom4([4]byte{198, 51, 100, byte((2*minute + n) % 50)})
			if _, added := b.ask(t, from, at, &yes); added {
				sent = append(sent, at)
			}
		}
		if minute%7 > 0 {
			continue
		}
		if _, added := b.ask(t, victim, at, &yes); added {
			sent = append(sent, at)
		} else if refused++; len(sent) == 0 || at.Sub(sent[len(sent)-1]) >= 10*time.Minute {
			t.Fatalf("after %d minutes the victim is refused, and each of %d codes that were sent ends within five minutes", minute, len(sent))
		}
	}
	if refused == 0 || len(sent) > hours*6+2*48 {
		t.Errorf("%d codes were sent in %d hours, and the victim was refused %d times", len(sent), hours, refused)
	}
	t.Logf("under attack for %d hours: %d codes sent, the victim refused %d of %d times", hours, len(sent), refused, hours*60/7)
}

// TestSourcesDoNotTakeFromOthers: one source has two codes of the three.
func TestSourcesDoNotTakeFromOthers(t *testing.T) {
	b := newBox(t)
	now := time.Now().UTC().Truncate(time.Second)
	for n, want := range []bool{true, true, false, false} {
		if _, added := b.ask(t, thief, now.Add(time.Duration(n)*time.Second), &yes); added != want {
			t.Errorf("the thief's ask %d is added: %v", n+1, added)
		}
	}
	at := now.Add(time.Minute)
	if _, added := b.ask(t, victim, at, &yes); !added {
		t.Error("the victim gets no code after the thief")
	}
	if _, added := b.ask(t, victim, at, &yes); added {
		t.Error("a fourth good code was sent")
	}
	if _, added := b.ask(t, victim, at.Add(10*time.Minute), &yes); !added {
		t.Error("codes that end within five minutes keep another from being sent")
	}
}

// TestOnlyWhatWasSentCounts: a mail server that takes nothing uses up nobody's bound; a code of
// which nobody has said whether it was sent, since its node died, counts for a minute.
func TestOnlyWhatWasSentCounts(t *testing.T) {
	b := newBox(t)
	now := time.Now().UTC().Truncate(time.Second)
	var last string
	for range 20 {
		id, added := b.ask(t, victim, now, &no)
		if last = id; !added {
			t.Fatal("codes that were not sent count")
		}
	}
	if err := b.Sent(t.Context(), last, true); err != nil {
		t.Fatal(err)
	}
	for n, want := range []bool{true, true, false} { // what was said of last stays
		if _, added := b.ask(t, victim, now, nil); added != want {
			t.Errorf("while they are being sent, ask %d is added: %v", n+1, added)
		}
	}
	if _, added := b.ask(t, victim, now.Add(sending+time.Second), &yes); !added {
		t.Error("codes that were never sent count after a minute")
	}
}

// TestSpendEndsAll: the other codes of who has reported a loss end with the one that was used,
// and one whose holding failed ends none.
func TestSpendEndsAll(t *testing.T) {
	b := newBox(t)
	now := time.Now().UTC().Truncate(time.Second)
	first, _ := b.ask(t, victim, now, &yes)
	second, _ := b.ask(t, victim, now, &yes)
	good := func(id string) bool {
		t.Helper()
		tried, known, err := b.Try(t.Context(), id, secret, now)
		if err != nil || !known {
			t.Fatalf("Try = %v, %v", known, err)
		}
		return tried.Good()
	}
	broken := errors.New("the CA does not answer")
	if _, err := b.Spend(t.Context(), first, victim, now, func(context.Context) (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Fatalf("Spend = %v", err)
	}
	if !good(first) || !good(second) {
		t.Error("a holding that failed spent a code")
	}
	if spent, err := b.Spend(t.Context(), first, victim, now, func(context.Context) (int, error) { return 1, nil }); err != nil || !spent {
		t.Fatalf("Spend = %v, %v", spent, err)
	}
	if good(first) || good(second) {
		t.Error("a code of who has reported is good still")
	}
	if spent, err := b.Spend(t.Context(), second, victim, now, func(context.Context) (int, error) { t.Error("held again"); return 1, nil }); err != nil || spent {
		t.Errorf("Spend of another = %v, %v", spent, err)
	}
	if _, added := b.ask(t, victim, now, &yes); !added {
		t.Error("who has reported and finds it again cannot report once more")
	}
}
