package mail

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// directory keeps each mail as a file, for training and for trying out. It is transport and
// session in one.
type directory struct{ path string }

func newDirectory(path string) (directory, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return directory{}, fmt.Errorf("make the directory of mails: %w", err)
	}
	return directory{path}, nil
}

func (d directory) open(context.Context) (session, error) { return d, nil }

func (d directory) close() {}

// send writes the mail to DIRECTORY/TIME-ID.eml, in one step: whoever looks sees it whole or
// not at all. A mail that is sent again takes the place of the first.
func (d directory) send(m *gomail.Msg) (string, error) {
	name, err := fileName(m)
	if err != nil {
		return "", err
	}
	f, err := os.CreateTemp(d.path, ".mail-*") // 0600: it may hold a code
	if err != nil {
		return "", fmt.Errorf("keep a mail: %w", err)
	}
	defer os.Remove(f.Name()) // when it was not renamed
	_, err = m.WriteTo(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("keep a mail: %w", err)
	}
	path := filepath.Join(d.path, name)
	if err := os.Rename(f.Name(), path); err != nil {
		return "", fmt.Errorf("keep a mail: %w", err)
	}
	return path, nil
}

// fileName is the mail's date, to sort by, and the part of its Message-ID that is ours.
func fileName(m *gomail.Msg) (string, error) {
	id, _, ok := strings.Cut(strings.Trim(m.GetMessageID(), "<>"), "@")
	date := m.GetGenHeader(gomail.HeaderDate)
	if !ok || len(date) != 1 {
		return "", errors.New("keep a mail: it has no Message-ID or no date")
	}
	at, err := netmail.ParseDate(date[0])
	if err != nil {
		return "", fmt.Errorf("keep a mail: %w", err)
	}
	return at.UTC().Format("20060102T150405Z") + "-" + filepath.Base(id) + ".eml", nil
}
