package token

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"mais/tokenctl/internal/fault"
)

// Home is the directory that holds a person's or a machine's tokens.
type Home struct{ dir string }

// NewHome returns the home in dir, or the default one when dir is empty: mais/tokens under
// XDG_CONFIG_HOME, which itself defaults to ~/.config.
func NewHome(dir string) (Home, error) {
	if dir == "" {
		base, err := os.UserConfigDir()
		if err != nil {
			return Home{}, fault.New(fault.Usage, "say where with --home", "there is no place for tokens").Because(err)
		}
		dir = filepath.Join(base, "mais", "tokens")
	}
	dir, err := filepath.Abs(dir)
	return Home{dir}, err
}

// Dir returns the directory.
func (h Home) Dir() string { return h.dir }

var validName = regexp.MustCompile(`^[a-z0-9][a-z0-9._+-]{0,63}$`)

// CheckName says whether name can name a token: it becomes a directory.
func CheckName(name string) error {
	if !validName.MatchString(name) {
		return fault.New(fault.Usage, "choose a name with --token",
			"%q cannot name a token: want at most 64 of a-z, 0-9, dot, hyphen, plus and underscore, a letter or digit first", name)
	}
	return nil
}

var unfit = regexp.MustCompile(`[^a-z0-9._+-]+`)

// NameFor makes a token's name from an email address (its local part) or a site's name.
func NameFor(holder string) string {
	local, _, _ := strings.Cut(strings.ToLower(holder), "@")
	name := strings.Trim(unfit.ReplaceAllString(local, "-"), "-._+")
	return name[:min(len(name), 64)]
}

// List returns the names of the tokens in the home, sorted. A home that is not there yet is
// an empty one.
func (h Home) List() ([]string, error) {
	entries, err := os.ReadDir(h.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		if hidden, ok := asidePattern.name(name); ok { // stopped between two renames: see recover
			if _, err := os.Stat(h.path(hidden)); errors.Is(err, fs.ErrNotExist) {
				names = append(names, hidden)
			}
			continue
		}
		if _, err := os.Stat(filepath.Join(h.dir, name, metaFile)); err == nil && validName.MatchString(name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// Open returns the token called name, or the only one when name is empty.
func (h Home) Open(name string) (*Token, error) {
	name, err := h.choose(name)
	if err != nil {
		return nil, err
	}
	if err := CheckName(name); err != nil {
		return nil, err
	}
	return h.settled(name)
}

func (h Home) choose(name string) (string, error) {
	if name != "" {
		return name, nil
	}
	names, err := h.List()
	if err != nil {
		return "", err
	}
	switch len(names) {
	case 0:
		return "", fault.New(fault.NoSuchToken, "enrol with the code of your invitation: tokenctl enrol --help", "there is no token in %s", h.dir)
	case 1:
		return names[0], nil
	}
	return "", fault.New(fault.Usage, "choose one with --token: "+strings.Join(names, ", "), "there are %d tokens in %s", len(names), h.dir)
}

func (h Home) path(name string) string { return filepath.Join(h.dir, name) }
