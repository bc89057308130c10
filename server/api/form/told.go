package form

import (
	"slices"
	"strings"

	"mais/server/api"
)

// The answers to a question. Where there is none, the item's state stands instead.
const (
	answerYes     = "yes"
	answerNo      = "no"
	answerUnknown = "unknown"
)

// told is what a record answers to a subject's questions.
type told struct {
	subject
	record  api.Record
	replies []reply
}

// A reply is the answer, or the state, of one question.
type reply struct {
	question
	item   api.Item
	answer string
}

func (s subject) told(r api.Record) told {
	t := told{subject: s, record: r}
	for _, q := range s.questions {
		t.replies = append(t.replies, q.reply(r))
	}
	return t
}

func (q question) reply(r api.Record) reply {
	item := ItemAt(r, q.key)
	answer := item.State
	if answer == "" {
		answer = Text(item)
	}
	if answer == "" { // of a shape that the form does not know: nothing to rely on
		answer = answerUnknown
	}
	return reply{q, item, answer}
}

// only reports whether every question has one of these answers, some whether one has this.
func (t told) only(answers ...string) bool {
	return !slices.ContainsFunc(t.replies, func(r reply) bool { return !slices.Contains(answers, r.answer) })
}

func (t told) some(answer string) bool {
	return slices.ContainsFunc(t.replies, func(r reply) bool { return r.answer == answer })
}

// listable are the answers and states that several questions can share a line of.
var listable = []string{answerNo, answerUnknown, api.StateNotRecorded, api.StateRefused, api.StateWithheld}

// WithheldLead begins the line of what is withheld.
const WithheldLead = "Withheld from your role"

// lines says it all, in the order in which it matters: what was answered yes, what is open,
// what else is known, what is hidden, and the noes.
func (t told) lines() []string {
	lines := append(t.yeses(), t.notes()...)
	lines = append(lines, t.group("Not recorded, ask", api.StateNotRecorded)...)
	lines = append(lines, t.group("Asked, refused to say", api.StateRefused)...)
	lines = append(lines, t.group("Unknown, ask", answerUnknown)...)
	for _, also := range t.known() {
		lines = append(lines, also.line(t.record))
	}
	if t.more != nil {
		lines = append(lines, t.more(t.record)...)
	}
	lines = append(lines, t.group(WithheldLead, api.StateWithheld)...)
	return append(lines, t.group("Answered no", answerNo)...)
}

func (t told) yeses() (lines []string) {
	for _, r := range t.replies {
		if r.answer == answerYes && r.title != "" && !t.repeats(r) {
			lines = append(lines, r.line(t.record))
		}
	}
	return lines
}

// notes are the lines of answers other than yes that do not go into a list: those that
// somebody explained, and those that the form does not know.
func (t told) notes() (lines []string) {
	for _, r := range t.replies {
		if r.answer == answerYes || r.listed() {
			continue
		}
		line := capital(r.short) + ": " + sentence(lower(answerLabel(r.answer)))
		if r.item.Details != "" {
			line += " " + sentence(brief(r.item.Details))
		}
		lines = append(lines, line)
	}
	return lines
}

func (r reply) listed() bool { return r.item.Details == "" && slices.Contains(listable, r.answer) }

// group is one line for all questions of an answer that can be listed.
func (t told) group(lead, answer string) []string {
	var names []string
	for _, r := range t.replies {
		if r.answer == answer && r.listed() && !t.repeats(r) {
			names = append(names, r.short)
		}
	}
	if names == nil {
		return nil
	}
	return []string{lead + ": " + strings.Join(names, ", ") + "."}
}

// repeats reports whether a reply adds nothing to that of the question that asks the same: it
// is the same, or it is silent beside a yes.
func (t told) repeats(r reply) bool {
	if r.twin == "" {
		return false
	}
	for _, other := range t.replies {
		if other.key == r.twin {
			return other.answer == r.answer || other.answer == answerYes && r.answer != answerNo
		}
	}
	return false
}

// known are the items that decide nothing and tell something.
func (t told) known() (known []reply) {
	for _, q := range t.also {
		r := q.reply(t.record)
		if !slices.Contains(listable, r.answer) {
			known = append(known, r)
		}
	}
	return known
}

// origin returns the oldest day and all the sources of the entries that the lines rest on:
// those answered yes if any is, else all.
func (t told) origin() (asAt, source string) {
	rests := t.known()
	for _, key := range t.rests {
		rests = append(rests, question{key: key}.reply(t.record))
	}
	for _, r := range t.replies {
		if r.answer == answerYes || !t.some(answerYes) {
			rests = append([]reply{r}, rests...)
		}
	}
	var sources []string
	for _, r := range rests {
		if day := r.item.AsAt; day != "" && (asAt == "" || day < asAt) {
			asAt = day
		}
		if name := r.item.Source; name != "" && !slices.Contains(sources, name) {
			sources = append(sources, name)
		}
	}
	slices.Sort(sources)
	return asAt, strings.Join(sources, ", ")
}
