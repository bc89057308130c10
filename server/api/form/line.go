package form

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mais/server/api"
)

// line says what is behind a yes, or the text of an item that holds one.
func (q question) line(r api.Record) string {
	item := ItemAt(r, q.key)
	line := q.title
	if text := Text(item); text != answerYes {
		line += ": " + brief(text)
	}
	if item.Details != "" {
		line += ": " + brief(item.Details)
	}
	for _, e := range q.with {
		if words := short(ItemAt(r, e.key)); words != "" {
			line += e.lead + words
		}
	}
	return sentence(line)
}

// short returns what an item holds within a line, or "" when it holds nothing.
func short(item api.Item) string {
	var words []string
	switch v := Plain(item.Value).(type) {
	case string:
		return brief(v)
	case []any:
		for _, word := range v {
			if text, ok := word.(string); ok && (text != "other" || item.Other == "") {
				words = append(words, lower(Word(text)))
			}
		}
	}
	if item.Other != "" {
		words = append(words, brief(item.Other))
	}
	return strings.Join(words, ", ")
}

// maxBrief is how much of a note a card repeats, in characters. The note stands whole in its
// section.
const maxBrief = 160

// brief makes one paragraph of a note and cuts what is too long for a card between words.
func brief(note string) string {
	text := ""
	for line := range strings.Lines(note) {
		line = strings.Join(strings.Fields(line), " ")
		switch last, _ := utf8.DecodeLastRuneInString(text); {
		case line == "":
		case text == "":
			text = line
		case strings.ContainsRune(".!?…,;:", last):
			text += " " + line
		default:
			text += "; " + line
		}
	}
	if utf8.RuneCountInString(text) <= maxBrief {
		return text
	}
	cut := string([]rune(text)[:maxBrief])
	if space := strings.LastIndexByte(cut, ' '); space > 0 {
		cut = cut[:space]
	}
	return cut + " … (in full below)"
}

// sentence ends a text with a full stop.
func sentence(text string) string {
	if last, _ := utf8.DecodeLastRuneInString(text); strings.ContainsRune(".!?…", last) {
		return text
	}
	return text + "."
}

// lower begins a text with a small letter, unless it begins with an abbreviation.
func lower(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if second, _ := utf8.DecodeRuneInString(text[size:]); unicode.IsUpper(second) {
		return text
	}
	return string(unicode.ToLower(first)) + text[size:]
}

func answerLabel(answer string) string {
	switch answer {
	case api.StateNotRecorded, api.StateRefused, api.StateWithheld:
		return StateLabel(answer)
	}
	return Word(answer)
}
