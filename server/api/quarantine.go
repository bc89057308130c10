package api

import "time"

// PathQuarantines lists, by GET, what was put on hold because a journal was lost; POST to
// /ID/approve approves one.
const PathQuarantines = "/api/v1/admin/quarantines"

// The headers by which a program remembers how far the journals of what was taken away have
// come. Answers of the mutual listener to the API carry HeaderJournal: signed heads, at most
// four, with commas between. A program keeps the highest of each journal, a head being
// 1.JOURNAL.NUMBER.HASH.TIME.SIGNATURE, and sends at most MaxJournalSeen in HeaderJournalSeen.
const (
	HeaderJournal     = "Mais-Journal"
	HeaderJournalSeen = "Mais-Journal-Seen"
	MaxJournalSeen    = 8
)

// Quarantines are all that there were, newest first.
type Quarantines struct {
	Quarantines []Quarantine `json:"quarantines"`
}

// Quarantine is everything that was issued before a journal was declared lost.
type Quarantine struct {
	ID         int64      `json:"id"`
	MadeAt     time.Time  `json:"made_at"`
	MadeBy     string     `json:"made_by"`
	FinishedAt *time.Time `json:"finished_at,omitempty"` // when all was on hold
	Total      int        `json:"total"`                 // certificates in it
	Held       int        `json:"held"`                  // of these, still on hold
	Approved   []string   `json:"approved"`              // urn:mais:user:…, of different administrators
	ApprovedBy []string   `json:"approved_by"`           // what the same are called, in the same order
	Needs      int        `json:"needs"`                 // approvals, before anything in it can be released
}

// Waits reports whether nothing of it can be released before somebody else has approved it.
func (q Quarantine) Waits() bool { return len(q.Approved) < q.Needs }
