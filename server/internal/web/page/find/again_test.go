package find

import (
	"slices"
	"testing"

	"mais/server/api"
	"mais/server/internal/web/page/pagetest"
)

// TestAgain: what is offered to whom nobody was found, and that each can be searched for.
func TestAgain(t *testing.T) {
	for _, test := range []struct {
		q    api.SearchRequest
		want []string
	}{
		{api.SearchRequest{Surname: "Ketring"}, []string{"names that begin with “Ket”", "“Ketring” as the first name"}},
		{api.SearchRequest{Surname: "Smy"}, []string{"names that begin with “Sm”", "“Smy” as the first name"}},
		{api.SearchRequest{FirstName: "Jo"}, []string{"“Jo” as the family name"}},
		{api.SearchRequest{Surname: "O’Brian", FirstName: "Adrien"}, []string{
			"names that begin with “O’Br” and “Adr”", "“Adrien” as the family name and “O’Brian” as the first name"}},
		{api.SearchRequest{Surname: "Ian  Cooper", Exact: true}, []string{
			"names that begin with “Ian”", "the same without “Whole names only”", "“Cooper” as the family name and “Ian” as the first name"}},
		{api.SearchRequest{Surname: "Ian C"}, []string{"names that begin with “Ian”"}},
		{api.SearchRequest{Surname: "Coper", DateOfBirth: "2001-02-13"}, []string{
			"the date of birth alone", "names that begin with “Cop”", "the name without the date of birth", "“Coper” as the first name"}},
		{api.SearchRequest{DateOfBirth: "2001-02-13"}, nil},
		{api.SearchRequest{Surname: "NG/4471/10"}, nil},
		{api.SearchRequest{Surname: "NG/4471/10", DateOfBirth: "2001-02-13"}, []string{"the date of birth alone", "the name without the date of birth"}},
	} {
		var got []string
		for _, o := range again(test.q) {
			got = append(got, o.Words)
			if _, faults := TypedOf(o.Query).Query(today); len(faults) > 0 {
				t.Errorf("%+v: offered is %+v, which cannot be searched for: %v", test.q, o.Query, faults)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("again(%+v) = %q, want %q", test.q, got, test.want)
		}
	}
}

// TestAgainOnPage: each offer is one press, and a number is told to be none of a person's.
func TestAgainOnPage(t *testing.T) {
	q := api.SearchRequest{Surname: "NG/4471/10", DateOfBirth: "2001-02-13"}
	a := NewAnswer(q, api.SearchResults{AsOf: today}, today)
	for n := range a.Again {
		a.Again[n].Path = "/find/sealed"
	}
	section := pagetest.ByID(pagetest.Parse(t, Render(Page{Frame: framed(), Typed: TypedOf(q), Answer: a})), "results")
	items := pagetest.ByTag(section, "li")
	if got := pagetest.Text(items[0]); got != "the name or the date of birth: MAIS is not searched by custody numbers or any others" {
		t.Errorf("of a number the page says %q", got)
	}
	for _, li := range items[1 : 1+len(a.Again)] {
		if links := pagetest.ByTag(li, "a"); len(links) != 1 || pagetest.Attr(links[0], "href") != "/find/sealed" {
			t.Errorf("%q is no link to its search", pagetest.Text(li))
		}
	}
}
