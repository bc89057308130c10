package command

// UpTo reads as many pages of a list as the limit takes, and says how many there are in all.
func UpTo[T any](limit int, read func(page, perPage int) (some []T, total int, err error)) (all []T, total int, err error) {
	perPage := min(limit, MaxPage)
	all = []T{}
	for page := 1; ; page++ {
		some, of, err := read(page, perPage)
		if err != nil {
			return all, total, err
		}
		all, total = append(all, some...), of
		if len(all) >= limit || len(some) < perPage {
			return all[:min(limit, len(all))], total, nil
		}
	}
}

// How many of a list are printed unless said otherwise, and how many the service gives at once.
const (
	DefaultLimit = 50
	MaxPage      = 200 // of the service
)
