// Package ui is what a person at the terminal meets: data on standard output, everything
// else on standard error, prompts on the terminal itself.
//
// Make a [Screen] with [NewScreen]; commands write with its methods and never to os.Stdout.
// Every string from outside passes through [Clean] on its way. Ask for secrets through
// [Source], which knows files and the terminal. The package decides nothing.
package ui

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"mais/tokenctl/internal/fault"
)

const schema = 1 // of --json; a change that breaks a reader raises it

// Screen prints a command's outcome.
type Screen struct {
	out, err io.Writer
	json     bool
	colour   bool // on out
	errTTY   bool
}

// NewScreen returns a screen on the two streams. Colour only on a terminal and without
// NO_COLOR (no-color.org); with asJSON data and errors are documents instead of text.
func NewScreen(out, err io.Writer, asJSON bool) *Screen {
	plain := asJSON || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb"
	return &Screen{out: out, err: err, json: asJSON, colour: isTerminal(out) && !plain, errTTY: isTerminal(err) && !asJSON}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Data prints the outcome: with --json {"schema":1,"data":value}, otherwise what text writes.
func (s *Screen) Data(value any, text func() error) error {
	if !s.json {
		return text()
	}
	encoded, err := json.Marshal(struct {
		Schema int `json:"schema"`
		Data   any `json:"data"`
	}{schema, value})
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	return s.document(s.out, encoded)
}

func (s *Screen) document(w io.Writer, encoded []byte) error {
	_, err := fmt.Fprintf(w, "%s\n", cleanJSON(encoded))
	return err
}

// Line prints one line of data. The arguments are cleaned, the format is ours.
func (s *Screen) Line(format string, args ...any) {
	fmt.Fprintf(s.out, format+"\n", cleanAll(args)...)
}

// Heading prints a line of data that stands out on a terminal.
func (s *Screen) Heading(format string, args ...any) {
	s.Line(s.emphasise(format), args...)
}

// Say tells the person something that is not data. It is silent with --json.
func (s *Screen) Say(format string, args ...any) {
	if !s.json {
		fmt.Fprintf(s.err, format+"\n", cleanAll(args)...)
	}
}

// Warn is Say for what should not be overlooked; it speaks with --json as well.
func (s *Screen) Warn(format string, args ...any) {
	fmt.Fprintf(s.err, "warning: "+format+"\n", cleanAll(args)...)
}

// Table prints rows in borderless columns; the first row is the heading.
func (s *Screen) Table(rows [][]string) error {
	return s.table(rows, true)
}

// Facts prints pairs of label and value in two columns.
func (s *Screen) Facts(rows [][]string) error {
	return s.table(rows, false)
}

func (s *Screen) table(rows [][]string, heading bool) error {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = Clean(cell)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for i, line := range strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n") {
		line = strings.TrimRight(line, " ")
		if i == 0 && heading {
			line = s.emphasise(line)
		}
		if _, err := fmt.Fprintln(s.out, line); err != nil {
			return err
		}
	}
	return nil
}

func (s *Screen) emphasise(line string) string {
	if !s.colour {
		return line
	}
	return "\x1b[1m" + line + "\x1b[0m"
}

// failure is an error as a document.
type failure struct {
	Schema int `json:"schema"`
	Error  struct {
		Code      fault.Kind `json:"code"`
		Message   string     `json:"message"`
		Next      string     `json:"next"`
		Exit      int        `json:"exit"`
		Reference string     `json:"reference"`
	} `json:"error"`
}

// Fail prints err with its next step and returns the exit code.
func (s *Screen) Fail(err error) int {
	f := fault.Of(err)
	if s.json {
		var e failure
		e.Schema = schema
		e.Error.Code, e.Error.Message, e.Error.Next, e.Error.Exit, e.Error.Reference = f.Kind, f.Error(), f.Next, f.Kind.Exit(), f.Reference
		encoded, _ := json.Marshal(e) // strings and integers: cannot fail
		s.document(s.err, encoded)
		return f.Kind.Exit()
	}
	fmt.Fprintf(s.err, "error: %s\n", Clean(f.Error()))
	if f.Next != "" {
		fmt.Fprintf(s.err, "next: %s\n", Clean(f.Next))
	}
	if f.Reference != "" {
		fmt.Fprintf(s.err, "reference: %s\n", Clean(f.Reference))
	}
	return f.Kind.Exit()
}

func cleanAll(args []any) []any {
	out := make([]any, len(args))
	for i, arg := range args {
		switch arg.(type) {
		case int, int64, bool:
			out[i] = arg
		default:
			out[i] = Clean(fmt.Sprint(arg))
		}
	}
	return out
}
