package frame

import (
	"fmt"
	"html/template"
	"math"
	"time"
	_ "time/tzdata" // a server without the system's own would tell the time of elsewhere

	"mais/server/internal/web/assets"
)

// London is the time of every page, whatever the server's own is.
var London = mustZone("Europe/London")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // embedded
	}
	return zone
}

// Functions are what templates may call.
//
//	asset "mais.css"  the address of a file of package assets
//	day T             "2 January 2006"
//	date T            "2 Jan 2006", where there is little room
//	clock T           "15:04"
//	moment T          "2 January 2006 at 15:04"
var Functions = template.FuncMap{
	"asset":  assets.URL,
	"day":    func(t time.Time) string { return t.In(London).Format("2 January 2006") },
	"date":   func(t time.Time) string { return t.In(London).Format("2 Jan 2006") },
	"clock":  func(t time.Time) string { return t.In(London).Format("15:04") },
	"moment": func(t time.Time) string { return t.In(London).Format("2 January 2006 at 15:04") },
}

// LockSeconds returns how long it is until the screen locks, or 0 when nobody is signed in.
func (f Frame) LockSeconds() int {
	if f.Locks.IsZero() {
		return 0
	}
	return max(1, int(f.Locks.Sub(f.Now).Seconds()))
}

// LockClock returns the time of day of Now, in seconds. The script counts on from it.
func (f Frame) LockClock() int {
	now := f.Now.In(London)
	return now.Hour()*3600 + now.Minute()*60 + now.Second()
}

// soonest is the shortest time after which a page asks for itself again. Two clocks may differ
// on when something is over: a page must not go round and round until they agree.
const soonest = 5

// ReloadSeconds returns how long it is until the page goes, or 0 when it stays.
func (f Frame) ReloadSeconds() int {
	if f.Reload.At.IsZero() {
		return 0
	}
	return max(soonest, int(math.Ceil(f.Reload.At.Sub(f.Now).Seconds())))
}

// Refresh returns when and where the browser goes by itself where scripts don't run: to the
// lock, or earlier away from what is no longer to be seen. It is the content of a <meta>
// refresh, or empty.
func (f Frame) Refresh() string {
	lock, reload := f.LockSeconds(), f.ReloadSeconds()
	switch {
	case lock == 0:
		return ""
	case reload != 0 && reload < lock:
		return fmt.Sprintf("%d; url=%s", reload, f.Reload.Path)
	}
	return fmt.Sprintf("%d; url=/locked", lock)
}

// soon is when the bar begins to point at the token's end.
const soon = 14

// Soon reports whether the token is about to expire.
func (h Holder) Soon(now time.Time) bool { return daysBetween(now, h.Expires) <= soon }

// Left returns how long it is until the token expires, in words that follow "expires".
func (h Holder) Left(now time.Time) string {
	switch days := daysBetween(now, h.Expires); {
	case days <= 0:
		return "today"
	case days == 1:
		return "tomorrow"
	default:
		return fmt.Sprintf("in %d days", days)
	}
}

// daysBetween counts midnights.
func daysBetween(from, to time.Time) int {
	date := func(t time.Time) time.Time {
		year, month, day := t.In(London).Date()
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	return int(date(to).Sub(date(from)) / (24 * time.Hour))
}
