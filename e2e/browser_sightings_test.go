package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// sightings are what a tab noticed since it was opened.
type sightings struct {
	mu       sync.Mutex
	shown    network.RequestID // of the document
	where    string            // the document's address
	requests []string          // METHOD address, without the assets
	faults   []string          // what a page of ours must never cause
}

// call is a command of the protocol.
func call[P, R any](t testing.TB, b *tab, command cdp.Command[P, R], params P) R {
	t.Helper()
	ctx, end := context.WithTimeout(b.ctx, patience)
	defer end()
	r, err := chromedp.Call(ctx, command, params)
	if err != nil {
		t.Fatalf("%s at %s: %v", command.Method, b.seen.address(), err)
	}
	return r
}

// watch makes the browser tell of all that note looks at. The event of a violated policy is
// heard in the page as well: the browser's own list leaves some out.
func (s *sightings) watch(ctx context.Context) error {
	if _, err := chromedp.Call(ctx, audits.Enable, cdp.Empty{}); err != nil {
		return err
	}
	_, err := chromedp.Call(ctx, runtime.AddBinding, runtime.AddBindingParams{Name: "violated"})
	_, err2 := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `addEventListener("securitypolicyviolation", e => violated(e.violatedDirective + " forbids " + e.blockedURI + " " + e.sample))`})
	return errors.Join(err, err2)
}

// note is called for each event, in order.
func (s *sightings) note(event any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.Type == network.ResourceTypeDocument {
			s.shown, s.where = e.RequestID, e.Request.URL
		}
		if !strings.Contains(e.Request.URL, "/assets/") {
			s.requests = append(s.requests, e.Request.Method+" "+e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Type != network.ResourceTypeDocument && e.Response.Status >= 400 {
			s.fault("answer %d to %s", int(e.Response.Status), e.Response.URL)
		}
	case *runtime.EventBindingCalled:
		s.fault("security policy: %s", e.Payload)
	case *runtime.EventConsoleAPICalled:
		s.fault("console.%s: %s", e.Type, words(e.Args))
	case *runtime.EventExceptionThrown:
		s.fault("exception: %s", thrown(e.ExceptionDetails))
	case *log.EventEntryAdded:
		// A refusal is a page with a status of its own; the log calls that an error. What it
		// tells for information is about us: whoever types at once comes before autofocus.
		refusal := e.Entry.Source == log.EntrySourceNetwork && e.Entry.URL == s.where
		if !refusal && (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) {
			s.fault("log: %s %s: %s", e.Entry.Level, e.Entry.Source, e.Entry.Text)
		}
	case *audits.EventIssueAdded:
		s.fault("issue: %s", issue(e.Issue))
	case *page.EventJavascriptDialogOpening:
		s.fault("dialog: %s %q", e.Type, e.Message)
	}
}

// fault is called with the lock held.
func (s *sightings) fault(format string, args ...any) {
	s.faults = append(s.faults, fmt.Sprintf(format+" (at %.80s)", append(args, s.where)...))
}

func issue(i *audits.InspectorIssue) string {
	if d := i.Details.ContentSecurityPolicyIssueDetails; d != nil {
		return fmt.Sprintf("%s %s blocked %q", i.Code, d.ViolatedDirective, d.BlockedURL)
	}
	if d := i.Details.GenericIssueDetails; d != nil {
		return fmt.Sprintf("%s %s %s", i.Code, d.ErrorType, d.ViolatingNodeAttribute)
	}
	return string(i.Code)
}

func thrown(d *runtime.ExceptionDetails) string {
	if d.Exception != nil {
		return d.Text + " " + d.Exception.Description
	}
	return d.Text
}

func words(args []*runtime.RemoteObject) string {
	var all []string
	for _, a := range args {
		all = append(all, string(a.Value)+a.Description)
	}
	return strings.Join(all, " ")
}

func (s *sightings) address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.where
}

func (s *sightings) document() network.RequestID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown
}

// count returns how many requests were sent, without those for assets.
func (s *sightings) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// faultless demands that nothing was seen that must not be, and forgets what was.
func (s *sightings) faultless(t testing.TB) {
	t.Helper()
	for _, f := range s.takeFaults() {
		t.Error(f)
	}
}

func (s *sightings) takeFaults() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.faults
	s.faults = nil
	return all
}
