package certificates

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

// Asked is what the list is asked for. Sealed is what stands for Query in an address.
type Asked struct {
	Query, Sealed                   string
	Status, Profile, Issuer, Agency string
	Card                            string // the id of a card; no field of the form
	Before                          time.Time
	Sort                            string
	Page                            int
}

// Sealed is the parameter of an address that stands for the search.
const Sealed = "find"

// The parameters of an address that are not fields of the form.
const (
	sort   = "sort"
	onCard = "card"

	newest = "-issued" // the order when none is asked for
	most   = 200       // characters of a text
)

var sorts = []string{"expires", "issued", "holder", "status"}

// Read returns what an address asks for; ok is false for one that no page of ours leads to.
// Query is the caller's to fill in, from Sealed.
func Read(v url.Values) (a Asked, ok bool) {
	a = Asked{Sealed: v.Get(Sealed), Status: v.Get(Status), Profile: v.Get(Profile), Issuer: v.Get(Issuer), Agency: v.Get(Agency), Sort: v.Get(sort), Card: v.Get(onCard)}
	var err error
	if text := v.Get(Before); text != "" {
		if a.Before, err = time.ParseInLocation(time.DateOnly, text, frame.London); err != nil {
			return a, false
		}
	}
	page, ok := admin.ReadPage(v, Sealed, sort, Status, Profile, Issuer, Agency, Before, onCard)
	if a.Page = page; !ok {
		return a, false
	}
	known := a.Sort == "" || slices.Contains(sorts, strings.TrimPrefix(a.Sort, "-"))
	return a, known && len(a.faults()) == 0
}

// faults says what is wrong with the values, in the order of the fields.
func (a Asked) faults() (faults frame.Faults) {
	for _, text := range []struct{ field, label, value string }{
		{Query, "What you look for", a.Query}, {Issuer, "The issuer", a.Issuer}, {Agency, "The agency", a.Agency}, {onCard, "The card", a.Card},
	} {
		_, unseen := form.Unseen(text.value, "")
		switch {
		case unseen || !utf8.ValidString(text.value):
			faults = append(faults, frame.Fault{Field: text.field, Text: text.label + " holds a character that cannot be seen: type it again"})
		case utf8.RuneCountInString(text.value) > most:
			faults = append(faults, frame.Fault{Field: text.field, Text: text.label + " must be 200 characters or fewer"})
		}
	}
	if !admin.Known(admin.Statuses, a.Status) {
		faults = append(faults, frame.Fault{Field: Status, Text: "Choose a status from the list"})
	}
	if !admin.Known(admin.Profiles, a.Profile) {
		faults = append(faults, frame.Fault{Field: Profile, Text: "Choose a kind from the list"})
	}
	return faults
}

// Values are the parameters of an address, but for the place in the list.
func (a Asked) Values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{
		Sealed: a.Sealed, Status: a.Status, Profile: a.Profile, Issuer: a.Issuer, Agency: a.Agency, sort: a.Sort, onCard: a.Card,
	} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if !a.Before.IsZero() {
		v.Set(Before, a.Before.In(frame.London).Format(time.DateOnly))
	}
	return v
}

// Path is the address of the list.
func (a Asked) Path() string {
	v := a.Values()
	if a.Page > 1 {
		v.Set(admin.PageNumber, strconv.Itoa(a.Page))
	}
	return Path + query(v)
}

// EndingWithin is the address of what is good and ends within so many days, to the end of the
// last of them, the first to end at the top.
func EndingWithin(days int, now time.Time) string {
	return Asked{Status: "live", Before: now.In(frame.London).AddDate(0, 0, days+1), Sort: "expires"}.Path()
}

func query(v url.Values) string {
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

func (a Asked) order() string {
	if a.Sort == "" {
		return newest
	}
	return a.Sort
}

func (a Asked) narrowed() bool {
	a.Sort, a.Page = "", 0
	return a != Asked{}
}

// Filter is what the inventory is asked for.
func (a Asked) Filter() api.CertificateFilter {
	return api.CertificateFilter{
		Query: a.Query, Status: a.Status, Profile: a.Profile, Issuer: a.Issuer, Agency: a.Agency, ExpiresBefore: a.Before, Card: a.Card,
		Sort: a.order(), Page: max(1, a.Page), PerPage: PerPage,
	}
}

// Typed is what stands in the form, by the name of its field.
type Typed map[string]string

// Typed returns the form that asks for the same.
func (a Asked) Typed() Typed {
	d := admin.DateOf(Before, a.Before)
	return Typed{
		Query: a.Query, Status: a.Status, Profile: a.Profile, Issuer: a.Issuer, Agency: a.Agency,
		Before: d.Day, Before + "-month": d.Month, Before + "-year": d.Year,
	}
}

func (t Typed) before() admin.Date { return admin.DateTyped(Before, t) }

// Asked returns what the form asks for, or what is wrong with it. Sealed is the caller's to
// fill in.
func (t Typed) Asked() (Asked, frame.Faults) {
	a := Asked{
		Query: strings.TrimSpace(t[Query]), Status: t[Status], Profile: t[Profile], Issuer: strings.TrimSpace(t[Issuer]), Agency: strings.TrimSpace(t[Agency]),
	}
	var wrong frame.Faults
	a.Before, wrong = t.before().Time()
	return a, append(a.faults(), wrong...)
}
