package ledger

import (
	"encoding/json"
	"testing"

	"mais/internal/pg"
)

// A long reading is whole, in its order, and holds no connection between its entries: twice as many
// as a pool has are read at once, by readers of whom none goes on.
func TestPagesHoldNoConnection(t *testing.T) {
	d := reviewed(t, 3*atOnce)
	db := d.Open(t, pg.Audit)
	c := Choice{Act: "record.*", Before: 1 << 60}
	want := ids(t, db, c)
	var nested func(left int) // a reading within the first entry of another
	nested = func(left int) {
		for _, err := range Pages(t.Context(), db, c) {
			if err != nil {
				t.Fatal(err)
			}
			if left > 0 {
				nested(left - 1)
			}
			return
		}
	}
	nested(40)
	var got []int64
	for row, err := range Pages(t.Context(), db, c) {
		var e struct{ ID int64 }
		if err == nil {
			err = json.Unmarshal(row, &e)
		}
		if err != nil {
			t.Fatal(err)
		}
		if n := len(got); n >= len(want) || e.ID != want[n] {
			t.Fatalf("entry %d is %d", n, e.ID)
		}
		got = append(got, e.ID)
	}
	if len(got) != len(want) || len(got) <= atOnce {
		t.Errorf("%d entries came, want %d", len(got), len(want))
	}
}
