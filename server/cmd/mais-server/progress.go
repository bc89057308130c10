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
