package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mais/server/api"
	"mais/server/internal/authn"
	use "mais/server/internal/usage"
)

// uses is the usage of a service where nobody has answered yet.
type uses struct {
	err  error
	kept []string
}

func (u *uses) Report(context.Context, authn.Principal) (api.Usage, error) { return api.Usage{}, u.err }

func (u *uses) Ask(context.Context, authn.Principal, string) (bool, error) { return true, u.err }

func (u *uses) Answer(_ context.Context, _ authn.Principal, person, answer, words string) error {
	u.kept = append(u.kept, person+" "+answer+" "+words)
	return u.err
}

// waits are tasks of which one waits.
type waits struct{}

func (waits) Overview(context.Context, authn.Principal) (api.Overview, error) {
	return api.Overview{ToApprove: 1, Open: 1}, nil
}

// TestSayUseful: an answer is kept for a look that there was; without one the way leads to the
// search, and what is no answer is refused.
func TestSayUseful(t *testing.T) {
	for name, tt := range map[string]struct {
		sent   url.Values
		no     bool // reason was given for the look
		err    error
		status int
		kept   string
	}{
		"an answer":     {sent: url.Values{"answer": {"not-found"}, "words": {"no number"}}, status: http.StatusOK, kept: someone + " not-found no number"},
		"no look":       {sent: url.Values{"answer": {"yes"}}, no: true, status: http.StatusSeeOther},
		"no answer":     {sent: url.Values{"answer": {"maybe"}}, err: use.ErrAnswer, kept: someone + " maybe "},
		"another field": {sent: url.Values{"answer": {"yes"}, "person": {"x"}}},
	} {
		u := &uses{err: tt.err}
		c := calling(t, &grounded{noReason: tt.no}, someone, tt.sent)
		c.site.opts.Usage = u
		out, err := sayUseful(t.Context(), c)
		if (err != nil) != (tt.status == 0) || out.status != tt.status || strings.Join(u.kept, ",") != tt.kept {
			t.Errorf("%s: status %d, %v, kept %q", name, out.status, err, u.kept)
		}
		if err != nil && problemOf(err).Status != http.StatusBadRequest {
			t.Errorf("%s: %v is no fault of the form", name, err)
		}
	}
}

// TestRecordWithoutQuestion: when nobody can say whether to ask, the record is shown without.
func TestRecordWithoutQuestion(t *testing.T) {
	c := calling(t, &grounded{}, someone, nil)
	if !c.asks(t.Context()) {
		t.Error("nobody is asked")
	}
	c.site.opts.Usage = &uses{err: errors.New("no database")}
	if c.asks(t.Context()) {
		t.Error("asked, though nobody knows")
	}
}
