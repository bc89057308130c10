package main

import (
	"context"
	"errors"
	"regexp"
	"strings"
)

// The exit codes, shared with tokenctl.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitNotFound    = 3
	exitSecret      = 5 // a passphrase is wrong
	exitFindings    = 9 // something is to be seen to, or not all was done
	exitInterrupted = 130
)

// A failure says what happened and what to do next; its exit code tells a script.
type failure struct {
	err  error
	next string
	exit int
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// usage marks an error of the command line.
func usage(err error) error {
	return &failure{err, "run the command with --help", exitUsage}
}

// advise adds what to do next to an error.
func advise(err error, next string) error {
	if err == nil {
		return nil
	}
	return &failure{err, next, exitFailed}
}

func exitOf(err error) int {
	var f *failure
	switch {
	case errors.As(err, &f):
		return f.exit
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

// packages are the names of packages that stand before what their errors say, or before a part
// of it: they are for whoever reads the source.
var packages = regexp.MustCompile(`(^|: |\n)(?:attest|backup|ca|certs|jobs|journal|keys|lifecycle|people|pg|pins): `)

// explain gives the lines for a person: the error, and the next step where one is known.
func explain(err error) string {
	var out strings.Builder
	for i, line := range strings.Split(packages.ReplaceAllString(err.Error(), "$1"), "\n") {
		if i == 0 {
			out.WriteString("error: ")
		} else {
			out.WriteString("       ")
		}
		out.WriteString(line + "\n")
	}
	var f *failure
	if errors.As(err, &f) && f.next != "" {
		out.WriteString("next:  " + f.next + "\n")
	}
	return out.String()
}
