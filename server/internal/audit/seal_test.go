package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func shown(person string) Event {
	return Event{Act: "record.show", Outcome: Allowed, Persons: []string{person}}
}

const (
	person1 = "5ad8b9f6-7c1e-4a52-9f0d-000000000001"
	person2 = "5ad8b9f6-7c1e-4a52-9f0d-000000000002"
)

// receiptFor is what Log makes of an event.
func receiptFor(t *testing.T, e Event) Receipt {
	t.Helper()
	encoded, err := e.encode()
	if err != nil {
		t.Fatal(err)
	}
	return Receipt{id: 1, seal: e.seal, event: encoded}
}

func TestOpen(t *testing.T) {
	sealed := Seal(shown(person1), "value")
	twin := Seal(shown(person1), "value")
	event := sealed.Event()
	changed := sealed.Event()
	changed.Persons = []string{person2}
	for _, test := range []struct {
		name string
		r    Receipt
		ok   bool
	}{
		{"its own", receiptFor(t, event), true},
		{"zero", Receipt{}, false},
		{"of an event that seals nothing", receiptFor(t, shown(person1)), false},
		{"of an equal event with its own seal", receiptFor(t, twin.Event()), false},
		{"of the event with another person", receiptFor(t, changed), false},
	} {
		value, err := sealed.Open(test.r)
		if ok := err == nil; ok != test.ok || ok != (value == "value") || !ok && !errors.Is(err, ErrSealed) {
			t.Errorf("%s: Open = %q, %v, want ok %v", test.name, value, err, test.ok)
		}
	}
	if _, err := (Sealed[string]{}).Open(receiptFor(t, event)); err == nil {
		t.Error("the zero Sealed opened")
	}
	if _, err := Seal(Event{Act: "NO ACT"}, "value").Open(Receipt{id: 1}); err == nil {
		t.Error("a value sealed under an event that can't be recorded opened")
	}
}

// Whoever changes the list that both share has not read the person that the ledger names.
func TestOpenNoticesAChangedList(t *testing.T) {
	persons := []string{person1}
	sealed := Seal(Event{Act: "record.show", Outcome: Allowed, Persons: persons}, "value")
	persons[0] = person2
	if value, err := sealed.Open(receiptFor(t, sealed.Event())); err == nil {
		t.Errorf("Open = %q, want ErrSealed", value)
	}
}

func TestSealedShowsNothing(t *testing.T) {
	type record struct{ Diagnosis string }
	held := struct{ Inner Sealed[record] }{Seal(shown(person1), record{"diagnosis"})}
	encoded, err := json.Marshal(held)
	if err != nil {
		encoded = nil // refusing is fine too
	}
	for _, text := range []string{fmt.Sprintf("%v", held), fmt.Sprintf("%+v", held), fmt.Sprintf("%#v", held), string(encoded)} {
		if strings.Contains(text, "diagnosis") {
			t.Errorf("a sealed value shows in %s", text)
		}
	}
}

// What is sealed anew opens with the receipt of the larger event alone, and what makes it
// runs then.
func TestReseal(t *testing.T) {
	inner := Seal(shown(person1), 20)
	ran := false
	larger := Event{Act: "record.recent", Outcome: Allowed, Persons: []string{person1, person2}}
	outer := Reseal(inner, larger, func(n int) string { ran = true; return fmt.Sprint(n + 1) })
	for name, r := range map[string]Receipt{"zero": {}, "of the part": receiptFor(t, inner.Event()), "of an event without a seal": receiptFor(t, larger)} {
		if value, err := outer.Open(r); !errors.Is(err, ErrSealed) || value != "" || ran {
			t.Errorf("the receipt %s opens %q, %v", name, value, err)
		}
	}
	if value, err := outer.Open(receiptFor(t, outer.Event())); err != nil || value != "21" {
		t.Errorf("Open = %q, %v, want 21", value, err)
	}
	if _, err := inner.Open(receiptFor(t, outer.Event())); err == nil {
		t.Error("the receipt of the larger event opens the part")
	}
	for name, never := range map[string]Sealed[int]{
		"the zero Sealed":                      Reseal(Sealed[int]{}, larger, func(n int) int { return n }),
		"an event that cannot be recorded":     Reseal(inner, Event{Act: "NO ACT"}, func(n int) int { return n }),
		"what could not be recorded, repaired": Reseal(Seal(Event{Act: "NO ACT"}, 1), larger, func(n int) int { return n }),
	} {
		if value, err := never.Open(Receipt{id: 1, seal: never.Event().seal}); err == nil {
			t.Errorf("%s opens as %d", name, value)
		}
	}
}
