package view

import (
	"slices"
	"strings"

	"mais/server/api/form"
)

// Contacts are whom to ring, first first, and what is said of those who cannot be rung.
type Contacts struct {
	Ring   []Contact
	Silent []Item // without a contact: withheld, not recorded, or no one named
}

// Contact is somebody to ring.
type Contact struct {
	Who        string
	As         string // what they are to the person, in words
	OutOfHours Field
	Day        Field
	Address    string
	Unsuitable bool // as appropriate adult
	Wanted     bool // as appropriate adult, by the person
	From       Item // with the provenance
	In         Section
}

// roles say in short what a contact is to the person.
var roles = map[string]string{
	"preferred_contact":         "Preferred contact",
	"significant_other_contact": "Significant other",
	"professional_contact":      "Professional contact",
	"main_health_professional":  "Main health professional",
}

// contactsOf finds the contacts in a record's sections. Who answers at night is rung first,
// who has no number last.
func contactsOf(sections []Section) Contacts {
	var out Contacts
	for _, s := range sections {
		for _, i := range s.Items {
			if by, ok := form.Choice(i.Key); ok {
				out.add(s, i, contains(s.Items, func(o Item) bool { return o.Key == by && o.IsYes() }))
			}
		}
		for _, e := range s.Entries {
			out.Ring = append(out.Ring, agencyOf(s, e))
		}
	}
	out.markUnsuitable()
	slices.SortStableFunc(out.Ring, func(a, b Contact) int { return a.rank() - b.rank() })
	return out
}

func (c *Contacts) add(in Section, i Item, wanted bool) {
	who := i.Contact
	if i.State != Recorded || len(i.Fields) == 0 || who.NoneNamed {
		if !i.Moot() {
			c.Silent = append(c.Silent, i)
		}
		return
	}
	fields := i.Fields[0]
	as := roles[i.Name]
	if who.Relationship != "" {
		as = who.Relationship + " (" + strings.ToLower(as[:1]) + as[1:] + ")"
	}
	c.Ring = append(c.Ring, Contact{
		Who: orNone(who.Name), As: as, OutOfHours: field(fields, "out_of_hours"), Day: field(fields, "telephone"),
		Address: who.Address, Unsuitable: who.Unsuitable, Wanted: wanted, From: i, In: in,
	})
}

// markUnsuitable marks whoever is marked in one place in every other.
func (c *Contacts) markUnsuitable() {
	var all []form.Contact
	for _, r := range c.Ring {
		all = append(all, r.From.Contact)
	}
	unsuitable := form.Unsuitable(all)
	for n, who := range all {
		c.Ring[n].Unsuitable = who.Unsuitable || unsuitable[who.Name]
	}
}

func agencyOf(in Section, entry []Item) Contact {
	c := Contact{In: in}
	for _, i := range entry {
		switch i.Name {
		case "kind":
			c.As = i.Text()
		case "name":
			c.Who, c.From = i.Text(), i
			c.From.Contact.Name = c.Who
		case "address":
			c.Address = i.Text()
		case "telephone":
			c.Day = numberOf(i)
		case "out_of_hours":
			c.OutOfHours = numberOf(i)
		}
	}
	c.Who = orNone(c.Who)
	return c
}

func numberOf(i Item) Field {
	if len(i.Fields) == 0 {
		return Field{}
	}
	return i.Fields[0][0]
}

const noName = "No name recorded"

func orNone(name string) string {
	if name == "" {
		return noName
	}
	return name
}

func (c Contact) rank() int {
	switch {
	case c.OutOfHours.Text != "":
		return 0
	case c.Day.Text != "":
		return 1
	}
	return numberless
}

const numberless = 2

func field(fields []Field, name string) Field {
	for _, f := range fields {
		if f.Name == name {
			return f
		}
	}
	return Field{}
}

// MaxRing are the contacts at the top; more stand in their own section. More than these
// nobody rings before reading on.
const MaxRing = 6

// Ring returns the first to ring.
func (r Record) Ring() []Contact {
	first, _ := r.Contacts.First(MaxRing)
	return first
}

// More returns how many contacts are not in Ring.
func (r Record) More() int { return len(r.Contacts.Ring) - len(r.Ring()) }

// Further returns the sections where those stand that are not in Ring.
func (r Record) Further() (sections []Section) {
	_, rest := r.Contacts.First(MaxRing)
	for _, s := range r.Sections {
		if slices.ContainsFunc(rest, func(c Contact) bool { return c.In.Name == s.Name }) {
			sections = append(sections, s)
		}
	}
	return sections
}

// First returns so many to ring first, and the others. Whom the person wants as their
// appropriate adult is among the first, in the last place if need be: no interview may begin
// before somebody has come.
func (c Contacts) First(n int) (first, rest []Contact) {
	n = min(n, len(c.Ring))
	first, rest = c.Ring[:n:n], c.Ring[n:]
	at := slices.IndexFunc(rest, Contact.mayCome)
	if n == 0 || at < 0 || slices.ContainsFunc(first, Contact.mayCome) {
		return first, rest
	}
	first = append(slices.Clone(first[:n-1]), rest[at])
	return first, slices.Concat(c.Ring[n-1:n], rest[:at], rest[at+1:])
}

// mayCome reports whether a contact can be asked to come as appropriate adult.
func (c Contact) mayCome() bool { return c.Wanted && !c.Unsuitable && c.rank() < numberless }
