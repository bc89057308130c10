package token

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"mais/tokenctl/internal/fault"
)

const (
	settleTries = 100
	settlePause = 10 * time.Millisecond
)

// settled loads a token that another process may be replacing at this moment. That takes
// milliseconds, in which there is no directory NAME, or the files of two tokens are read in
// turn. A replacement whose process has ended is finished first.
func (h Home) settled(name string) (*Token, error) {
	for range settleTries {
		if _, err := os.Stat(h.aside(name)); err == nil {
			l, err := h.Lock(name)
			switch {
			case fault.Is(err, fault.Busy): // it is being finished by who began it
				time.Sleep(settlePause)
				continue
			case err != nil:
				return nil, err
			}
			l.Unlock()
		}
		before, err := os.Stat(h.path(name))
		if errors.Is(err, fs.ErrNotExist) {
			if _, err := os.Stat(h.aside(name)); err == nil {
				continue
			}
			return nil, fault.New(fault.NoSuchToken, "run 'tokenctl list' to see the tokens there are", "there is no token %q in %s", name, h.dir)
		}
		if err != nil {
			return nil, damaged(h.path(name), err)
		}
		t, err := load(h.path(name), name)
		if after, gone := os.Stat(h.path(name)); gone == nil && os.SameFile(before, after) {
			return t, err
		}
	}
	return nil, fault.New(fault.Busy, "try again", "another tokenctl is at work on the token %s", name)
}
