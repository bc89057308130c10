package fault

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestOf(t *testing.T) {
	cause := errors.New("no route to host")
	reach := New(Unreachable, "", "it cannot be reached").Because(cause)
	for _, test := range []struct {
		name string
		err  error
		kind Kind
		exit int
		says string
	}{
		{"a fault", reach, Unreachable, 8, "it cannot be reached: no route to host"},
		{"a wrapped fault", fmt.Errorf("x: %w", reach), Unreachable, 8, "it cannot be reached: no route to host"},
		{"any error", errors.New("disk full"), Failed, 1, "disk full"},
		{"an interruption", fmt.Errorf("x: %w", context.Canceled), Interrupted, 130, "interrupted"},
		{"an interrupted fault", reach.Because(context.Canceled), Interrupted, 130, "interrupted"},
	} {
		got := Of(test.err)
		if got.Kind != test.kind || got.Kind.Exit() != test.exit || got.Error() != test.says {
			t.Errorf("%s: Of = %s, exit %d, %q, want %s, %d, %q", test.name, got.Kind, got.Kind.Exit(), got, test.kind, test.exit, test.says)
		}
	}
	if !errors.Is(reach, cause) || Is(cause, Failed) {
		t.Error("a cause is lost, or a plain error taken for a fault")
	}
	if got := reach.During("renew").Error(); got != "renew: it cannot be reached: no route to host" {
		t.Errorf("During = %q", got)
	}
}
