package plan

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"mais/server/api"
	"mais/server/api/form"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/frame"
)

// The names of the form's fields. Serial may come many times.
const (
	Act    = "act"
	Reason = "reason"
	Since  = "since"
	Note   = "note"
	Lines  = "serials"
	Filter = "filter"
	Serial = "serial"
)

// Fields returns the names of all fields but Serial.
func Fields() []string {
	return append([]string{Act, Reason, Note, Lines, Filter}, admin.DateFields(Since)...)
}

// Bounds of the form: of serial numbers that are chosen one by one or typed in.
const (
	MostSerials = 50
	MostLines   = 300

	longestLine = 200 // bytes of a line that is kept to be shown; a serial number has 40 digits
)

// New is the data of the form.
type New struct {
	frame.Frame
	Scope
	Act     admin.Act
	Serials []string            // that were chosen
	Chosen  []admin.Certificate // the same, as far as they are to be shown
	Filter  string              // what was asked for, when all of that was chosen: parameters of an address
	Found   int                 // how many that finds
	Typed   Typed
	Own     bool // the certificate that the reader uses now was chosen
}

// RenderNew returns the document.
func RenderNew(n New) []byte { return frame.Render(blank, n) }

// Typed is what stands in the form, by the name of its field.
type Typed map[string]string

// ByLine reports whether serial numbers are to be typed in.
func (n New) ByLine() bool { return len(n.Serials) == 0 && n.Filter == "" }

// What says how many were chosen.
func (n New) What() string {
	if n.Filter != "" {
		return "All " + admin.Count(n.Found, "certificate that was found", "certificates that were found")
	}
	return admin.Count(len(n.Serials), "certificate", "certificates")
}

// Reasons are what to choose from; the holder of a token has no use for those of others.
func (n New) Reasons() (offered []Choice) {
	for _, r := range admin.Reasons {
		if !n.Admin && (r.Code == "affiliationChanged" || r.Code == "privilegeWithdrawn") {
			continue
		}
		c := Choice{Reason: r, ID: Reason, Chosen: n.Typed[Reason] == r.Code}
		if len(offered) > 0 {
			c.ID += "-" + r.Code
		}
		offered = append(offered, c)
	}
	return offered
}

// Choice is a reason as the form offers it.
type Choice struct {
	admin.Reason
	ID     string
	Chosen bool
}

// Since are the boxes of the day since when the key is not to be trusted.
func (n New) Since() admin.Date {
	d := admin.DateTyped(Since, n.Typed)
	d.Label, d.Hint = "Since when may somebody else have had the key?", "If you know it: the day of the theft or loss. For example, 27 3 2026"
	d.Fault = n.Faults.Of(Since)
	return d
}

// MaxNote is the most characters of a note.
func (New) MaxNote() int { return form.MaxPlan }

// MaxLines is the most serial numbers of the form.
func (New) MaxLines() int { return MostLines }

// Read returns what the form asks for but for the certificates, and the lines of the serial
// numbers that were typed in; or what is wrong. now is when.
func (t Typed) Read(now time.Time) (api.PlanRequest, []api.SerialLine, frame.Faults) {
	r := api.PlanRequest{Act: t[Act], Note: form.Lines(t[Note])}
	var faults frame.Faults
	if t[Act] == "revoke" {
		r.Reason = t[Reason]
		if !admin.IsReason(r.Reason) {
			faults = append(faults, frame.Fault{Field: Reason, Text: "Choose why"})
		}
		since, wrong := t.since(now)
		r.InvalidityDate, faults = since, append(faults, wrong...)
	}
	_, unseen := form.Unseen(r.Note, "")
	switch {
	case unseen:
		faults = append(faults, frame.Fault{Field: Note, Text: "The note must have letters, numbers and signs only, on one line"})
	case len(r.Note) > form.MaxPlan:
		faults = append(faults, frame.Fault{Field: Note, Text: fmt.Sprintf("The note must be %d characters or fewer, of which an accented letter counts as two and a curly quotation mark as three", form.MaxPlan)})
	case r.Note == "" && r.Reason == "unspecified":
		faults = append(faults, frame.Fault{Field: Note, Text: "Say why in the note"})
	}
	lines, wrong := t.lines()
	return r, lines, append(faults, wrong...)
}

// since is the day since when the key is not to be trusted, which only a compromised key has.
func (t Typed) since(now time.Time) (*time.Time, frame.Faults) {
	since, faults := admin.DateTyped(Since, t).Time()
	switch {
	case len(faults) > 0 || since.IsZero():
		return nil, faults
	case t[Reason] != "keyCompromise":
		return nil, frame.Faults{{Field: Since, Text: "A day belongs to a lost or stolen key only: leave the boxes empty, or choose that reason"}}
	case since.After(now):
		return nil, frame.Faults{{Field: Since, Text: "The day must not be in the future"}}
	}
	return &since, nil
}

// lines are the serial numbers that were typed in, one a line. Empty lines don't count.
func (t Typed) lines() (lines []api.SerialLine, faults frame.Faults) {
	for n, text := range strings.Split(form.Lines(t[Lines]), "\n") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		text = strings.ToValidUTF8(text, "\uFFFD")
		if len(text) > longestLine {
			text = strings.ToValidUTF8(text[:longestLine], "")
		}
		lines = append(lines, api.SerialLine{Line: n + 1, Serial: text})
	}
	if len(lines) > MostLines {
		return nil, frame.Faults{{Field: Lines, Text: fmt.Sprintf("That are %s serial numbers: the form takes %d. Use tokenctl for more", admin.Number(len(lines)), MostLines)}}
	}
	return lines, nil
}

// NewPath is the address of the form for an act on what was chosen: certificates, or all that
// a filter finds.
func (s Scope) NewPath(act string, serials []string, filter string) string {
	v := url.Values{Act: {act}}
	if filter != "" {
		v.Set(Filter, filter)
	} else if len(serials) > 0 {
		v[Serial] = serials
	}
	return s.Root + "/new?" + v.Encode()
}
