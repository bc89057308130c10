package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"

	"mais/config"
)

const (
	minRootPassphrase = 15
	kmsUsage          = "`URI` of a key manager for the issuing keys, with {id} for their names; no PIN in it"
	passphraseUsage   = "`FILE` with the root's passphrase (default: asked for on the terminal)"
)

// newRootPassphrase reads the passphrase of a root to be made, or asks for it twice.
func newRootPassphrase(ctx context.Context, file, goodFor string) (config.Secret, error) {
	secret, err := config.Secret{}, error(nil)
	if file != "" {
		secret, err = config.ReadSecret(file)
	} else {
		secret, err = askTwice(ctx, goodFor)
	}
	if err == nil && len(secret.Reveal()) < minRootPassphrase {
		err = fmt.Errorf("the root's passphrase has fewer than %d characters; nothing was made", minRootPassphrase)
	}
	return secret, err
}

func askTwice(ctx context.Context, goodFor string) (config.Secret, error) {
	tty, err := terminal("the root needs a passphrase", "--root-passphrase-file")
	if err != nil {
		return config.Secret{}, err
	}
	defer tty.Close()
	fmt.Fprintf(os.Stderr, "The root will be good for %s, and for nothing else, ever.\n", goodFor)
	var typed [2]string
	for i, prompt := range []string{"Passphrase for the root's key, at least 15 characters: ", "The same again: "} {
		if typed[i], err = prompted(ctx, tty, prompt); err != nil {
			return config.Secret{}, err
		}
	}
	if typed[0] != typed[1] {
		return config.Secret{}, errors.New("the two passphrases differ; nothing was made")
	}
	return config.NewSecret([]byte(typed[0])), nil
}

// rootPassphrase reads the passphrase of a root that is there, or asks for it.
func rootPassphrase(ctx context.Context, file string) (config.Secret, error) {
	if file != "" {
		return config.ReadSecret(file)
	}
	tty, err := terminal("the root's key has a passphrase", "--root-passphrase-file")
	if err != nil {
		return config.Secret{}, err
	}
	defer tty.Close()
	text, err := prompted(ctx, tty, "Passphrase of the root's key: ")
	return config.NewSecret([]byte(text)), err
}

// terminal opens the terminal that the command was started from, whatever stdin is.
func terminal(why, instead string) (*os.File, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, usage(fmt.Errorf("%s and there is no terminal to ask on: give %s", why, instead))
	}
	return tty, nil
}

func prompted(ctx context.Context, tty *os.File, prompt string) (string, error) {
	fmt.Fprint(os.Stderr, prompt)
	text, err := readPassword(ctx, int(tty.Fd()))
	fmt.Fprintln(os.Stderr)
	return string(text), err
}

// confirmWord asks for a word to be typed before something is done that is hard to undo.
func confirmWord(what, word string, yes bool) error {
	if yes {
		return nil
	}
	tty, err := terminal("this wants the word "+strconv.Quote(word)+" typed", "--yes")
	if err != nil {
		return &failure{err, "if you mean it: " + shellLine(append(slices.Clone(os.Args), "--yes")), exitUsage}
	}
	defer tty.Close()
	fmt.Fprintf(os.Stderr, "%s Type \"%s\" to go on: ", what, word)
	line, err := bufio.NewReader(tty).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != word {
		return errors.New("not confirmed; nothing was changed")
	}
	return nil
}

// plainWord is a word that a shell takes as it stands.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+,-]+$`)

// shellLine is a command as it is typed into a shell.
func shellLine(words []string) string {
	var line []string
	for _, w := range words {
		if !plainWord.MatchString(w) {
			w = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
		line = append(line, w)
	}
	return strings.Join(line, " ")
}

// readPassword reads a line without echo until ctx ends, and then leaves the terminal as it
// was. The read itself cannot be ended: it goes with the process.
func readPassword(ctx context.Context, terminal int) ([]byte, error) {
	before, err := term.GetState(terminal)
	if err != nil {
		return nil, err
	}
	type line struct {
		text []byte
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(terminal)
		read <- line{text, err}
	}()
	select {
	case l := <-read:
		return l.text, l.err
	case <-ctx.Done():
		return nil, errors.Join(context.Cause(ctx), term.Restore(terminal, before))
	}
}
