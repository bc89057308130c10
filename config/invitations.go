package config

import "time"

// Invitations is how people who were let in are brought to register.
type Invitations struct {
	// ValidFor is how long the code of an invitation can be used. Default "168h", a week; from
	// "24h" to "720h".
	ValidFor Duration `toml:"valid_for"`
	// RemindAfter is how long after a code was sent somebody who has not used it is reminded,
	// once, by a mail without one. It has to be shorter than ValidFor. Default "120h", five
	// days; "0s" reminds nobody.
	RemindAfter Duration `toml:"remind_after"`
	// PerMinute is how many invitations a node sends in a minute at most, for the sake of the
	// mail servers that take them. Default 600, which is 20,000 in 34 minutes; from 10 to 60,000.
	PerMinute int `toml:"per_minute"`
}

func defaultInvitations() Invitations {
	return Invitations{ValidFor: Duration(7 * 24 * time.Hour), RemindAfter: Duration(5 * 24 * time.Hour), PerMinute: 600}
}

func (c *checker) invitations(i Invitations) {
	c.duration("invitations.valid_for", i.ValidFor, 24*time.Hour, 30*24*time.Hour)
	c.duration("invitations.remind_after", i.RemindAfter, 0, 30*24*time.Hour)
	if i.RemindAfter >= i.ValidFor {
		c.fault("invitations.remind_after", "is not shorter than valid_for: nobody is reminded of a code that has lapsed")
	}
	c.number("invitations.per_minute", i.PerMinute, 10, 60000)
}
