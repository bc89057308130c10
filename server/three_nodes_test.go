package server

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/ca"
	"mais/ca/catest"
	"mais/ca/feed"
	"mais/certs/receipt"
	"mais/config"
	"mais/server/api"
)

// another starts one more node on w's database, with the same CA.
func (w *world) another(t *testing.T, change func(*config.Server)) *world {
	t.Helper()
	dir, err := os.MkdirTemp("", "mais-server-")
	if err != nil {
		t.Fatal(err)
	}
	settings := testSettings(dir)
	if change != nil {
		change(settings)
	}
	if err := config.WriteSecret(settings.UnlockPath(), catest.Unlock); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(catest.Dir(t), KeyDir(settings)); err != nil {
		t.Fatal(err)
	}
	n := &world{dir: dir, custody: w.custody, ward: w.ward, owner: w.owner, finished: make(chan error, 1)}
	n.Server = newServer(settings, testLog())
	if err := n.open(t.Context(), func(context.Context) error { n.source = w.source; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := n.run(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		n.stop()
		if err := <-n.finished; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
		os.RemoveAll(dir)
	})
	return n
}

// TestThreeNodes: what one of three nodes takes away, all refuse, on connections that are open
// and on new ones, and the receipt says of each since when: as a rule within a second of the commit. A machine that
// stands still for a moment makes no rule, so it is the median of all that is held to it.
func TestThreeNodes(t *testing.T) {
	w := newWorld(t, nil)
	nodes := []*world{w, w.another(t, nil), w.another(t, nil)}
	scraper := w.client(t, custody)
	eventually(t, "the metrics count three nodes", func() bool {
		got := string(scraper.get(t, w.urls.Ops+"/metrics").body)
		return strings.Contains(got, "\nmais_nodes_live 3\n") && strings.Contains(got, "\nmais_status_number 0\n") &&
			strings.Contains(got, "\nmais_status_acknowledged 0\n") && strings.Contains(got, "\nmais_status_age_seconds 0.")
	})
	var millis []int64
	for _, tt := range []struct {
		name, status, problem string
		act                   func(token) error
	}{
		{"hold", "held", api.HeldToken, func(k token) error { return w.authority.Hold(t.Context(), k.ref, "test") }},
		{"revoke", "revoked", api.RevokedToken, func(k token) error {
			return nodes[1].authority.Revoke(t.Context(), k.ref, ca.KeyCompromise, "test")
		}},
		{"plain SQL", "revoked", api.RevokedToken, func(k token) error {
			_, err := w.owner.Exec(t.Context(), `UPDATE ca.certificate SET status = 'revoked' WHERE serial = $1`, k.ref.Serial)
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := w.enrolled(t, "police_officer", w.custody)
			var live []*client
			for _, n := range nodes {
				c := n.client(t, custody, k.tls)
				c.get(t, n.urls.Mutual+api.PathWhoami).decode(t, http.StatusOK, new(api.Whoami))
				live = append(live, c)
			}
			if err := tt.act(k); err != nil {
				t.Fatal(err)
			}
			jws, r, err := nodes[2].authority.ReceiptWait(t.Context(), k.ref)
			if err != nil || !r.Final || len(r.Nodes) != len(nodes) {
				t.Fatalf("the receipt is %+v, %v, want it final and of %d nodes", r, err, len(nodes))
			}
			// From what the receipt says on, nobody is let in.
			for i, n := range nodes {
				live[i].get(t, n.urls.Mutual+api.PathWhoami).wantProblem(t, http.StatusForbidden, tt.problem)
				n.client(t, custody, k.tls).get(t, n.urls.Mutual+api.PathWhoami).wantProblem(t, http.StatusForbidden, tt.problem)
				for range 2 { // the client would resume what it can
					if conn := n.dial(t, n.listeners.mutual, custody, k.tls); conn.ConnectionState().DidResume {
						t.Error("a session was resumed")
					}
				}
			}
			said := readReceipt(t, w, jws)
			if said.Status != tt.status || said.Serial != k.ref.Serial {
				t.Errorf("the receipt says %+v, want that %s is %s", said, k.ref, tt.status)
			}
			for _, n := range said.Nodes {
				if n.RefusedFrom == nil || n.Millis == nil || *n.Millis < 0 {
					t.Errorf("a node refuses by %+v, want after the commit at %s", n, said.CommittedAt)
					continue
				}
				millis = append(millis, *n.Millis)
			}
		})
	}
	slices.Sort(millis)
	if t.Logf("refused so many ms after the commit: %v", millis); len(millis) != 9 || millis[4] >= 1000 {
		t.Errorf("three nodes refused three times %v ms after the commit, want half within a second", millis)
	}
}

// readReceipt reads a receipt as tokenctl does: by the root, and by the types of the API,
// which know every field.
func readReceipt(t *testing.T, w *world, jws string) (r api.Receipt) {
	t.Helper()
	got, err := receipt.Verify(jws, w.authority.Root(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(got.Payload))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		t.Fatalf("the payload %s: %v", got.Payload, err)
	}
	return r
}

// TestNodeWithoutGoodbye: one of three nodes can follow no more and says nothing. It refuses
// everybody, and the receipt becomes final when it must have done so.
func TestNodeWithoutGoodbye(t *testing.T) {
	stale := func(s *config.Server) { s.CA.StatusStale = config.Duration(time.Second) }
	w := newWorld(t, nil)
	w.another(t, nil)
	lost := w.another(t, stale)
	k, other := w.enrolled(t, "police_officer", w.custody), w.enrolled(t, "clinician", w.custody)
	whoami := func(k token) reply { return lost.client(t, custody, k.tls).get(t, lost.urls.Mutual+api.PathWhoami) }
	for _, k := range []token{k, other} {
		eventually(t, "the node serves", func() bool { return whoami(k).StatusCode == http.StatusOK }) // a second is soon over
	}
	stuck := make(chan bool)
	lost.authority.Feed().OnChange(func(feed.Change) { <-stuck })
	defer close(stuck)
	if err := w.authority.Revoke(t.Context(), k.ref, ca.KeyCompromise, "test"); err != nil {
		t.Fatal(err)
	}
	_, r, err := w.authority.ReceiptWait(t.Context(), k.ref)
	if err != nil || !r.Final || len(r.Nodes) != 3 {
		t.Fatalf("the receipt is %+v, %v, want it final and of three nodes", r, err)
	}
	silent := 0
	for _, n := range r.Nodes {
		if n.SilentFrom != nil {
			silent++
			t.Logf("one node is called silent %d ms after the commit", *n.Millis)
		}
	}
	if silent != 1 {
		t.Errorf("%d nodes are called silent in %+v, want one", silent, r.Nodes)
	}
	for _, k := range []token{k, other} {
		whoami(k).wantProblem(t, http.StatusServiceUnavailable, api.StatusStale)
	}
}
