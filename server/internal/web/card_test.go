package web

import (
	"context"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/authn"
)

// Cards gives none: the overview asks for them.
func (*credentials) Cards(context.Context, authn.Principal, api.CardFilter) (api.CardList, error) {
	return api.CardList{}, nil
}

// TestCardParameters: each parameter once, and no other.
func TestCardParameters(t *testing.T) {
	var got api.CardFilter
	err := cardParameters(&got).read(url.Values{"q": {"anna"}, "state": {"held"}, "level": {"card"}, "other_holder": {"true"}, "page": {"2"}, "per_page": {"10"}})
	want := api.CardFilter{Query: "anna", State: "held", Level: "card", OtherHolder: true, Page: 2, PerPage: 10}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("read: %v (-want +got):\n%s", err, diff)
	}
	for _, query := range []string{"q=a&q=b", "page=0", "page=x", "other_holder=yes", "serial=1", "state=held&state=held"} {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		var f api.CardFilter
		if err := cardParameters(&f).read(v); err == nil {
			t.Errorf("read(%s) = %+v", query, f)
		}
	}
}

// TestCardForm: an address names a card as the inventory does, and nothing else.
func TestCardForm(t *testing.T) {
	for id, want := range map[string]bool{
		"yubico-12345678": true, "serial-7": true, "guid-00112233445566778899aabbccddeeff": true,
		"": false, "yubico": false, "Yubico-1": false, "a-b-c": false, "x-1/2": false, "x-1\n": false, "witness": false, "..-1": false,
	} {
		if got := cardForm.MatchString(id); got != want {
			t.Errorf("%q: %v, want %v", id, got, want)
		}
	}
}

// TestIsAddress: what no mail could be sent to is not looked for.
func TestIsAddress(t *testing.T) {
	for text, want := range map[string]bool{
		"anna@police.example": true, "": false, "anna": false, "A <anna@police.example>": false, "a@b.example, c@d.example": false,
		"a@b.example\nBcc: c@d.example": false, "a@b.example\x00": false,
	} {
		if got := isAddress(text); got != want {
			t.Errorf("isAddress(%q) = %v, want %v", text, got, want)
		}
	}
}
