package audit

import (
	"errors"
	"testing"

	"mais/tokenctl/internal/fault"
)

// TestAlreadyFound: what fails after a person was found says the number, which need not be found again.
func TestAlreadyFound(t *testing.T) {
	if err := alreadyFound(nil, "5ad8b9f6"); err != nil {
		t.Errorf("without an error: %v", err)
	}
	by := "the number was found, so ask by it: 'tokenctl admin audit person 5ad8b9f6'"
	for next, want := range map[string]string{"": by, "try again in a minute": "try again in a minute; " + by} {
		cause := fault.New(fault.Unavailable, next, "the audit log cannot be written")
		var got *fault.Error
		if err := alreadyFound(cause, "5ad8b9f6"); !errors.As(err, &got) || got.Next != want || got.Kind != fault.Unavailable {
			t.Errorf("next is %+v, want %q", got, want)
		}
		if cause.Next != next {
			t.Errorf("the cause itself says next %q", cause.Next)
		}
	}
}
