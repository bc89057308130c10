package overview

import (
	"net/url"
	"time"

	"mais/server/api"
	"mais/server/internal/web/page/admin"
	"mais/server/internal/web/page/admin/changes"
	"mais/server/internal/web/page/frame"
)

// Task is something that waits for somebody to do it, which leads to where it is done.
type Task struct {
	Words, Path string
	Act         bool // it wants attention
}

// Todo are the tasks among people and places. None: there is nothing to do.
func (p Page) Todo() (todo []Task) {
	t, n := p.Tasks, admin.Count
	add := func(count int, words, path string, act bool) {
		if count > 0 {
			todo = append(todo, Task{words, path, act})
		}
	}
	if t.Restored != nil {
		add(1, restored(*t.Restored), admin.Root+"/people?stage=left", t.Restored.Things > 0)
	}
	add(t.ToApprove, n(t.ToApprove, "change waits", "changes wait")+" for your approval", admin.Root+"/changes?state=mine", true)
	add(t.ReviewsOverdue, n(t.ReviewsOverdue, "access review is", "access reviews are")+" overdue", admin.Root+"/access-reviews", true)
	due := t.ReviewsOpen - t.ReviewsOverdue
	add(due, n(due, "access review is", "access reviews are")+" open", admin.Root+"/access-reviews", false)
	add(t.Registrations.Bounced, n(t.Registrations.Bounced, "invitation", "invitations")+" came back undelivered", admin.Root+"/people?stage=bounced", true)
	add(t.Registrations.Lapsed, n(t.Registrations.Lapsed, "invitation has", "invitations have")+" lapsed unused", admin.Root+"/people?stage=lapsed", true)
	add(t.WithoutRole, n(t.WithoutRole, "person has no role", "people have no role")+": nothing is open to them", admin.Root+"/people?role="+url.QueryEscape(api.NoRole), true)
	for _, c := range t.Returned {
		add(1, returned(c), changes.PathOf(c.ID), true)
	}
	others := t.Open - t.ToApprove
	add(others, n(others, "other change is", "other changes are")+" open", admin.Root+"/changes?state=open", false)
	return todo
}

// restored says that the service was, and what is to be done about it. What exactly was taken away
// again stands in the audit, which is governance's to read.
func restored(r api.Restored) string {
	words := "Restored on " + clock(r.At)
	if r.Made != nil {
		words += " to the backup of " + clock(*r.Made)
	}
	if r.Things == 0 {
		return words + ": nothing had to be taken away again"
	}
	return words + ": " + admin.Count(r.Things, "thing was", "things were") + " taken away again, from " + admin.Count(r.People, "person", "people") +
		". Return whoever had only moved; a governance officer reads the whole in the audit (access.withdrawn-again)"
}

func clock(t time.Time) string { return t.In(frame.London).Format("2 January 2006 at 15:04") }

// returned says what became of a change of the reader's own, and why.
func returned(c api.ReturnedChange) string {
	what := changes.What(c.Kind) + ", " + changes.About(api.Change{Kind: c.Kind, Subject: c.Subject})
	if c.State == api.ChangeExpired {
		return "Nobody decided on your change in time: " + what
	}
	return c.By + " refused your change: " + what + ". Because: " + c.Note
}

// Funnel says in one line how far those who were invited have come.
func (p Page) Funnel() string {
	r := p.Tasks.Registrations
	return admin.Count(r.People, "person", "people") + ": " + admin.Number(r.Registered) + " registered, " + admin.Number(r.Active) + " of them signed in, " +
		admin.Number(r.Waiting) + " with an invitation that is open"
}

// Leaver is somebody whose time ends, with the last day in words.
type Leaver struct{ Name, Agency, Path, Day string }

// Leavers are the first whose time ends.
func (p Page) Leavers() (some []Leaver) {
	for _, e := range p.Tasks.EndingSoon {
		some = append(some, Leaver{e.Name, e.Agency, admin.Root + "/people/" + e.ID, inWords(e)})
	}
	return some
}

func inWords(e api.Ending) string {
	at, err := time.ParseInLocation(time.DateOnly, e.Ends, frame.London)
	if err != nil {
		return e.Ends
	}
	return at.Format("2 January 2006")
}

// Ending says how many there are.
func (p Page) Ending() string {
	return admin.Count(p.Tasks.Ending, "person has", "people have") + " their last day within 30 days"
}
