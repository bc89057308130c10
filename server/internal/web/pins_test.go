package web

import (
	"testing"
	"time"

	"mais/certs"

	"github.com/google/uuid"
)

// TestTold: what a caller says it holds is written when it is news, and so often at most.
func TestTold(t *testing.T) {
	who, err := certs.NewIdentity(certs.Site, uuid.NewString())
	if err != nil {
		t.Fatal(err)
	}
	var memory told
	now := time.Date(2026, 3, 12, 2, 14, 0, 0, time.UTC)
	if !memory.news(who, 7, now) || memory.news(who, 7, now) || !memory.news(who, 8, now) {
		t.Error("a number is news once, and so is the next")
	}
	written := 0
	for i := range int64(1000) {
		if memory.news(who, 7+i%2, now) {
			written++
		}
	}
	if written+2 > maxClaims {
		t.Errorf("two numbers in turns are written %d times, want %d at most", written+2, maxClaims)
	}
	if !memory.news(who, 9, now.Add(time.Hour)) {
		t.Error("an hour later nothing is news")
	}
}
