package ledger

import (
	"fmt"
	"strings"
	"time"

	"mais/internal/pg"
)

// Choice says which entries Select returns; zero fields choose all.
type Choice struct {
	From, To      time.Time
	After, Before int64  // exclusive
	Limit         int    // the last so many
	Act           string // exactly, or all of a kind: "record.*"
	Outcome       string
	User          string
	Users         []string // nil: anybody; empty: nobody
	Person        string
	Agency        string
	Session       string
	Address       string
	Request       string
	Newest        bool // the last first
	First         int  // the first so many; not with Limit or Newest
}

// slack is by how many numbers two entries of the same moment may be apart: numbers are given and
// clocks are read one after the other, by many at once.
const slack = 10_000

// condition collects what a query demands. Texts are constants of this package; what comes from
// elsewhere is an argument.
type condition struct {
	texts []string
	args  []any
}

// and adds a demand, whose %d stands for its argument.
func (c *condition) and(text string, arg any) {
	c.args = append(c.args, arg)
	c.texts = append(c.texts, strings.ReplaceAll(text, "%d", fmt.Sprintf("$%d", len(c.args))))
}

func (c *condition) String() string {
	if len(c.texts) == 0 {
		return "true"
	}
	return strings.Join(c.texts, " AND ")
}

// The demands on a time. The numbers' bounds, by the index of times, let any plan start and stop
// near the period; the times themselves decide.
const (
	fromSQL = `id >= coalesce((SELECT f.id FROM audit.event f WHERE f.at >= %d ORDER BY f.at LIMIT 1) - slack, 9223372036854775807) AND at >= %d`
	toSQL   = `id <= coalesce((SELECT t.id FROM audit.event t WHERE t.at < %d ORDER BY t.at DESC LIMIT 1) + slack, 0) AND at < %d`
)

func withSlack(sql string) string { return strings.ReplaceAll(sql, "slack", fmt.Sprint(slack)) }

// condition returns what the choice demands of an entry. Words that add nothing, such as IS
// NOT NULL, repeat the conditions of the partial indexes of migration 00011.
func (c Choice) condition() *condition {
	w := &condition{}
	if !c.From.IsZero() {
		w.and(withSlack(fromSQL), c.From)
	}
	if !c.To.IsZero() {
		w.and(withSlack(toSQL), c.To)
	}
	if c.After > 0 {
		w.and(`id > %d`, c.After)
	}
	if c.Before > 0 {
		w.and(`id < %d`, c.Before)
	}
	c.act(w)
	if c.Outcome != "" {
		w.and(`outcome = %d`, c.Outcome)
		if c.Outcome != "allowed" {
			w.texts = append(w.texts, `outcome <> 'allowed'`)
		}
	}
	for _, of := range []struct{ value, text string }{
		{c.User, `user_id = %d::uuid AND user_id IS NOT NULL`}, {c.Address, `address = %d::inet`},
		{c.Agency, `agency = %d`}, {c.Session, `session = %d`}, {c.Request, `request = %d::uuid`},
	} {
		if of.value != "" {
			w.and(of.text, of.value)
		}
	}
	if c.Person != "" && c.Request != "" {
		w.and(`persons @> ARRAY[%d::uuid]`, c.Person)
	}
	if c.Users != nil {
		w.and(`user_id = ANY (%d::uuid[]) AND user_id IS NOT NULL`, pg.Array(c.Users))
	}
	return w
}

// seldom is what is no opened record: the condition of two indexes of migration 00011.
const seldom = `NOT (` + opened + `)`

// act demands an act or a kind of acts. Those that no opened record can be have an index.
func (c Choice) act(w *condition) {
	kind, all := strings.CutSuffix(c.Act, "*")
	switch {
	case kind == "":
		return
	case all: // up to what comes after everything that begins so
		w.and(`act COLLATE "C" >= %d`, kind)
		w.and(`act COLLATE "C" < %d`, kind[:len(kind)-1]+string(kind[len(kind)-1]+1))
	default:
		w.and(`act COLLATE "C" = %d`, c.Act)
	}
	for _, act := range []string{"record.show", "record.print"} {
		if c.Act == act || all && strings.HasPrefix(act, kind) {
			return
		}
	}
	w.texts = append(w.texts, seldom)
}

// from returns what the choice is taken of, and a clause before the statement. What is about a
// person is found first, by the two indexes of persons: PostgreSQL thinks a person is in more
// entries than they are. What is random is found by functions that see to the right index.
func (c Choice) from(w *condition) (with, of string) {
	source := func(text string, arg any) string {
		w.args = append(w.args, arg)
		return strings.ReplaceAll(text, "%d", fmt.Sprintf("$%d", len(w.args)))
	}
	switch {
	case c.Request != "":
		return "", source(`audit.of_request(%d::uuid)`, c.Request)
	case c.Person != "":
		return source(aboutPerson, c.Person), "about"
	case c.Session != "":
		return "", source(`audit.of_session(%d)`, c.Session)
	}
	return "", "audit.event"
}

const aboutPerson = `WITH about AS MATERIALIZED (SELECT * FROM audit.event WHERE ` + opened + ` AND persons[1] = %d::uuid
	UNION ALL SELECT * FROM audit.event WHERE persons @> ARRAY[%d::uuid] AND persons IS NOT NULL AND ` + seldom + `) `

// query returns the statement that selects the choice.
func (c Choice) query() (sql string, args []any) {
	w := c.condition()
	with, of := c.from(w)
	order := ""
	if c.Newest || c.Limit > 0 {
		order = " DESC"
	}
	sql = `SELECT * FROM ` + of + ` WHERE ` + w.String() + ` ORDER BY id` + order
	if n := max(c.Limit, c.First); n > 0 {
		w.args = append(w.args, n)
		sql += fmt.Sprintf(` LIMIT $%d`, len(w.args))
	}
	if c.Newest {
		return with + `SELECT to_jsonb(e) FROM (` + sql + `) AS e ORDER BY e.id DESC`, w.args
	}
	if c.Limit > 0 { // the last so many, yet in ascending order; without a limit nothing need be sorted
		return with + `SELECT to_jsonb(e) FROM (` + sql + `) AS e ORDER BY e.id`, w.args
	}
	return with + `SELECT to_jsonb(e) FROM (` + sql + `) AS e`, w.args
}
