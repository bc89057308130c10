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
	var sites []string
	for _, site := range c.after.sites {
		sites = append(sites, site.ID)
	}
	if say, err = s.networksAlone(ctx, c.By, sites, ""); err != nil || c.Target == "" || c.Kind != api.UserChange && c.Kind != api.UserReturn {
		return say, err
	}
	made, err := s.opts.Register.AloneSince(ctx, c.Target, s.now().Add(-aloneFor), aloneShown)
	if err != nil || len(made) == 0 {
		return say, err
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

// networksAlone says which networks whoever makes a change has lately recognised alone, at the sites where
// it lets somebody work: one person may add a network, and may not with it give access from elsewhere
// without the second seeing both.
func (s *Service) networksAlone(ctx context.Context, by string, sites []string, list string) ([]string, error) {
	if by == "" {
		return nil, nil
	}
	found, total, err := s.opts.Register.NetworksAlone(ctx, by, sites, list, s.now().Add(-aloneFor), aloneShown)
	if err != nil || total == 0 {
		return nil, err
	}
	var all []string
	for _, n := range found {
		all = append(all, fmt.Sprintf("%s at %s on %s", n.Prefix, n.Site, n.At.UTC().Format("2 January 2006")))
	}
	if more := total - len(found); more > 0 {
		all = append(all, fmt.Sprintf("and %d more", more))
	}
	return []string{"Who makes this change has lately, alone, recognised networks that they would come in from: " + strings.Join(all, "; ") + "."}, nil
}

func quoted(text string) string {
	if text == "" {
		return "nothing"
	}
	return "“" + text + "”"
}
