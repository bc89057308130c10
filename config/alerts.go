package config

import "time"

// Alerts say when the service tells governance officers that somebody uses it in a way that wants
// looking into. Each number is of one user, or of one address whose user is not known. What is
// usual for a user is their own last four weeks.
type Alerts struct {
	// PeopleAnHour and PeopleADay are how many different people's records may be opened in an
	// hour and in 24 hours. More is an alert, if it is also more than TimesUsual times what is
	// usual for the user: the median of the days on which they opened any, and of the busiest
	// hours of those days. Defaults 40 and 150; 0 never.
	PeopleAnHour int `toml:"people_an_hour"`
	PeopleADay   int `toml:"people_a_day"`
	// MostAnHour and MostADay are the same, and more is an alert whatever is usual for the user.
	// Defaults 80 and 300; 0 never.
	MostAnHour int `toml:"most_an_hour"`
	MostADay   int `toml:"most_a_day"`
	// ListedAnHour and ListedADay are how many different people may be in the lists of results
	// that a user is given. Defaults 500 and 2000; 0 never.
	ListedAnHour int `toml:"listed_an_hour"`
	ListedADay   int `toml:"listed_a_day"`
	// TimesUsual is from 1 to 100. Default 2.
	TimesUsual int `toml:"times_usual"`
	// UsualDays is on how many days a user must have opened records, of the last eight weeks,
	// before one at an hour or on a day of the week that is not theirs is an alert. Default 15; 0
	// never.
	UsualDays int `toml:"usual_days"`
	// WithoutReasonADay is how many records may be opened in 24 hours by a program that gives no
	// reason. Default 50; 0 never.
	WithoutReasonADay int `toml:"without_reason_a_day"`
	// RefusalsAnHour and FailuresAnHour are how many requests may be refused, or fail, in an hour.
	// Defaults 30 and 120; 0 never.
	RefusalsAnHour int `toml:"refusals_an_hour"`
	FailuresAnHour int `toml:"failures_an_hour"`
	// ReviewWithin is how long an emergency access may wait for its review. Default "168h", a
	// week; from "24h" to "2160h"; 0 for ever.
	ReviewWithin Duration `toml:"review_within"`
}

func defaultAlerts() Alerts {
	return Alerts{PeopleAnHour: 40, PeopleADay: 150, MostAnHour: 80, MostADay: 300, ListedAnHour: 500, ListedADay: 2000, TimesUsual: 2, UsualDays: 15, WithoutReasonADay: 50, RefusalsAnHour: 30, FailuresAnHour: 120,
		ReviewWithin: Duration(7 * 24 * time.Hour)}
}

func (c *checker) alerts(a Alerts) {
	const most = 1_000_000
	c.number("alerts.people_an_hour", a.PeopleAnHour, 0, most)
	c.number("alerts.people_a_day", a.PeopleADay, 0, most)
	c.number("alerts.most_an_hour", a.MostAnHour, 0, most)
	c.number("alerts.most_a_day", a.MostADay, 0, most)
	c.number("alerts.listed_an_hour", a.ListedAnHour, 0, most)
	c.number("alerts.listed_a_day", a.ListedADay, 0, most)
	c.number("alerts.times_usual", a.TimesUsual, 1, 100)
	c.number("alerts.usual_days", a.UsualDays, 0, 56)
	c.number("alerts.without_reason_a_day", a.WithoutReasonADay, 0, most)
	c.number("alerts.refusals_an_hour", a.RefusalsAnHour, 0, most)
	c.number("alerts.failures_an_hour", a.FailuresAnHour, 0, most)
	if a.ReviewWithin != 0 {
		c.duration("alerts.review_within", a.ReviewWithin, 24*time.Hour, 90*24*time.Hour)
	}
}
