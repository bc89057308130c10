package web

import (
	"context"
	"slices"
	"time"

	"mais/ca"
	"mais/certs"
	"mais/internal/pg"
	"mais/server/internal/audit"
	"mais/server/internal/lifecycle"
)

// actOf names the CA's acts in the audit.
var actOf = map[string]string{
	"invite": "token.invite", "cancel-code": "token.cancel-code", "enrol": "token.enrol", "spend": "password.code-spent", "renew": "token.renew", levelLowered: "token.level-lowered", "issue-server": "token.issue-server",
	"issue-ocsp": "token.issue-ocsp", "issue-receipt": "token.issue-receipt",
	"revoke": "token.revoke", "hold": "token.hold", "release": "token.release", "supersede": "token.supersede", "destroy": "token.destroy",
	otherHolder: "card.other-holder", "card.returned": "card.returned", "card.witness": "card.witness",
	"announce-pins":   "pin.announce",
	"journal-missing": "journal.missing", "journal-replay": "journal.replay", "journal-lost": "journal.lost",
	"quarantine": "quarantine.make", "quarantine-approve": "quarantine.approve",
	"withdraw":   "access.withdrawn-again",
	"install-ca": "ca.install", "withdraw-request": "ca.withdraw-request", "activate-ca": "ca.activate", "root-list": "ca.root-list",
}

// otherHolder is the act that a certificate was issued on a card which was somebody else's.
const otherHolder = "card.other-holder"

// levelLowered is the act that a renewal came out at a lower level than what it renews.
const levelLowered = "level-lowered"

// beside are the acts that have an event of their own, beside that of the request that brought
// them about.
var beside = []string{otherHolder, levelLowered}

// planned are the acts of which a request brings several about, each with an event of its own
// that carries the facts of the request or, later, of the one that confirmed a plan.
var planned = []string{"cancel-code", "revoke", "hold", "release", "supersede"}

type actKey struct{}

// acting lets the event of a CA's act carry the facts of the request that brought it
// about, so that the two are one event, which commits with the act.
type acting struct {
	event    audit.Event
	recorded bool
}

// withAct returns a context under which RecordAct completes c's event.
func withAct(ctx context.Context, c *call) (context.Context, *acting) {
	a := &acting{event: c.event}
	return context.WithValue(ctx, actKey{}, a), a
}

// RecordAct is the CA's Options.Record: it appends the event of an act in the act's own
// transaction.
func RecordAct(ctx context.Context, tx *pg.Tx, act ca.Act) error {
	name, known := actOf[act.What]
	if !known {
		name = "token.other"
	}
	e := audit.Event{Act: name, AuthMethod: "system", UserName: act.By}
	if act.What == "withdraw" { // whose doing it was at first stands in the note
		e.UserName = "MAIS, after a restore"
	}
	a, _ := ctx.Value(actKey{}).(*acting)
	if a != nil {
		if e = a.event; slices.Contains(beside, act.What) {
			e.Act = name
		}
	} else if given, ok := lifecycle.EventOf(ctx); ok && slices.Contains(planned, act.What) {
		e = given
		e.Act = name
	}
	if e.User == "" && (act.What == "enrol" || act.What == "spend" || act.What == otherHolder) && act.Identity.Kind() == certs.User {
		e.User, e.UserName, e.AuthMethod = act.Identity.ID(), act.Name, "code"
	}
	detail := detailOf(act)
	for key, value := range e.Detail { // such as the plan that the act was part of
		if _, taken := detail[key]; !taken {
			detail[key] = value
		}
	}
	e.Outcome, e.Detail = audit.Allowed, detail
	if err := audit.AppendIn(ctx, tx, e); err != nil {
		return err
	}
	if a != nil && !slices.Contains(beside, act.What) {
		a.recorded = true
	}
	return nil
}

func detailOf(act ca.Act) map[string]string {
	d := map[string]string{
		"identity": act.Identity.String(), "profile": string(act.Profile), "holder": act.Holder, "name": act.Name, "by": act.By,
		"note": act.Note, "order": act.Order, "sha256": act.Fingerprint.String(), "reason": act.Reason,
	}
	if d["card"] = act.Card; !act.Former.IsZero() {
		d["former"] = act.Former.String()
	}
	if act.Ref != (certs.Ref{}) {
		d["certificate"] = act.Ref.String()
	}
	if act.Replaces != (certs.Ref{}) {
		d["replaces"] = act.Replaces.String()
	}
	if !act.NotAfter.IsZero() {
		d["not_after"] = act.NotAfter.UTC().Format(time.RFC3339)
	}
	if !act.Since.IsZero() {
		d["invalid_since"] = act.Since.UTC().Format(time.RFC3339)
	}
	for key, value := range d {
		if value == "" {
			delete(d, key)
		}
	}
	return d
}
