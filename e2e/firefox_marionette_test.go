package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// marionette is a connection to Firefox's own remote control: WebDriver's commands as JSON
// behind their length ("18:[0,1,\"command\",{}]"), an answer to each.
type marionette struct {
	conn net.Conn
	in   *bufio.Reader
	sent int
}

func dialMarionette(t testing.TB, address string) *marionette {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	m := &marionette{conn: conn, in: bufio.NewReader(conn)}
	var hello struct {
		Protocol int `json:"marionetteProtocol"`
	}
	if err := m.receive(&hello); err != nil || hello.Protocol != 3 {
		t.Fatalf("marionette speaks protocol %d, want 3; %v", hello.Protocol, err)
	}
	return m
}

// call sends a command and decodes the value that comes back.
func (m *marionette) call(t testing.TB, command string, params map[string]any, value any) {
	t.Helper()
	if refusal := m.try(t, command, params, value); refusal != "" {
		t.Fatalf("%s %v: %s", command, params, refusal)
	}
}

// try is call for what the browser may refuse: it says why, or nothing.
func (m *marionette) try(t testing.TB, command string, params map[string]any, value any) (refusal string) {
	t.Helper()
	if params == nil {
		params = map[string]any{}
	}
	m.sent++
	message, err := json.Marshal([]any{0, m.sent, command, params})
	if err != nil {
		t.Fatal(err)
	}
	m.conn.SetDeadline(time.Now().Add(patience))
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(message), message); err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	var kind, id int
	var fault *struct{ Error, Message string }
	var result struct{ Value json.RawMessage }
	var raw json.RawMessage
	if err := m.receive(&[]any{&kind, &id, &fault, &raw}); err != nil || kind != 1 || id != m.sent {
		t.Fatalf("%s: answer %d to %d, want %d; %v", command, kind, id, m.sent, err)
	}
	if fault != nil {
		return fault.Error + ": " + fault.Message
	}
	if value == nil {
		return ""
	}
	if err := json.Unmarshal(raw, &result); err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	if err := json.Unmarshal(result.Value, value); err != nil {
		t.Fatalf("%s: %v: %.200s", command, err, raw)
	}
	return ""
}

func (m *marionette) receive(v any) error {
	length, err := m.in.ReadString(':')
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(length, ":"))
	if err != nil {
		return err
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(m.in, body); err != nil {
		return err
	}
	return json.Unmarshal(body, v)
}

// element finds the first that fits.
func (m *marionette) element(t testing.TB, selector string) (id string) {
	t.Helper()
	var found map[string]string // by a key that says "element" (WebDriver, 12.2)
	m.call(t, "WebDriver:FindElement", map[string]any{"using": "css selector", "value": selector}, &found)
	for _, id = range found {
		return id
	}
	t.Fatalf("there is no %s", selector)
	return ""
}

// script runs the body of a function in the page.
func script[T any](t testing.TB, f *firefox, body string) (v T) {
	t.Helper()
	f.call(t, "WebDriver:ExecuteScript", map[string]any{"script": body, "args": []any{}}, &v)
	return v
}

// tryScript is script for what is asked again: the browser refuses while one of its dialogs is open.
func tryScript[T any](t testing.TB, f *firefox, body string) (v T, ok bool) {
	t.Helper()
	refusal := f.try(t, "WebDriver:ExecuteScript", map[string]any{"script": body, "args": []any{}}, &v)
	return v, refusal == ""
}
