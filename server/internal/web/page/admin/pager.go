package admin

// Pager leads from page to page of a list.
type Pager struct {
	Page, Pages int
	Prev, Next  string // addresses; "" where there is none
}

// PagerOf returns the ways from a page of a list of total entries. at gives the address of
// another.
func PagerOf(page, perPage, total int, at func(page int) string) Pager {
	p := Pager{Page: page, Pages: max(1, (total+perPage-1)/perPage)}
	if page > 1 {
		p.Prev = at(min(page-1, p.Pages))
	}
	if page < p.Pages {
		p.Next = at(page + 1)
	}
	return p
}
