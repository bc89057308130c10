package practice

import (
	"fmt"
	"strings"

	"mais/server/api/form"
	"mais/server/internal/web/page/frame"
)

// Cast is who the tasks are about, in words.
type Cast struct {
	Man        string   // is found alone by Surname
	Surname    string   // of Man
	Alerts     []string // of Man's record, by the service's names
	Ring       string   // Man's health professional: who it is
	OutOfHours string   // and the number for the night
	Missing    string   // key of an item of Man's that is not recorded
	Other      string   // is found by Alias
	Alias      string
	Refused    string // key of an item that Other refused to say
	Nobody     string // is not there
}

// Number is what the tasks give where a custody number is asked.
const Number = "TRAINING 1"

// Tasks returns the ten tasks about a cast, in the order of a shift.
func Tasks(c Cast) []Task {
	custody, _ := form.LookupReason("custody")
	find := frame.Link{Path: "/find", Text: "Find a person"}
	return []Task{
		{
			Title:  "Find somebody by family name, and say why you look",
			Do:     fmt.Sprintf("A man is brought in and gives his name as %s. Find him by his family name alone, choose him, and give the reason “%s” with the custody number %s.", c.Man, custody.Label, Number),
			Notice: "The result shows his date of birth and when he was released. A name is not enough: compare the date of birth before you open a record.",
			Answer: fmt.Sprintf("“%s” finds one person. You are asked for the reason once for each person in a session; it is kept with your name and the time of every look.", c.Surname),
			Link:   find,
		}, {
			Title:  "Read the alerts, and say how old they are",
			Do:     "Read the top of his record as you would to a colleague: what must you act on now, and how old is it?",
			Notice: "The record was accurate on one day. Up to 30 days after it the age is plain, then amber, and red after 180. The words say it without the colour.",
			Answer: fmt.Sprintf("The alerts say: %s. They are what was known on his day of release, not what is true tonight. Nothing said about some other danger is not the same as no danger.", titles(c.Alerts)),
		}, {
			Title:  "Find whom to ring at night",
			Do:     "It is two in the morning. Who knows him, and which number do you ring?",
			Notice: "Under “Ring first”, numbers that answer out of hours come first. A contact who is unsuitable as an appropriate adult is marked. Numbers of agencies, not of people, stand under Urgent contacts.",
			Answer: fmt.Sprintf("His health professional is %s; out of hours: %s. (It is a number that nobody has.)", c.Ring, c.OutOfHours),
		}, {
			Title:  "Tell withheld from not recorded",
			Do:     fmt.Sprintf("In the same record look for “Primary mental health diagnosis” and for “%s”. What does each say, and what does it mean?", label(c.Missing)),
			Notice: "Withheld is about you: your role does not see it in any record, whether or not anything stands there. Not recorded is about the record: nobody entered anything.",
			Answer: fmt.Sprintf("The diagnosis says “Withheld” to a police officer; clinicians see it. “%s” says “Not recorded”: nobody knows, so ask him. Neither means “none”.", label(c.Missing)),
		}, {
			Title:  "Print the record, then see who has looked",
			Do:     "Choose “Print custody summary” for the custody file. Then go back to the record and open “Who has looked”.",
			Notice: "The print has your name and the time on it, and fits one page. Whoever holds the paper is answerable for it.",
			Answer: "Both looks stand under “Who has looked”, yours on the screen and yours on paper, with your reason. Everybody who may open his record sees them there, and the audit keeps them.",
		}, {
			Title:  "Find somebody by another name",
			Do:     fmt.Sprintf("The next man says that he is %s. Who is he on record, and has he ever had what “%s” asks about?", c.Alias, label(c.Refused)),
			Notice: "The search knows other names that a person has used, and the result says which one fitted.",
			Answer: fmt.Sprintf("He is on record as %s. “%s” says “Asked, refused to say”: somebody asked, he did not answer. That is not a no: ask again, and act as if it might be so.", c.Other, label(c.Refused)),
			Link:   find,
		}, {
			Title:  "Find somebody by date of birth alone",
			Do:     fmt.Sprintf("The first man is back and gives no name, but his travel card has a date of birth. Take the one from the record of %s and search by it alone.", c.Man),
			Notice: "Any one of family name, first name and date of birth is enough. More makes the result shorter.",
			Answer: fmt.Sprintf("It finds %s. What you typed is in no address and no log; whom it found is in the audit.", c.Man),
			Link:   find,
		}, {
			Title:  "Find nobody, and say what that means",
			Do:     fmt.Sprintf("A man says that he is %s. Look for him.", c.Nobody),
			Notice: "The answer says as of when it was looked, and what it does not mean.",
			Answer: "Nobody is found. That is not “no risk”: he may have given another name, never have been in a prison that takes part, or not agreed to be listed. Try a shorter name, then the date of birth, and do the risk assessment as for anybody.",
			Link:   find,
		}, {
			Title:  "Use emergency access, and end it",
			Do:     fmt.Sprintf("%s lies unconscious in his cell, and a paramedic asks what he takes. Open his record, use emergency access, read the medication out, and end it.", c.Man),
			Notice: "Before you go on it says who is told, by name. A red strip stays on every page while it is on, with the time at which it ends.",
			Answer: "Diagnosis and medication stand where “Withheld” stood, until you end it, sign out, or 30 minutes are over. It cannot be printed. A governance officer is told and will ask you about it. (Nothing is withheld from clinicians, so they are not offered it.)",
			Link:   find,
		}, {
			Title:  "Leave",
			Do:     "Sign out, then take your card out or close the browser.",
			Notice: "Signing out ends the session and the connection. While the card is in and the window open, the next person at this computer could be you.",
			Answer: "The page says that you are signed out. The record, the reasons and any emergency access have ended with your session; going back in the browser shows none of it.",
		},
	}
}

// titles lists alerts by their titles.
func titles(alerts []string) string {
	var words []string
	for _, name := range alerts {
		words = append(words, form.Alert(name).Title)
	}
	return strings.Join(words, "; ")
}

// label returns what the form calls an item.
func label(key string) string {
	section, name, _ := strings.Cut(key, ".")
	for _, s := range form.Sections() {
		for _, i := range s.Items {
			if s.Name == section && i.Name == name {
				return i.Label
			}
		}
	}
	return form.Bare(name)
}
