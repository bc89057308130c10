package web

import (
	"fmt"
	"strings"

	"mais/certs"
)

// mostSites is how many of their sites are named to somebody who is at none of them.
const mostSites = 5

// notYours says to a holder at which sites they would be let in.
func notYours(sites []string) string {
	const here = "MAIS lets you in from the networks of your own sites only, and this address is in none of them. "
	switch n := len(sites); {
	case n == 0:
		return here + "You are registered at no site that is open."
	case n == 1:
		return here + "Your site is " + sites[0] + "."
	case n > mostSites:
		return here + fmt.Sprintf("Your sites are %s and %d more.", strings.Join(sites[:mostSites], ", "), n-mostSites)
	default:
		return here + "Your sites are " + strings.Join(sites[:n-1], ", ") + " and " + sites[n-1] + "."
	}
}

// levelWords say how a key is kept.
var levelWords = map[certs.Level]string{
	certs.Software: "a key in a file", certs.Card: "a key on a smart card", certs.Attested: "a key that the maker of its smart card vouches for",
}
