package e2e_test

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mais/server/api"
)

// TestSite enrols a site with its printed command and calls with the server pinned; with
// another pin nothing leaves the site but the end of the connection.
func TestSite(t *testing.T) {
	t.Parallel()
	s := up(t, "--people", "1")
	site := newPerson(t, s, "")
	site.token = "northgate-custody-suite"
	for _, place := range s.demo.Sites {
		if place.Name == custody {
			site.paste(t, *place.Enrol).exits(t, 0)
		}
	}
	who := data[api.Whoami](t, site.ctl(t, "site", "check", "--json").exits(t, 0))
	if who.Kind != "site" || who.Name != custody || who.Agency != "Northshire Police" || who.Email != "" || len(who.Roles) != 0 {
		t.Errorf("site check = %+v", who)
	}
	site.ctl(t, "site", "check").exits(t, 0).says(t, "pinned key")
	if f := failure(t, site.ctl(t, "search", "--surname", "mo", "--json").exits(t, 4)); f.Code != "denied" {
		t.Errorf("a site's search = %+v", f)
	}

	wire := newWire(t, s.demo.URLs.Mutual)
	site.edit(t, "token.json", func(token map[string]any) {
		token["mutual"] = "https://localhost" + wire.address[strings.LastIndex(wire.address, ":"):]
	})
	site.ctl(t, "site", "check").exits(t, 0)
	if got := wire.encrypted(); got < 1000 {
		t.Errorf("with the right pin %d encrypted bytes pass the wire, want a certificate and a request", got)
	}
	site.edit(t, "pins.json", func(pins map[string]any) {
		pins["nodes"].([]any)[0].(map[string]any)["current"] = "sha256:" + strings.Repeat("00", 31) + "01"
	})
	wire.reset()
	f := failure(t, site.ctl(t, "site", "check", "--json").exits(t, 8))
	if f.Code != "wrong-pin" || f.Next == "" {
		t.Errorf("site check with another pin = %+v", f)
	}
	// One encrypted alert: a type, a level and a description under a tag (RFC 8446, 5.2).
	if got := wire.encrypted(); got > 19 {
		t.Errorf("with another pin %d encrypted bytes leave the site, want an alert's 19 at most", got)
	}
}

// edit changes a file of a token.
func (p *person) edit(t *testing.T, name string, change func(map[string]any)) {
	t.Helper()
	var content map[string]any
	if err := json.Unmarshal([]byte(read(t, p.file(name))), &content); err != nil {
		t.Fatal(err)
	}
	change(content)
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	write(t, p.file(name), string(text))
}

// wire passes TCP on to the server and keeps what clients send.
type wire struct {
	address string
	mu      sync.Mutex
	sent    []byte
	open    sync.WaitGroup
}

func newWire(t *testing.T, url string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	w := &wire{address: l.Addr().String()}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			w.open.Go(func() { w.pass(client, "127.0.0.1"+url[strings.LastIndex(url, ":"):]) })
		}
	}()
	return w
}

func (w *wire) pass(client net.Conn, to string) {
	defer client.Close()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	go io.Copy(client, server)
	io.Copy(io.MultiWriter(server, w), client)
}

// Write notes what a client sent.
func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, p...)
	return len(p), nil
}

func (w *wire) reset() {
	w.open.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = nil
}

// encrypted counts the bytes in records of type 23, which in TLS 1.3 is all that follows the
// hellos, the client's certificate included. It waits for the connections to end.
func (w *wire) encrypted() (n int) {
	w.open.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	for rest := w.sent; len(rest) >= 5; {
		length := int(binary.BigEndian.Uint16(rest[3:]))
		if rest[0] == 23 {
			n += length
		}
		rest = rest[min(5+length, len(rest)):]
	}
	return n
}

// TestTokenFiles: nobody else on the machine can read what makes a token.
func TestTokenFiles(t *testing.T) {
	t.Parallel()
	p := sharedDemo(t).join(t, "files", "police_officer", custody)
	files, err := os.ReadDir(filepath.Dir(p.file("key.pem")))
	if err != nil || len(files) < 5 {
		t.Fatalf("the token has %d files, %v", len(files), err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v; want 0600", f.Name(), info.Mode(), err)
		}
	}
}
