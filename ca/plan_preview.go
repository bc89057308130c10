package ca

import (
	"context"

	"mais/ca/internal/store"
	"mais/certs"
)

// Preview is what a plan would do if it were carried out now.
type Preview struct {
	Total   int // certificates in it
	Changes int // of them that would change
	Raised  int // of Changes: revoked already, and raised to keyCompromise
	Already int // of them that stand so already; the rest may not be changed so
	Nodes   int // of them that are the service's own
	Along   int // certificates that would go with those of the plan, being of one line with them
	Own     bool
	// Losers would have no live certificate left: how many they are, and the first by holder.
	LosersAll int
	Losers    []Holder
	// Long plans are not looked at one by one: then LosersAll is the most that it can be,
	// nobody is named, and what would change, stands so already or goes along is not known.
	Long  bool
	Among []certs.Identity // those of PreviewOf.Among that would
	// Younger are the certificates that began after the plan's invalidity date: they are invalid
	// since they began.
	Younger int
}

// Holder is who holds a certificate.
type Holder struct {
	Identity certs.Identity
	Holder   string
	Name     string
}

// PreviewOf says what to look at.
type PreviewOf struct {
	Among []certs.Identity // to be told which of them would have no live certificate left
	Own   certs.Ref        // to be told whether this certificate would end
	Limit int              // of Preview.Losers
}

// maxForeseen is how many certificates of a plan are looked at one by one, to say what it would
// do: whoever asks waits for it. A test changes it.
var maxForeseen = 200_000

// Preview says what a plan would do.
func (c *CA) Preview(ctx context.Context, p Plan, of PreviewOf) (Preview, error) {
	results, err := store.Results(ctx, c.db, p.ID)
	if err != nil {
		return Preview{}, err
	}
	total, _ := Certificates(results)
	younger := 0
	if !p.Since.IsZero() {
		if younger, err = store.Younger(ctx, c.db, p.ID, p.Since); err != nil {
			return Preview{}, err
		}
	}
	look := store.PreviewOf{
		Plan: store.Plan{ID: p.ID, Act: p.Act}, Key: p.Act == "revoke" && p.Reason == KeyCompromise, Now: c.now(), Among: identityTexts(of.Among), Own: of.Own, Limit: of.Limit,
	}
	if total > maxForeseen {
		return c.previewLong(ctx, p, look, total, younger)
	}
	found, err := store.ReadPreview(ctx, c.db, look)
	if err != nil {
		return Preview{}, err
	}
	out := Preview{
		Total: found.Total, Changes: found.Changes, Raised: found.Raised, Already: found.Already, Nodes: found.Nodes, Along: found.Along, Own: found.Own, LosersAll: found.LosersAll,
		Younger: younger,
	}
	ids, err := parseIdentities(found.Losers)
	if err != nil {
		return Preview{}, err
	}
	for n, id := range ids {
		out.Losers = append(out.Losers, Holder{id, found.Holders[n], found.Names[n]})
	}
	out.Among, err = parseIdentities(found.Among)
	return out, err
}

// previewLong says of a long plan what matters most.
func (c *CA) previewLong(ctx context.Context, p Plan, look store.PreviewOf, total, younger int) (Preview, error) {
	out := Preview{Total: total, Changes: total, Long: true, Younger: younger}
	if p.Act == "release" {
		return out, nil
	}
	found, err := store.ReadLongPreview(ctx, c.db, look)
	if err != nil {
		return Preview{}, err
	}
	out.LosersAll, out.Own, out.Nodes = total, found.Own, found.Nodes
	out.Among, err = parseIdentities(found.Among)
	return out, err
}

// PlanResults returns how many items of a plan have each result.
func (c *CA) PlanResults(ctx context.Context, id string) (map[string]int, error) {
	return store.Results(ctx, c.db, id)
}

// PlanCertificate returns the first certificate of a plan.
func (c *CA) PlanCertificate(ctx context.Context, id string) (certs.Ref, error) {
	return store.FirstOf(ctx, c.db, id)
}

// PlanItem is a certificate of a plan, or a line that names none.
type PlanItem = store.PlanItem

// PlanItems returns up to limit items of a plan after number n, in order.
func (c *CA) PlanItems(ctx context.Context, id string, after, limit int) ([]PlanItem, error) {
	return store.Items(ctx, c.db, id, after, limit, false)
}

func identityTexts(ids []certs.Identity) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		out = append(out, id.String())
	}
	return out
}

func parseIdentities(texts []string) ([]certs.Identity, error) {
	var out []certs.Identity
	for _, text := range texts {
		id, err := certs.ParseIdentity(text)
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
}
