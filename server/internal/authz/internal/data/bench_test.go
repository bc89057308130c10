package data_test

import (
	"context"
	"testing"

	"mais/server/internal/record"
	"mais/server/internal/record/synthetic"
)

// BenchmarkStore compares with one prepared select by primary key.
func BenchmarkStore(b *testing.B) {
	d := newDatabase(b)
	s := open(b, d)
	load(b, s, synthetic.People(10_000, 1, today))
	ctx := context.Background()
	q := record.Query{Surname: "kettering"}
	found, err := s.Search(ctx, readingAudience(record.Full), q)
	if err != nil || len(found.Matches) == 0 {
		b.Fatalf("Search(%+v) = %+v, %v", q, found, err)
	}
	id := found.Matches[0].ID
	b.Run("select", func(b *testing.B) {
		for b.Loop() {
			var one int
			if err := d.Owner().QueryRow(ctx, `SELECT 1 FROM record.person WHERE id = $1`, id.String()).Scan(&one); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, a := range []record.Audience{record.Restricted, record.Full} {
		decision := readingAudience(a)
		b.Run("read/"+a.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Read(ctx, decision, id); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("search/"+a.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Search(ctx, decision, q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
