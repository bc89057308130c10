// Package certificate is the page of one certificate, rendered with [Render], and that of the
// receipt for the last change of its status, rendered with [RenderReceipt].
package certificate

import (
	"embed"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/card"
	"mais/server/internal/web/page/frame"
)

//go:embed certificate.html receipt.html
var files embed.FS

var (
	page    = admin.Template(files, "certificate.html")
	receipt = admin.Template(files, "receipt.html")
)

// Page is the data of the page of one certificate.
type Page struct {
	frame.Frame
	Detail api.CertificateDetail
	Own    bool // it is the one that the reader uses now
}

// Render returns the document.
func Render(p Page) []byte { return frame.Render(page, p) }

// The is the certificate.
func (p Page) The() admin.Certificate {
	return admin.Certificate{Certificate: p.Detail.Certificate, Now: p.Now}
}

// Line are the others that came of the same enrolment.
func (p Page) Line() []admin.Certificate { return admin.Certificates(p.Detail.Line, p.Now) }

// Level says how the key is held.
func (p Page) Level() string { return form.LevelLabel(p.Detail.Level) }

// OnCard is the card that the key is on, or is said to be on: then it has no page, and no Path.
type OnCard struct {
	Path, Name string
	Facts      []card.Fact
}

// Card is the card that the key is on, if it is on one.
func (p Page) Card() *OnCard {
	k := p.Detail.Card
	if k == nil {
		return nil
	}
	on := &OnCard{Name: card.NameOf(*k), Facts: card.Facts(*k)}
	if k.ID != "" {
		on.Path = card.Path(k.ID)
	}
	return on
}

// Reason says in words why it is not active, where there is more to say than how it stands.
func (p Page) Reason() string {
	if r := p.Detail.Reason; p.Detail.Status == "revoked" && r != "" {
		return admin.ReasonLabel(r)
	}
	return ""
}

// Acts are what the reader may do to it.
func (p Page) Acts() (acts []admin.Act) {
	for _, act := range admin.Acts {
		if slices.Contains(p.Detail.May, act.Name) && !p.The().Raises() {
			acts = append(acts, act)
		}
	}
	return acts
}

// Plan is the address where an act on it begins.
func (p Page) Plan(act string) string {
	return admin.Root + "/plans/new?" + url.Values{"act": {act}, "serial": {p.The().Ref()}}.Encode()
}

// May reports whether the reader may do something that is no act of a plan.
func (p Page) May(what string) bool { return slices.Contains(p.Detail.May, what) }

// Change is a change of status, in words.
type Change struct {
	api.StatusChange
	State   admin.State
	Why     string // of a revocation
	Before  string // why it was revoked before, of a change that only made that graver
	Receipt string // the address of its receipt
}

// History are the changes of its status, the newest first.
func (p Page) History() (changes []Change) {
	for _, c := range slices.Backward(p.Detail.History) {
		change := Change{StatusChange: c, State: admin.StateOf(c.Status, false), Receipt: p.The().Path() + "/receipt" + asked(c.Number)}
		if c.Reason != "" {
			change.Why = admin.ReasonLabel(c.Reason)
		}
		if c.RaisedFrom != "" {
			change.Before = admin.ReasonLabel(c.RaisedFrom)
		}
		changes = append(changes, change)
	}
	return changes
}

// Pairs writes a hash so that eyes keep their place in it.
func Pairs(hash string) string {
	name, digits, found := strings.Cut(hash, ":")
	if !found {
		return hash
	}
	var groups []string
	for len(digits) > 8 {
		groups, digits = append(groups, digits[:8]), digits[8:]
	}
	return strings.ToUpper(name) + " " + strings.Join(append(groups, digits), " ")
}

// Fingerprint is that of the certificate, in groups.
func (p Page) Fingerprint() string { return Pairs(p.Detail.Fingerprint) }

// Pin is that of its key, in groups.
func (p Page) Pin() string { return Pairs(p.Detail.Pin) }

// Receipt is the data of the page of a receipt.
type Receipt struct {
	frame.Frame
	Of     admin.Certificate
	Says   api.Receipt
	JWS    string
	Number int64 // of the change that was asked for; 0: the last
}

// Path is the address of the page.
func (r Receipt) Path() string { return r.Of.Path() + "/receipt" + asked(r.Number) }

// File is the address of the signed receipt itself.
func (r Receipt) File() string { return r.Of.Path() + "/receipt.jws" + asked(r.Number) }

func asked(number int64) string {
	if number == 0 {
		return ""
	}
	return fmt.Sprintf("?number=%d", number)
}

// Still is the address of the receipt that does not ask again by itself.
func (r Receipt) Still() string {
	if r.Number == 0 {
		return r.Path() + "?still=1"
	}
	return r.Path() + "&still=1"
}

// RenderReceipt returns the document.
func RenderReceipt(r Receipt) []byte { return frame.Render(receipt, r) }

// Did says what the change was.
func (r Receipt) Did() string {
	switch r.Says.Status {
	case "held":
		return "Put on hold"
	case "active":
		return "Released"
	case "superseded":
		return "Superseded by its renewal"
	case "revoked":
		return "Revoked. " + admin.ReasonLabel(r.Says.Reason)
	}
	return form.Word(r.Says.Status)
}

// Before says why it was revoked before, of a change that only made that graver; else nothing.
func (r Receipt) Before() string {
	if r.Says.RaisedFrom == "" {
		return ""
	}
	return admin.ReasonLabel(r.Says.RaisedFrom)
}

// Good reports whether the change gave something back: then no node begins to refuse.
func (r Receipt) Good() bool { return r.Says.Status == "active" }

// Node is a node of the service and what it did, in words.
type Node struct{ Name, Says, Millis string }

// Nodes are the nodes in words.
func (r Receipt) Nodes() (nodes []Node) {
	verb := "refused it from"
	if r.Good() {
		verb = "took it again from"
	}
	for _, n := range r.Says.Nodes {
		node := Node{Name: n.Node, Says: "has not said so yet", Millis: "–"}
		switch {
		case n.RefusedFrom != nil:
			node.Says = verb + " " + exact(*n.RefusedFrom)
		case n.SilentFrom != nil:
			node.Says = "was silent, and closed itself by " + exact(*n.SilentFrom)
		}
		if n.Millis != nil {
			node.Millis = fmt.Sprintf("+%s ms", admin.Number(int(*n.Millis)))
		}
		nodes = append(nodes, node)
	}
	return nodes
}

// Committed is the moment of the commit, to the millisecond.
func (r Receipt) Committed() string { return exact(r.Says.CommittedAt) }

// exact writes a moment to the millisecond, where milliseconds are the matter.
func exact(t time.Time) string { return t.In(frame.London).Format("2 January 2006 at 15:04:05.000") }
