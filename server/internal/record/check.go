package record

import (
	"fmt"
	"slices"
)

// Fault is something wrong in one column. The problem never repeats what stands there: it
// may be about a person, and faults are printed and logged.
type Fault struct {
	Column  string
	Problem string
}

// Error returns "column: problem".
func (f Fault) Error() string { return f.Column + ": " + f.Problem }

// Check returns what is wrong with an entry of the item by itself; today bounds the dates
// that cannot lie ahead. What depends on other items is for [Section.Check].
func (i Item) Check(e Entry, today Day) []Fault {
	var faults []Fault
	add := func(column, problem string) {
		if problem != "" {
			faults = append(faults, Fault{column, problem})
		}
	}
	if e.State == NotRecorded {
		i.checkAbsent(e, add)
		return faults
	}
	i.checkValue(e, today, add)
	i.checkBeside(e, add)
	if i.Type != Constant {
		add(i.Name+"_as_at", pastDay(string(e.AsAt), today))
		add(i.Name+"_source", Line(e.Source))
	}
	return faults
}

func (i Item) checkAbsent(e Entry, add func(column, problem string)) {
	const alone = "stands without a value"
	for _, beside := range []struct{ suffix, text string }{
		{"_certainty", e.Certainty}, {"_details", e.Details}, {"_other", e.Other},
		{"_as_at", string(e.AsAt)}, {"_source", e.Source}} {
		if beside.text != "" {
			add(i.Name+beside.suffix, alone)
		}
	}
	if i.Required {
		add(i.Name, "is required")
	}
}

// checkValue checks the value against the item's type.
func (i Item) checkValue(e Entry, today Day, add func(column, problem string)) {
	switch v := e.Value.(type) {
	case nil:
		if e.State != Refused || i.Type != Tri {
			add(i.Name, "has no value")
		}
	case Word:
		add(i.Name, i.checkWord(e, v, today))
	case Words:
		add(i.Name, i.checkWords(v))
	case Fields:
		if i.Type != Contact {
			add(i.Name, "is not a contact")
			return
		}
		i.checkContact(v, add)
	case Rows:
		add(i.Name, i.checkRows(v))
	default:
		add(i.Name, "is of the wrong type")
	}
}

func (i Item) checkWord(e Entry, v Word, today Day) string {
	text := string(v)
	switch i.Type {
	case Text:
		return Line(text)
	case Note:
		return Lines(text)
	case Date:
		return i.checkDay(e, text, today)
	case Tri:
		return oneOf(text, []string{"yes", "no", "unknown", "refused"})
	case Pref:
		return oneOf(text, []string{"yes", "no", "no-preference"})
	case Enum, Constant:
		return oneOf(text, i.Values)
	}
	return "is of the wrong type"
}

// checkDay: only a date with a certainty (of release) may lie ahead.
func (i Item) checkDay(e Entry, text string, today Day) string {
	if !i.Certainty {
		return pastDay(text, today)
	}
	if (text == string(unknown)) != (e.Certainty == string(unknown)) {
		return "cannot be given when its certainty is unknown"
	}
	if text == string(unknown) {
		return ""
	}
	if _, err := ParseDay(text); err != nil {
		return "is " + err.Error()
	}
	return ""
}

func (i Item) checkWords(v Words) string {
	if i.Type != Set {
		return "is of the wrong type"
	}
	seen := map[string]bool{}
	for _, word := range v {
		if problem := oneOf(word, i.Values); problem != "" {
			return problem
		}
		if seen[word] {
			return "names " + word + " twice"
		}
		seen[word] = true
	}
	return ""
}

func (i Item) checkContact(v Fields, add func(column, problem string)) {
	for _, f := range i.Fields {
		if text := v[f.Name]; text != "" {
			add(i.Name+"_"+f.Name, f.check(text))
		}
	}
	if v[noneNamed] != "" && len(v) > 1 {
		add(i.Name+"_"+noneNamed, "stands beside a contact")
	}
	if v["unsuitable"] != "" && v["name"] == "" {
		add(i.Name+"_unsuitable", "stands without a name")
	}
}

func (i Item) checkRows(rows Rows) string {
	if i.Type != List {
		return "is not a list"
	}
	if len(rows) > MaxRows {
		return fmt.Sprintf("has more than %d entries", MaxRows)
	}
	for n, row := range rows {
		if len(row) == 0 {
			return fmt.Sprintf("entry %d is empty", n+1)
		}
		for _, f := range i.Fields {
			if text := row[f.Name]; text != "" {
				if problem := f.check(text); problem != "" {
					return fmt.Sprintf("entry %d, %s %s", n+1, f.Name, problem)
				}
			}
		}
	}
	return ""
}

// checkBeside checks what stands beside a value.
func (i Item) checkBeside(e Entry, add func(column, problem string)) {
	switch {
	case i.Certainty:
		add(i.Name+"_certainty", oneOf(e.Certainty, []string{"actual", estimated, string(unknown)}))
	case e.Certainty != "":
		add(i.Name+"_certainty", "is not asked for")
	}
	if e.Details != "" {
		add(i.Name+"_details", Lines(e.Details))
		if i.Details == NoDetails || i.Details == DetailsYes && !e.Is(yes) {
			add(i.Name+"_details", "stands only beside a yes")
		}
	}
	if e.Other != "" {
		add(i.Name+"_other", Line(e.Other))
		words, _ := e.Value.(Words)
		if !i.Other || !e.Is(other) && !slices.Contains(words, other) {
			add(i.Name+"_other", `stands only beside "other"`)
		}
	}
}

func (f Field) check(text string) string {
	switch {
	case f.Flag:
		return oneOf(text, []string{string(yes)})
	case f.Values != nil:
		return oneOf(text, f.Values)
	}
	return Line(text)
}
