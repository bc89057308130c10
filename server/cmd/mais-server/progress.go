package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/term"
)

// progress returns a function that says on a terminal how far long work has come, a few
// times a second. Elsewhere it says nothing.
func progress(to *os.File, what string) func(done int) {
	if !term.IsTerminal(int(to.Fd())) {
		return func(int) {}
	}
	var last time.Time
	return func(done int) {
		if time.Since(last) < 250*time.Millisecond {
			return
		}
		last = time.Now()
		fmt.Fprintf(to, "\r%d %s", done, what)
	}
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
