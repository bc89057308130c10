package certificate

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/admintest"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplates(t *testing.T) {
	pagetest.Check(t, page, Page{})
	pagetest.Check(t, receipt, Receipt{})
}

func one() Page {
	c := admintest.Certificate("aa00000000000000000000000000000a")
	return Page{Frame: admintest.Frame("Certificate"), Detail: api.CertificateDetail{
		Certificate: c, PEM: "PEM", Fingerprint: "sha256:0011223344556677", Pin: "sha256:8899aabbccddeeff", KeyType: "ECDSA P-256",
		SAN: []string{"DNS:feed.moor.example", "IP:192.0.2.7", "URI:urn:mais:site:1"},
		May: []string{"hold", "revoke", "export", "receipt"},
	}}
}

// TestActive: a good one can be held and revoked, and not released.
func TestActive(t *testing.T) {
	doc := admintest.Main(t, Render(one()))
	admintest.Says(t, Render(one()), "Dana Whitlock", "Good", "It ends on 22 January 2027, in 61 days", "SHA256 00112233 44556677", "SHA256 8899aabb ccddeeff",
		"ECDSA P-256", "DNS:feed.moor.example IP:192.0.2.7 URI:urn:mais:site:1", "people-1", "aa00000000000000000000000000000a")
	var buttons []string
	for _, b := range pagetest.ByClass(doc, "govuk-button") {
		buttons = append(buttons, pagetest.Attr(b, "href"))
	}
	if got, want := strings.Join(buttons, " "), "/admin/plans/new?act=hold&serial=people-1%2Faa00000000000000000000000000000a /admin/plans/new?act=revoke&serial=people-1%2Faa00000000000000000000000000000a"; got != want {
		t.Errorf("buttons lead to %s, want %s", got, want)
	}
	if links := pagetest.All(doc, func(e *html.Node) bool { return strings.HasSuffix(pagetest.Attr(e, "href"), "/receipt") }); len(links) > 0 {
		t.Error("there is a receipt for what never changed")
	}
}

// TestEnded: how it stands is told with when, by whom and why, with the RFC's name.
func TestEnded(t *testing.T) {
	p := one()
	since := admintest.Now.AddDate(0, 0, -3)
	p.Detail.Status, p.Detail.Reason, p.Detail.StatusBy, p.Detail.StatusAt, p.Detail.InvalidityDate = "revoked", "keyCompromise", "Ada Ministrator", admintest.Now, &since
	p.Detail.May = []string{"export", "receipt"}
	p.Detail.History = []api.StatusChange{{Number: 7, Status: "held", At: since}, {Number: 9, Status: "revoked", At: admintest.Now}}
	other := admintest.Certificate("bb")
	other.Status = "superseded"
	p.Detail.Line, p.Own = []api.Certificate{other}, true
	admintest.Says(t, Render(p), "It would have ended on 22 January 2027.", "Revoked since 22 November 2026 at 12:00, by Ada Ministrator. Why: It was lost or stolen", "(keyCompromise)",
		"not to be trusted since 19 November 2026", "Change 9", "Change 7", "Receipt for the last change", "what it renewed, and what renewed it", "Superseded",
		"This is the one you are using now")
	if n := len(pagetest.ByClass(admintest.Main(t, Render(p)), "govuk-button")); n != 0 {
		t.Errorf("%d buttons for what has ended", n)
	}
}

// TestRaise: what was revoked for less can be said to be compromised, and nothing else; and then both are told.
func TestRaise(t *testing.T) {
	p := one()
	p.Detail.Status, p.Detail.Reason, p.Detail.StatusBy, p.Detail.StatusAt = "revoked", "superseded", "Ada Ministrator", admintest.Now.AddDate(0, 0, -3)
	raise := func() (links []string) {
		for _, e := range pagetest.ByTag(admintest.Main(t, Render(p)), "a") {
			if strings.Contains(pagetest.Attr(e, "href"), "act=") {
				links = append(links, pagetest.Attr(e, "href"))
			}
		}
		return links
	}
	if got, want := strings.Join(raise(), " "), "/admin/plans/new?act=revoke&serial=people-1%2Faa00000000000000000000000000000a&reason=keyCompromise"; got != want {
		t.Errorf("what was revoked as superseded leads to %q, want %q", got, want)
	}
	p.Detail.May = []string{"export", "receipt"} // of another agency
	if got := raise(); len(got) > 0 {
		t.Errorf("without the power to revoke it leads to %q", got)
	}
	p.Detail.Reason, p.Detail.RaisedAt = "keyCompromise", &admintest.Now
	p.Detail.History = []api.StatusChange{{Number: 7, Status: "revoked", Reason: "superseded"}, {Number: 9, Status: "revoked", Reason: "keyCompromise", RaisedFrom: "superseded"}}
	admintest.Says(t, Render(p), "Revoked since 19 November 2026 at 12:00; said to be compromised on 22 November 2026 at 12:00, by Ada Ministrator. Why: It was lost or stolen",
		"Revoked before: Another has taken its place")
	r := reckoned()
	r.Says.RaisedFrom = "superseded"
	admintest.Says(t, RenderReceipt(r), "Revoked. It was lost or stolen", "Revoked before Another has taken its place It was refused all along")
}

func reckoned() Receipt {
	millis, slow := int64(12), int64(4012)
	at, later := admintest.Now.Add(12*time.Millisecond), admintest.Now.Add(4012*time.Millisecond)
	return Receipt{Frame: admintest.Frame("Receipt"), Of: admin.Certificate{Certificate: admintest.Certificate("aa"), Now: admintest.Now}, Says: api.Receipt{
		Issuer: "people-1", Serial: "aa", Status: "revoked", Reason: "keyCompromise", By: "Ada Ministrator", Number: 9, CommittedAt: admintest.Now, Final: true,
		Nodes: []api.ReceiptNode{{Node: "one", RefusedFrom: &at, Millis: &millis}, {Node: "two", SilentFrom: &later, Millis: &slow}, {Node: "three"}},
	}}
}

func TestReceipt(t *testing.T) {
	r := reckoned()
	admintest.Says(t, RenderReceipt(r), "Final", "Revoked. It was lost or stolen", "22 November 2026 at 12:00:00.000", "Change number 9",
		"one +12 ms refused it from 22 November 2026 at 12:00:00.012", "two +4,012 ms was silent, and closed itself by", "three – has not said so yet")
	r.Says.Final = false
	r.Reload = frame.Reload{At: r.Now.Add(5 * time.Second), Path: "/admin/certificates/people-1/aa/receipt"}
	admintest.Says(t, RenderReceipt(r), "Not final yet", "asks again by itself", "Stop that")
	r.Reload = frame.Reload{}
	admintest.Says(t, RenderReceipt(r), "Not final yet", "Ask again")
	r.Says.Status, r.Says.Reason, r.Says.Nodes = "active", "", r.Says.Nodes[:1]
	admintest.Says(t, RenderReceipt(r), "Released", "took it again from")
	r.Says.Nodes = nil
	admintest.Says(t, RenderReceipt(r), "No node was alive then")
}

func TestHostile(t *testing.T) {
	show := func(text string) []byte {
		p := one()
		c := &p.Detail.Certificate
		c.Status, c.Name, c.Holder, c.Agency, c.DNSNames, c.Identity, c.IssuedBy, c.StatusBy, c.Issuer, c.Reason = "revoked", text, text+"2", text, []string{text, text}, text, text, text, text, text
		p.Detail.Line, p.Detail.KeyType, p.Detail.Pin = []api.Certificate{*c}, text, text
		return Render(p)
	}
	prove := func(text string) []byte {
		r := reckoned()
		r.Says.By, r.Says.Reason, r.Says.Serial, r.Of.Name, r.Says.Nodes[0].Node = text, text, text, text, text
		return RenderReceipt(r)
	}
	for _, text := range admintest.Hostile(t) {
		admintest.Calm(t, show(text), show("calm"), text)
		admintest.Calm(t, prove(text), prove("calm"), text)
	}
}
