package config

// Reviews are the reviews of who still needs the access that they have.
type Reviews struct {
	// EveryMonths is after how many months each agency's people are reviewed again: somebody
	// who administers them says of each whether they keep what they have, and signs it off.
	// Default 6; at most 24; 0 opens no review by itself.
	EveryMonths int `toml:"every_months"`
}

func defaultReviews() Reviews { return Reviews{EveryMonths: 6} }

func (c *checker) reviews(r Reviews) { c.number("reviews.every_months", r.EveryMonths, 0, 24) }
