package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mais/certs"
	"mais/server/internal/people"
)

// fileName is that of a File, in the demo's directory.
const fileName = "demo.json"

// File is demo.json. Code and Enrol are null for who has a live token.
type File struct {
	URLs            URLs              `json:"urls"`
	RootFingerprint certs.Fingerprint `json:"root_fingerprint"`
	Users           []Invited         `json:"users"`
	Sites           []InvitedSite     `json:"sites"`
}

// URLs are the listeners' base addresses.
type URLs struct {
	Public string `json:"public"`
	Mutual string `json:"mutual"`
	Plain  string `json:"plain"`
	Ops    string `json:"ops"`
}

// Invited is a user of the demo and the command that enrols the user.
type Invited struct {
	Email  string   `json:"email"`
	Name   string   `json:"name"`
	Roles  []string `json:"roles"`
	Agency string   `json:"agency"`
	Code   *string  `json:"code"`
	Enrol  *string  `json:"enrol"`
}

// InvitedSite is a site of the demo and the command that enrols it.
type InvitedSite struct {
	Name   string  `json:"name"`
	Agency string  `json:"agency"`
	Code   *string `json:"code"`
	Enrol  *string `json:"enrol"`
}

// Tokens is what the demo asks of the certificate authority.
type Tokens interface {
	// Live reports whether the identity holds an active certificate.
	Live(ctx context.Context, who certs.Identity) (bool, error)
	// Open reports whether a code that Invite made for the identity can still be used.
	Open(ctx context.Context, who certs.Identity, code string) (bool, error)
	// Invite makes a code; an earlier open one for the same identity is void.
	Invite(ctx context.Context, who certs.Identity, holder, name string) (code string, err error)
}

// Invite makes a code for everybody without a live token and returns the file that tells them.
// Who has a code in the file from before, in dir, that is still good keeps it: a demo that was
// stopped and started again takes nothing back that it had shown.
func Invite(ctx context.Context, dir string, register *people.Register, tokens Tokens, urls URLs, root certs.Fingerprint) (*File, error) {
	before := codes(dir)
	file := &File{URLs: urls, RootFingerprint: root, Users: []Invited{}, Sites: []InvitedSite{}}
	users, err := register.Users(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		code, err := invite(ctx, tokens, certs.User, u.ID, u.Email, u.Name, before[u.Email])
		if err != nil {
			return nil, err
		}
		invited := Invited{Email: u.Email, Name: u.Name, Roles: u.Roles, Agency: u.Agency, Code: code}
		invited.Enrol = file.enrol("enrol", "--email", u.Email, code)
		file.Users = append(file.Users, invited)
	}
	places, err := register.PlacesSites(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, s := range places {
		if s.ClosedAt != nil {
			continue
		}
		code, err := invite(ctx, tokens, certs.Site, s.ID, s.Name, s.Name, before[s.Name])
		if err != nil {
			return nil, err
		}
		file.Sites = append(file.Sites, InvitedSite{s.Name, s.AgencyName, code, file.enrol("site enrol", "--site", s.Name, code)})
	}
	return file, nil
}

// codes are those of the file in dir, by address or by a site's name. Without one that can be
// read there are none.
func codes(dir string) map[string]string {
	var was File
	text, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil || json.Unmarshal(text, &was) != nil {
		return nil
	}
	codes := map[string]string{}
	for _, u := range was.Users {
		if u.Code != nil {
			codes[u.Email] = *u.Code
		}
	}
	for _, s := range was.Sites {
		if s.Code != nil {
			codes[s.Name] = *s.Code
		}
	}
	return codes
}

func invite(ctx context.Context, tokens Tokens, kind certs.Kind, id, holder, name, before string) (*string, error) {
	who, err := certs.NewIdentity(kind, id)
	if err != nil {
		return nil, err
	}
	live, err := tokens.Live(ctx, who)
	if err != nil || live {
		return nil, err
	}
	if before != "" {
		if open, err := tokens.Open(ctx, who, before); err != nil || open {
			return &before, err
		}
	}
	code, err := tokens.Invite(ctx, who, holder, name)
	if err != nil {
		return nil, fmt.Errorf("invite %s: %w", holder, err)
	}
	return &code, nil
}

func (f *File) enrol(command, flag, holder string, code *string) *string {
	if code == nil {
		return nil
	}
	line := fmt.Sprintf("bin/tokenctl %s --server %s --root-fingerprint %s %s %s --code %s",
		command, f.URLs.Public, f.RootFingerprint, flag, Quote(holder), *code)
	return &line
}

// Quote returns a word as a POSIX shell takes it literally.
func Quote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@%+=:,./_-", r)
	}
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// Write replaces DIR/demo.json in one step; only its owner can read it.
func (f *File) Write(dir string) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(dir, ".demo-*.json") // 0600
	if err != nil {
		return fmt.Errorf("write demo.json: %w", err)
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(append(text, '\n'))
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary.Name(), filepath.Join(dir, fileName))
	}
	if err != nil {
		return fmt.Errorf("write demo.json: %w", err)
	}
	return nil
}
