package web

import (
	"bytes"
	"encoding/csv"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"mais/server/api"
)

func TestFilterOf(t *testing.T) {
	at := time.Date(2026, 3, 12, 9, 30, 0, 0, time.UTC)
	got, err := filterOf(url.Values{
		"q": {" ann "}, "status": {"live"}, "profile": {"site"}, "issuer": {"people-1"}, "user": {"u"}, "agency": {"a"}, "site": {"s"}, "sort": {"-expires"},
		"expires_before": {"2026-03-12T09:30:00Z"}, "issued_from": {"2026-03-12T10:30:00+01:00"}, "issued_before": {"2026-03-12T09:30:00Z"}, "page": {"2"}, "per_page": {"7"},
	})
	want := api.CertificateFilter{Query: "ann", Status: "live", Profile: "site", Issuer: "people-1", User: "u", Agency: "a", Site: "s", Sort: "-expires",
		ExpiresBefore: at, IssuedFrom: got.IssuedFrom, IssuedBefore: at, Page: 2, PerPage: 7}
	if err != nil || got != want || !got.IssuedFrom.Equal(at) {
		t.Errorf("filterOf = %+v, %v, want %+v", got, err, want)
	}
}

// What was searched for is in the event whole and first to last, whatever stands around it.
func TestSpelledFilter(t *testing.T) {
	for query, want := range map[string]string{
		"": "", "q=%20%20ann%20": "q=ann", "status=live&q=a%26b": "q=a%26b&status=live", "page=1": "", "page=3&per_page=7": "page=3",
		"expires_before=2026-03-12T10:30:00%2B01:00": "expires_before=2026-03-12T09%3A30%3A00Z", "q=" + strings.Repeat("+", 600): "",
		"q=" + strings.Repeat("+", 600) + "ann": "q=ann",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		filter, err := filterOf(values)
		if got := certificateParameters(&filter).spelled(); err != nil || got != want {
			t.Errorf("spelled(%.60s) = %q, %v, want %q", query, got, err, want)
		}
	}
}

// Whatever an address asks for, it is a filter or says which parameter is wrong.
func FuzzFilterOf(f *testing.F) {
	for _, seed := range []string{"", "q=a&status=live", "page=1&page=2", "expires_before=2026-03-12", "x=1", "page=99999999999999999999", "q=%ff", "sort=-expires&per_page=0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		got, err := filterOf(q)
		if err != nil && len(faultsOf(err)) != 1 {
			t.Errorf("filterOf(%q) = %v, want one fault of a field", query, err)
		}
		if err == nil && (got.Page < 0 || got.PerPage < 0) {
			t.Errorf("filterOf(%q) = %+v", query, got)
		}
	})
}

// A table holds text only: whatever a name is, no spreadsheet runs it, and a reader of CSV gets
// back what was there but for the apostrophe.
func TestInventoryCSV(t *testing.T) {
	names := []string{"Ann", "=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "a,b", "a\"b", "a\nb", "", "'quoted",
		"\nx", "  =1", "\u00a0@x", "\u200b+1", " \tx", "\uff1d1", "\uff0b1", "\uff0d1", " \uff20x", "\xff", "a-b", " a"}
	var b bytes.Buffer
	err := inventoryCSV(&b, func(give func(api.Certificate) error) error {
		var errs []error
		for _, name := range names {
			errs = append(errs, give(api.Certificate{Name: name, DNSNames: []string{"a.example", "b.example"}}))
		}
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != len(names)+1 {
		t.Fatalf("the table has %d rows, %v", len(rows), err)
	}
	column := slices.Index(rows[0], "name")
	for n, want := range []string{"Ann", "'=cmd|'/c calc'!A1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "'\rx", "a,b", "a\"b", "a\nb", "", "'quoted",
		"'\nx", "'  =1", "'\u00a0@x", "'\u200b+1", "' \tx", "'\uff1d1", "'\uff0b1", "'\uff0d1", "' \uff20x", "\xff", "a-b", " a"} {
		if got := rows[n+1][column]; got != want || len(rows[n+1]) != len(inventoryColumns) {
			t.Errorf("%q is %q in the table, want %q", names[n], got, want)
		}
	}
	stop := errors.New("stop")
	if err := inventoryCSV(&b, func(func(api.Certificate) error) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("inventoryCSV = %v, want %v", err, stop)
	}
}
