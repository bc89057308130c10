package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/term"
)

// progress returns a function that says on a terminal how far long work has come, a few
// times a second, and one that takes the line away again. Elsewhere they say nothing.
func progress(to *os.File, what string) (tell func(done int), end func()) {
	if !term.IsTerminal(int(to.Fd())) {
		return func(int) {}, func() {}
	}
	var last time.Time
	tell = func(done int) {
		if time.Since(last) < 250*time.Millisecond {
			return
		}
		last = time.Now()
		fmt.Fprintf(to, "\r%d %s", done, what)
	}
	return tell, func() { fmt.Fprint(to, "\r\033[K") }
}

// waiting says on a terminal what is being waited for; the function that it returns says
// something else in its place, or with "" nothing more.
func waiting(what string) func(what string) {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return func(string) {}
	}
	fmt.Fprintf(os.Stderr, "%s ...", what)
	return func(what string) { fmt.Fprintf(os.Stderr, "\r\033[K%s", what) }
}
