package ui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"mais/config"
	"mais/tokenctl/internal/fault"
)

const (
	maxSecret = 4 << 10

	// MinPassphrase is the least length of a new passphrase, in characters. It guards a file
	// that can be copied and tried without limit, so that it has to be longer than a PIN.
	MinPassphrase = 12
)

// Source says where one secret comes from: a file when File is set, otherwise a prompt on
// the terminal.
type Source struct {
	What string // "passphrase of the token anna", as the prompt and errors say it
	File string
	Flag string // the flag that names the file, for the error's next step
}

// Ready says, before any work is done, whether the secret can be had: a file is named, or
// there is a terminal to ask on.
func (s Source) Ready() error {
	if s.File != "" {
		return nil
	}
	t, err := openTerminal()
	if err != nil {
		return fault.New(fault.NeedsSecret, "name a file that holds it with "+s.Flag,
			"%s is needed, and there is no terminal to ask on", s.What)
	}
	return t.Close()
}

// Get reads the secret.
func (s Source) Get(ctx context.Context, screen *Screen) (config.Secret, error) {
	if s.File != "" {
		return s.read(screen)
	}
	if err := s.Ready(); err != nil {
		return config.Secret{}, err
	}
	value, err := askHidden(ctx, capital(s.What)+": ")
	if err == nil && len(value) == 0 {
		err = fault.New(fault.Usage, "", "no %s was given", s.What)
	}
	return config.NewSecret(value), err
}

// GetNew reads a passphrase that is being chosen: twice on a terminal, and not too short.
func (s Source) GetNew(ctx context.Context, screen *Screen) (config.Secret, error) {
	chosen, err := s.Get(ctx, screen)
	if err != nil {
		return config.Secret{}, err
	}
	if n := utf8.RuneCount(chosen.Reveal()); n < MinPassphrase {
		return config.Secret{}, fault.New(fault.Usage, "choose a longer one: four or five words are easy to remember",
			"a new passphrase has at least %d characters, this one has %d", MinPassphrase, n)
	}
	if s.File != "" {
		return chosen, nil
	}
	again, err := askHidden(ctx, "The same again: ")
	if err != nil {
		return config.Secret{}, err
	}
	if !bytes.Equal(again, chosen.Reveal()) { // both typed here and now: nothing to time
		return config.Secret{}, fault.New(fault.Usage, "start again", "the two passphrases differ")
	}
	return chosen, nil
}

func (s Source) read(screen *Screen) (config.Secret, error) {
	f, err := os.Open(s.File)
	if err != nil {
		return config.Secret{}, fault.New(fault.Usage, "", "read %s", s.What).Because(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		screen.Warn("%s can be read by others; run: chmod 600 %s", s.File, s.File)
	}
	value, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return config.Secret{}, fault.New(fault.Usage, "", "read %s", s.What).Because(err)
	}
	value = bytes.TrimRight(value, "\r\n")
	if len(value) == 0 || len(value) > maxSecret {
		return config.Secret{}, fault.New(fault.Usage, "", "%s is empty or longer than %d bytes", s.File, maxSecret)
	}
	return config.NewSecret(value), nil
}

// Confirm asks the person to type want, before something that cannot be undone.
func Confirm(ctx context.Context, question, want string) error {
	typed, err := ask(ctx, question+"\nType "+want+" to go on: ")
	if err != nil {
		return err
	}
	if string(bytes.TrimSpace(typed)) != want {
		return fault.New(fault.Usage, "", "what was typed is not %s; nothing was done", want)
	}
	return nil
}

// Await shows a question that only waits until the person is ready.
func Await(ctx context.Context, question string) error {
	_, err := ask(ctx, question+"\nPress Enter to go on: ")
	return err
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return fmt.Sprintf("%c%s", s[0]&^0x20, s[1:])
}
