package synthetic

import (
	"fmt"
	"strings"
)

var (
	streets = strings.Fields(`Larkhill Tannery Foundry Chapel Mariner Ropewalk Canal Station Victoria Albert Gladstone Orchard
		Meadow Quarry Windmill Priory Abbey Heron Kestrel Sandpiper Harbour Lighthouse Custom Granary Weaver Cooper Saddler`)
	streetKinds = strings.Fields(`Street Road Lane Avenue Close Terrace Grove Way Court Drive`)
	towns       = strings.Fields(`Northmoor Ashgate Fellside Eastmere Saltbridge Wavermouth Crosshey Dunbeck`)
	hostels     = []string{"Harbour House Hostel", "Ropewalk Approved Premises", "Larkhill Night Shelter", "Chapel Street Foyer"}
)

func (w *writer) street() string {
	return fmt.Sprintf("%d %s %s", 1+w.IntN(180), pick(w, streets), pick(w, streetKinds))
}

func (w *writer) town() string {
	const letters = "ABDEFGHJLNPQRSTUWXYZ"
	return fmt.Sprintf("%s LX%d %d%c%c", pick(w, towns), 1+w.IntN(40), w.IntN(10), letters[w.IntN(len(letters))], letters[w.IntN(len(letters))])
}

func (w *writer) address() string { return w.street() + ", " + w.town() }

// landline and mobile are from Ofcom's "telephone numbers for use in TV and radio drama
// programmes": no geographic area, Liverpool, and mobile.
func (w *writer) landline() string {
	if w.chance(60) {
		return fmt.Sprintf("0151 496 0%03d", w.IntN(1000))
	}
	return fmt.Sprintf("01632 960%03d", w.IntN(1000))
}

func (w *writer) mobile() string { return fmt.Sprintf("07700 900%03d", w.IntN(1000)) }
