package ui

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// JSON reports whether the person asked for documents instead of text.
func (s *Screen) JSON() bool { return s.json }

// IsTerminal reports whether data goes to a terminal.
func (s *Screen) IsTerminal() bool { return isTerminal(s.out) }

// Aside returns a screen whose data is words to the person: on standard error, and silent
// with --json.
func (s *Screen) Aside() *Screen {
	aside := *s
	aside.out, aside.colour = s.err, s.colour && s.errTTY
	if s.json {
		aside.out = io.Discard
	}
	return &aside
}

// Stream prints a document with a list that is too long to keep: it is called name, each
// gives its items one by one, and the fields of the object rest follow it. A list that breaks
// off leaves a document without an end, which no reader takes for a whole one.
func (s *Screen) Stream(name string, each func(give func(item any) error) error, rest func() any) error {
	out := bufio.NewWriterSize(s.out, 64<<10)
	fmt.Fprintf(out, `{"schema":%d,"data":{%q:[`, schema, name)
	n := 0
	give := func(item any) error {
		if n++; n > 1 {
			out.WriteByte(',')
		}
		encoded, err := json.Marshal(item)
		if err != nil {
			return fmt.Errorf("encode the answer: %w", err)
		}
		_, err = out.Write(cleanJSON(encoded))
		return err
	}
	if err := each(give); err != nil {
		out.Flush() // what came before the fault
		return err
	}
	fields, err := json.Marshal(rest())
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	out.WriteByte(']')
	if inner := bytes.TrimPrefix(cleanJSON(fields), []byte("{")); !bytes.Equal(inner, []byte("}")) {
		out.WriteByte(',')
		out.Write(inner)
		out.WriteString("}\n")
	} else {
		out.WriteString("}}\n")
	}
	return out.Flush()
}

// Text prints lines of a file that is made elsewhere, such as CSV, as they come.
func (s *Screen) Text(lines func(line func([]byte) error) error) error {
	out := bufio.NewWriterSize(s.out, 64<<10)
	err := lines(func(text []byte) error {
		_, err := fmt.Fprintln(out, Clean(string(text)))
		return err
	})
	if printed := out.Flush(); err == nil { // what came before it broke off is printed too
		err = printed
	}
	return err
}

// Bytes prints a file's contents as they are: public ones, for a file or another program.
func (s *Screen) Bytes(text []byte) error {
	_, err := s.out.Write(text)
	return err
}
