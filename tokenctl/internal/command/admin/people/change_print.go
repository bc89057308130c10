package people

import (
	"strconv"
	"strings"

	"mais/server/api"
	"mais/server/api/form"
	"mais/tokenctl/internal/ui"
)

// printChange shows a change with what it would do, or did.
func printChange(screen *ui.Screen, made api.Change) error {
	if err := printState(screen, made); err != nil {
		return err
	}
	if err := printDifferences(screen, made.Differences); err != nil {
		return err
	}
	return printEffect(screen, made.State, made.Effect)
}

// printForeseen shows what a change that is to be confirmed would do. How it stands is printed
// when it was.
func printForeseen(screen *ui.Screen, made api.Change) error {
	for _, why := range made.Second {
		screen.Line("A second person has to approve it: %s", why)
	}
	if err := printDifferences(screen, made.Differences); err != nil {
		return err
	}
	return printEffect(screen, made.State, made.Effect)
}

// printState shows what a change is, how it stands and who made and decided it.
func printState(screen *ui.Screen, made api.Change) error {
	facts := [][]string{
		{"change", made.ID}, {"what", verbOf(made.Kind)}, {"about", made.Subject}, {"state", made.State},
		{"made", ui.Minute(made.MadeAt) + " by " + made.MadeBy.Name},
	}
	if made.Note != "" {
		facts = append(facts, []string{"why", made.Note})
	}
	for _, why := range made.Second {
		facts = append(facts, []string{"second person", why})
	}
	if by := made.DecidedBy; by != nil && made.DecidedAt != nil {
		facts = append(facts, []string{"decided", strings.TrimSpace(ui.Minute(*made.DecidedAt) + " by " + by.Name + " " + made.DecidedNote)})
	}
	if made.AppliedAt != nil {
		facts = append(facts, []string{"applied", ui.Minute(*made.AppliedAt)})
	}
	if i := made.Items; i != nil {
		facts = append(facts, []string{"people", strconv.Itoa(i.Total) + ", registered " + strconv.Itoa(i.Done) + ", failed " + strconv.Itoa(i.Failed)})
	}
	if made.Expires != nil {
		facts = append(facts, []string{"expires", ui.Minute(*made.Expires)})
	}
	return screen.Facts(facts)
}

func printDifferences(screen *ui.Screen, differences []api.Difference) error {
	if len(differences) == 0 {
		return nil
	}
	screen.Line("")
	return ui.Listing(screen, []string{"WHAT", "IS", "WOULD BE"}, differences, func(d api.Difference) []string { return []string{d.Field, dash(d.Was), dash(d.Becomes)} })
}

func printEffect(screen *ui.Screen, state string, e api.Effect) error {
	for _, part := range []struct {
		heading string
		people  []api.Affected
		all     int
	}{{"GAINS", e.Gains, e.GainsAll}, {"LOSES", e.Losses, e.LossesAll}} {
		if len(part.people) == 0 {
			continue
		}
		rows := [][]string{{part.heading, "AGENCY", "WHAT"}}
		ones := form.AffectedByOne(part.people)
		for _, p := range ones {
			rows = append(rows, []string{strings.TrimSpace(p.Name + " " + p.Email), p.Agency, dash(strings.Join(p.Lines, "; "))})
		}
		screen.Line("")
		if err := screen.Table(rows); err != nil {
			return err
		}
		if more := part.all - len(ones); more > 0 {
			screen.Line("and %d more", more)
		}
	}
	if e.Sessions > 0 || e.Certificates > 0 {
		screen.Line("")
		screen.Line(endingWords(state), ui.Count(e.Sessions, "session"), ui.Count(e.Certificates, "certificate"))
	}
	for _, w := range e.Warnings {
		screen.Warn("%s", w)
	}
	return nil
}

// endingWords say what a change ends, or ended, or would have.
func endingWords(state string) string {
	switch state {
	case api.ChangeApplied:
		return "It ended %s and revoked %s."
	case api.ChangeDraft, api.ChangeWaiting:
		return "It ends %s and revokes %s."
	}
	return "It would have ended %s and revoked %s."
}

func dash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}
