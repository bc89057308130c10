package audit_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	camigrations "mais/ca/migrations"
	"mais/internal/pg"
	"mais/internal/pg/pgtest"
	"mais/server/internal/audit"
	"mais/server/migrations"
)

const (
	user    = "11111111-2222-4333-8444-555555555555"
	person1 = "5ad8b9f6-7c1e-4a52-9f0d-000000000001"
	person2 = "5ad8b9f6-7c1e-4a52-9f0d-000000000002"
	request = "99999999-2222-4333-8444-555555555555"
)

func shown(person string) audit.Event {
	return audit.Event{Act: "record.show", Outcome: audit.Allowed, Persons: []string{person}}
}

// newLog returns a running log over a database of its own.
func newLog(t *testing.T) (*audit.Log, *pgtest.Database) {
	d := pgtest.New(t, camigrations.Set, migrations.Set)
	return runLog(t, d.Open(t, pg.Audit)), d
}

func runLog(t *testing.T, db *pg.DB) *audit.Log {
	l := audit.New(db, audit.Options{Node: "test", Logger: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(t.Context())
	var run sync.WaitGroup
	run.Go(func() { l.Run(ctx) })
	t.Cleanup(func() { stop(); run.Wait() })
	return l
}

func list(t *testing.T, l *audit.Log, f audit.Filter) []audit.Entry {
	t.Helper()
	var entries []audit.Entry
	for e, err := range l.List(t.Context(), audit.Event{UserName: "reader"}, f) {
		if err != nil {
			t.Fatalf("List(%+v): %v", f, err)
		}
		entries = append(entries, e)
	}
	return entries
}

func TestEventComesBack(t *testing.T) {
	l, d := newLog(t)
	want := audit.Event{Node: "n1", Request: request, Listener: "mutual", Act: "record.show", Outcome: audit.Allowed,
		Reason: `it's "so"`, Method: "GET", URI: "/api/v1/people/x", Address: netip.MustParseAddr("2001:db8::1"), User: user,
		UserName: "Ann", Agency: "Northmoor Police", Site: "Custody", Roles: []string{"clinician", "police_officer"},
		AuthMethod: "certificate", Session: "s", Certificate: audit.Certificate{Issuer: "people-1", Serial: "4f"},
		Persons: []string{person1, person2}, Items: []string{"physical_health.epilepsy"}, Rows: 2,
		Detail: map[string]string{"criteria": "surname"}}
	receipt, err := l.Append(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	var status, access int64
	err = d.Owner().QueryRow(t.Context(), `SELECT (SELECT number FROM ca.status_counter), (SELECT number FROM access.generation)`).Scan(&status, &access)
	if err != nil || receipt.StatusNumber() != status || receipt.AccessGeneration() != access {
		t.Errorf("receipt = %+v, want numbers %d and %d (%v)", receipt, status, access, err)
	}
	entries := list(t, l, audit.Filter{})
	if len(entries) != 1 || entries[0].ID != receipt.ID() || entries[0].Login != "mais_audit" || time.Since(entries[0].At).Abs() > time.Minute {
		t.Fatalf("List = %+v, want the one event", entries)
	}
	if diff := cmp.Diff(want, entries[0].Event, cmpopts.IgnoreUnexported(audit.Event{}), cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("the event came back changed (-want +got):\n%s", diff)
	}
}

// The numbers are those committed before the entry: a change seen by nobody yet does not
// count, one that has committed does.
func TestReceiptSeesCommittedChanges(t *testing.T) {
	l, d := newLog(t)
	before, err := l.Append(t.Context(), shown(person1))
	if err != nil {
		t.Fatal(err)
	}
	err = d.Owner().Transact(t.Context(), func(tx *pg.Tx) error {
		if _, err := tx.Exec(t.Context(), `INSERT INTO access.agency (name, kind) VALUES ('A', 'police')`); err != nil {
			return err
		}
		during, err := l.Append(t.Context(), shown(person1))
		if err == nil && during.AccessGeneration() != before.AccessGeneration() {
			t.Errorf("generation %d of an uncommitted change, want %d", during.AccessGeneration(), before.AccessGeneration())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	after, err := l.Append(t.Context(), shown(person1))
	if err != nil || after.AccessGeneration() != before.AccessGeneration()+1 {
		t.Errorf("generation after the commit = %d, %v, want %d", after.AccessGeneration(), err, before.AccessGeneration()+1)
	}
}

func TestManyAppendsKeepTheirNumbers(t *testing.T) {
	l, d := newLog(t)
	var clients sync.WaitGroup
	receipts := make([]int64, 300)
	for i := range receipts {
		clients.Go(func() {
			e := shown(person1)
			e.Rows = i
			r, err := l.Append(t.Context(), e)
			if err != nil {
				t.Errorf("Append: %v", err)
			}
			receipts[i] = r.ID()
		})
	}
	clients.Wait()
	for i, id := range receipts {
		var rows int
		if err := d.Owner().QueryRow(t.Context(), `SELECT rows FROM audit.event WHERE id = $1`, id).Scan(&rows); err != nil || rows != i {
			t.Errorf("entry %d is event %d, %v, want %d", id, rows, err, i)
		}
	}
}

// Whatever a client sends becomes one event of one line, and no database error.
func TestHostileText(t *testing.T) {
	l, _ := newLog(t)
	for _, text := range []string{"\x00", "a\r\nb", "'; DROP TABLE audit.event; --", `\u0000`, "\xff\xfe", `{"a":`, "<script>", "\u2028\u202e",
		strings.Repeat("x", 64<<10), strings.Repeat("\n", 64<<10), strings.Repeat("語", 64<<10)} {
		_, err := l.Append(t.Context(), audit.Event{Act: "a", Outcome: audit.Failed, Node: text, Listener: text, Reason: text,
			Method: text, URI: text, UserName: text, Agency: text, Site: text, Roles: []string{text}, AuthMethod: text, Session: text,
			Certificate: audit.Certificate{Issuer: text, Serial: text}, Items: []string{text}, Detail: map[string]string{text: text}})
		if err != nil {
			t.Errorf("Append with %.20q: %v", text, err)
		}
	}
	for _, e := range list(t, l, audit.Filter{}) {
		if line := fmt.Sprintf("%+v", e.Event); strings.ContainsAny(line, "\n\r\x00\u2028\u202e") {
			t.Errorf("entry %d is not one line: %q", e.ID, line)
		}
	}
}

func TestList(t *testing.T) {
	l, _ := newLog(t)
	refused := shown(person2)
	refused.Outcome, refused.User, refused.Request = audit.Refused, user, request
	search := audit.Event{Act: "record.search", Outcome: audit.Allowed, Persons: []string{person1, person2}}
	var ids []int64
	for _, e := range []audit.Event{shown(person1), refused, search} {
		r, err := l.Append(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID())
	}
	before := audit.Filter{Act: "record.show"}
	for _, test := range []struct {
		filter audit.Filter
		want   []int64
	}{
		{before, ids[:2]},
		{audit.Filter{Act: "record.search"}, ids[2:]},
		{audit.Filter{Outcome: audit.Refused}, ids[1:2]},
		{audit.Filter{User: user}, ids[1:2]},
		{audit.Filter{Request: request}, ids[1:2]},
		{audit.Filter{Person: person1, To: time.Now().Add(time.Hour), Act: "record.show"}, ids[:1]},
		{audit.Filter{Person: person2, Limit: 2, Act: "record.search"}, ids[2:]},
		{audit.Filter{Act: "record.show", Limit: 1}, ids[1:2]},
		{audit.Filter{Act: "record.show", After: ids[0]}, ids[1:2]},
		{audit.Filter{From: time.Now().Add(time.Hour)}, nil},
		{audit.Filter{To: time.Now().Add(-time.Hour)}, nil},
	} {
		var got []int64
		for _, e := range list(t, l, test.filter) {
			got = append(got, e.ID)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("List(%+v) = %v, want %v", test.filter, got, test.want)
		}
	}
	readings := list(t, l, audit.Filter{Act: audit.ActList})
	if len(readings) != 11 || readings[0].UserName != "reader" || readings[0].Detail["act"] != "record.show" {
		t.Errorf("%d readings are in the log (%+v), want 11", len(readings), readings)
	}
	for _, err := range l.List(t.Context(), audit.Event{}, audit.Filter{Person: "no uuid"}) {
		if err == nil {
			t.Error("List of a malformed person yielded an entry")
		}
	}
}

func TestAppendInJoinsItsTransaction(t *testing.T) {
	l, d := newLog(t)
	register := d.Open(t, pg.Migrator) // the register itself writes nothing directly
	insert := func(name string, fail error) error {
		return register.Transact(t.Context(), func(tx *pg.Tx) error {
			if _, err := tx.Exec(t.Context(), `INSERT INTO access.agency (name, kind) VALUES ($1, 'police')`, name); err != nil {
				return err
			}
			e := audit.Event{Act: "access.agency", Outcome: audit.Allowed, Detail: map[string]string{"name": name}}
			if err := audit.AppendIn(t.Context(), tx, e); err != nil {
				return err
			}
			return fail
		})
	}
	if err := insert("kept", nil); err != nil {
		t.Fatal(err)
	}
	if err := insert("rolled back", fmt.Errorf("changed my mind")); err == nil {
		t.Fatal("the failing transaction committed")
	}
	entries := list(t, l, audit.Filter{})
	if len(entries) != 1 || entries[0].Detail["name"] != "kept" || entries[0].Login != "mais_migrate" {
		t.Errorf("List = %+v, want the committed one", entries)
	}
}
