package paper

import (
	"strings"

	"mais/server/internal/web/page/record/view"
)

// fill puts the items on the sheet: every answer, the gravest first, and then as much
// of the notes as there are lines for. What has no place is named.
func (s *Sheet) fill(r view.Record) {
	all := groupsOf(r)
	budget := 2*s.left() - uneven
	groups, missing, left := admit(all, budget)
	if missing != nil {
		groups, missing, left = admit(all, budget-2)
		s.Missing = box{width: itemBox.width, bold: true}.fit("On screen only: "+strings.Join(missing, "; ")+".", 2)
	}
	spread(groups, left)
	for _, g := range groups {
		for n, p := range g.Paras {
			g.Paras[n].Text = p.box().fit(p.Text, p.lines)
		}
	}
	s.Groups = groups
}

// uneven is how many lines two columns lose because they seldom end alike, and gap how many
// the space below a group takes.
const (
	uneven = 3
	gap    = 0.3
)

func (p Para) box() box { return box{width: itemBox.width, after: p.Label + " " + p.Answer} }

// admit takes paragraphs, in order, while there are lines for what they need. It returns the
// labels of the others, and the lines that are left.
func admit(groups []Group, budget float64) (kept []Group, missing []string, left float64) {
	for _, g := range groups {
		taken := Group{Label: g.Label, From: g.From}
		for _, p := range g.Paras {
			p.wants = p.box().lines(p.Text)
			p.lines = min(p.wants, p.box().lines(continues)) // its answer at least
			cost := float64(p.lines)
			if len(taken.Paras) == 0 {
				cost += gap + float64(box{width: itemBox.width, bold: true}.lines(g.Label+" ("+g.From+")"))
			}
			if cost > budget {
				missing = append(missing, strings.TrimSuffix(p.Label, ":"))
				continue
			}
			budget -= cost
			taken.Paras = append(taken.Paras, p)
		}
		if taken.Paras != nil {
			kept = append(kept, taken)
		}
	}
	return kept, missing, budget
}

// spread gives the lines that are left to whoever wants more, one each in turn.
func spread(groups []Group, left float64) {
	for given := true; given; {
		given = false
		for _, g := range groups {
			for n := range g.Paras {
				if p := &g.Paras[n]; left >= 1 && p.lines < p.wants {
					p.lines++
					left--
					given = true
				}
			}
		}
	}
}
