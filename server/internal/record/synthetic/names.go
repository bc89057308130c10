package synthetic

import (
	"slices"
	"strings"
)

// Names that are common in the north-west of England, the most common first. People of the
// sample are all men.
var (
	firstNames = strings.Fields(`David John Paul Michael Stephen Mark Andrew Peter Robert Anthony Christopher James Kevin Ian
		Thomas Daniel Lee Craig Gary Carl Brian Matthew Jason Neil Wayne Darren Simon Alan Philip Joseph Colin Sean Karl Gareth
		Adam Ryan Liam Shaun Stuart Patrick Martin Dean Scott Barry Keith Graham Raymond Terence Ronald Kenneth Francis Gerard
		Leslie Dominic Nathan Ashley Luke Jamie Jonathan Benjamin Samuel William George Edward Vincent Declan Kieran Connor
		Callum Jordan Lewis Bradley Aaron Kyle Marcus Adrian Clive Trevor Derek Roy Malcolm Gordon Douglas Norman Eric`)
	chineseFirstNames = strings.Fields(`Wei Jun Ming Hao Lei Qiang Yong Jian Feng Kai`)
	chineseSurnames   = strings.Fields(`Chen Li Wang Zhang Liu Wong Lam Cheung Ng Zhao`)
	femaleNames       = strings.Fields(`Susan Margaret Karen Julie Patricia Angela Donna Michelle Lisa Joanne Sharon Tracey Maureen
		Jean Kathleen Claire Nicola Emma Rebecca Samantha Bernadette Dawn`)
	staffNames = slices.Concat(femaleNames, firstNames)
	surnames   = strings.Fields(`Smith Jones Williams Taylor Brown Davies Evans Hughes Roberts Johnson Wilson Thomas Wright Walker
		Thompson Robinson White Edwards Green Hall Wood Harris Lewis Martin Jackson Clarke Turner Hill Cooper Morris Ward Moore
		Clark Lee King Baker Harrison Morgan Allen Parker Murphy Kelly Ryan Byrne Doyle Kennedy O’Brien O’Neill O’Connor McDonald
		McCarthy McGrath Griffiths Owen Price Pritchard Parry Rimmer Ball Halsall Sutton Molyneux Fazakerley Aspinall Bibby
		Blundell Culshaw Tyrer Fairclough Leatherbarrow Lunt Marsh Mawdsley Ormesher Pinnington Rigby Rothwell Seddon Sefton
		Tarleton Unsworth Wareing Winstanley Ainscough Ashcroft Bickerstaffe Birchall Bramwell Cartwright Chadwick Critchley
		Crompton Dawber Dobson Eccleston Entwistle Fletcher Forshaw Gaskell Gerrard Greenall Hesketh Heyes Hindley Holland
		Houghton Kershaw Lathom Leyland Litherland Lomax Makin Naylor Orrell Parr Peet Pilkington Prescott Rainford Ravenscroft
		Rylance Scarisbrick Shacklady Southern Speakman Stringer Swift Tickle Topping Traynor Twist Vose Waring Westhead Whalley
		Whiteside Worthington Yates Kettering Kowalski Núñez D’Arcy Łukasik Brontë`)
	shortNames = map[string]string{"David": "Dave", "Michael": "Mick", "Stephen": "Ste", "Andrew": "Andy", "Robert": "Bob",
		"Anthony": "Tony", "Christopher": "Chris", "James": "Jimmy", "Thomas": "Tommy", "Daniel": "Danny", "Matthew": "Matty",
		"Joseph": "Joey", "Patrick": "Paddy", "Raymond": "Ray", "Terence": "Terry", "Ronald": "Ronnie", "Kenneth": "Ken",
		"Francis": "Frank", "Gerard": "Gerry", "Jonathan": "Jon", "Benjamin": "Ben", "Samuel": "Sam", "William": "Billy",
		"Edward": "Eddie", "Vincent": "Vinny", "Philip": "Phil", "Peter": "Pete"}
)

// common picks a name so that the first ones come much more often than the last, as names do.
func (w *writer) common(names []string) string {
	at := w.Float64()
	return names[int(at*at*float64(len(names)))]
}

func (w *writer) surname() string {
	if w.chinese {
		return pick(w, chineseSurnames)
	}
	if w.chance(2) {
		return w.common(surnames) + "-" + w.common(surnames)
	}
	return w.common(surnames)
}

func (w *writer) firstName() string {
	if w.chinese {
		return pick(w, chineseFirstNames)
	}
	return w.common(firstNames)
}

// staff is the name of somebody in an agency.
func (w *writer) staff() string {
	return pick(w, staffNames) + " " + w.common(surnames)
}
