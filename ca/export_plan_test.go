package ca

// SetMaxForeseen makes plans of more than n certificates long ones, until restore is called.
func SetMaxForeseen(n int) (restore func()) {
	was := maxForeseen
	maxForeseen = n
	return func() { maxForeseen = was }
}
