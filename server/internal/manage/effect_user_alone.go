package manage

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mais/server/api"
)

const (
	aloneFor   = 30 * 24 * time.Hour // how long what one person changed is told to who approves more
	aloneShown = 5
)

// alone says what one person has lately changed of the entry that a change gives more to: a name, a
// place or a vetting takes nobody's word, and so somebody else's account could be made to look like
// that of whom the roles are for.
func (s *Service) alone(ctx context.Context, c userChange) (say []string, err error) {
	if c.Target == "" || c.Kind != api.UserChange && c.Kind != api.UserReturn {
		return nil, nil
	}
	made, err := s.opts.Register.AloneSince(ctx, c.Target, s.now().Add(-aloneFor), aloneShown)
	if err != nil || len(made) == 0 {
		return nil, err
	}
	n, err := s.names(ctx)
	for _, m := range made {
		var what []string
		for _, d := range differencesOfUser(n, &m.Before, &m.After) {
			what = append(what, fmt.Sprintf("%s from %s to %s", d.Field, quoted(d.Was), quoted(d.Becomes)))
		}
		say = append(say, fmt.Sprintf("On %s %s alone changed this entry: %s.", m.At.UTC().Format("2 January 2006"), m.By, strings.Join(what, "; ")))
	}
	return say, err
}

func quoted(text string) string {
	if text == "" {
		return "nothing"
	}
	return "“" + text + "”"
}
