package e2e_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// axeRules are WCAG 2.2 AA and what axe's authors advise beyond it.
var axeRules = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"}

// violation is a rule of axe that the page breaks.
type violation struct {
	ID, Help string
	Nodes    []struct {
		Target  []any
		Summary string `json:"failureSummary"`
	}
}

func (v violation) String() string {
	text := fmt.Sprintf("axe: %s: %s", v.ID, v.Help)
	for _, n := range v.Nodes {
		text += fmt.Sprintf("\n  %v: %s", n.Target, n.Summary)
	}
	return text
}

// axe returns what is wrong with the page as it is shown. It runs in a world of its own
// beside the page's, which the page's security policy does not bind.
func (b *tab) axe(t testing.TB) (violations []violation) {
	t.Helper()
	tree := call(t, b, page.GetFrameTree, cdp.Empty{})
	world := call(t, b, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: tree.FrameTree.Frame.ID, WorldName: "axe"})
	run := func(script string) *runtime.RemoteObject {
		yes := true
		r := call(t, b, runtime.Evaluate, runtime.EvaluateParams{
			Expression: script, ContextID: world.ExecutionContextID, AwaitPromise: &yes, ReturnByValue: &yes,
		})
		if r.ExceptionDetails != nil {
			t.Fatalf("axe at %s: %v", b.seen.address(), thrown(r.ExceptionDetails))
		}
		return r.Result
	}
	run(read(t, module(t, "axe-core", "axe.min.js")) + "; undefined")
	rules, err := json.Marshal(axeRules)
	if err != nil {
		t.Fatal(err)
	}
	found := run(fmt.Sprintf(`axe.run(document, {runOnly: %s, resultTypes: ["violations"]}).then(r => ({passes: r.passes.length, violations: r.violations}))`, rules))
	var report struct {
		Passes     int
		Violations []violation
	}
	if err := json.Unmarshal(found.Value, &report); err != nil || report.Passes == 0 {
		t.Fatalf("axe at %s looked at nothing: %v, %s", b.seen.address(), err, found.Value)
	}
	return report.Violations
}
