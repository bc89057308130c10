package form

import (
	"time"

	"mais/server/api"
)

// Accuracy says from when a record is. It is guaranteed accurate on the day of release only.
type Accuracy struct {
	Words     string // whole sentences: "Accurate on the day of release, 12 March 2010. 8 months old."
	Days      int    // since the day of release; negative before it, 0 when it is unknown
	Freshness Freshness
	Advice    string // what its age asks for; empty while it is fresh
	Newest    string // the day, YYYY-MM-DD, of the newest entry that the reader may see
	Oldest    string // how old the oldest of them is, in words; empty if it is of today
}

// AgeOf returns the age of a record, in words, on the day that it is where now is.
func AgeOf(r api.Record, now time.Time) Accuracy {
	release := ItemAt(r, "service_user_details.date_of_release")
	e := Age(Text(release), now)
	a := Accuracy{Words: accuracy(release, e), Days: e.Days, Freshness: e.Freshness, Newest: newest(r), Oldest: oldest(r, now)}
	switch a.Freshness {
	case Unknown:
		a.Advice = "Treat it as old: ask the person, and ring a contact."
	case Future:
		a.Advice = "Things may have changed since it was written: ask the person."
	case Ageing, Old:
		a.Advice = "Treat the risks as at least this high: ask the person, and ring a contact."
	}
	return a
}

// accuracy is the sentence. An estimated day of release promises less than an actual one.
func accuracy(release api.Item, e Elapsed) string {
	day, estimated := Day(Text(release)), release.Certainty == "estimated"
	switch {
	case release.State == api.StateWithheld:
		return "The day of release is withheld from your role, so nothing here says when the record was last accurate."
	case e.Freshness == Unknown && release.State == "":
		return "The day of release is not known: nothing says when the record was last accurate."
	case e.Freshness == Unknown:
		return "No day of release is recorded: nothing says when the record was last accurate."
	case e.Freshness == Future && estimated:
		return "Not released yet: release is estimated for " + day + ", " + e.Words + ". The record is guaranteed accurate on the day of release only."
	case e.Freshness == Future:
		return "Not released yet: release is due on " + day + ", " + e.Words + ". The record is guaranteed accurate on that day only."
	case estimated:
		return "Accurate on the day of release, which is estimated: " + day + ". " + capital(e.Words) + "."
	}
	return "Accurate on the day of release, " + day + ". " + capital(e.Words) + "."
}

func newest(r api.Record) string {
	day := ""
	for _, section := range r.Sections {
		for _, item := range section {
			day = max(day, item.AsAt)
		}
	}
	return day
}

func oldest(r api.Record, now time.Time) string {
	day := ""
	for _, section := range r.Sections {
		for _, item := range section {
			if item.AsAt != "" && (day == "" || item.AsAt < day) {
				day = item.AsAt
			}
		}
	}
	if age := Age(day, now); age.Days > 0 {
		return age.Words
	}
	return ""
}
