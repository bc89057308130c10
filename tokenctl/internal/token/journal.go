package token

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mais/server/api"
)

// A service that was restored from a backup, together with its journal of what was taken
// away, looks whole to itself. Its clients remember: each keeps how far the journals had
// come, as the service signed it, and brings that back. What it cannot verify it just carries.

// headForm is a signed head, 1.JOURNAL.NUMBER.HASH.TIME.SIGNATURE.
var headForm = regexp.MustCompile(`^1\.([0-9a-f]{16})\.([1-9][0-9]{0,17})\.[0-9A-Za-z_-]{43}\.([0-9]{1,12})\.[0-9A-Za-z_-]{1,128}$`)

const maxHeads = 64 // that are read of one text; the rest is not looked at

// head is a signed head, and what of it is compared.
type head struct {
	journal      string
	number, time int64
	text         string
}

// parseHeads reads heads with commas or line ends between, and leaves out what is none.
func parseHeads(text string) (heads []head) {
	if len(text) > maxMetaBytes {
		return nil
	}
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == '\n' || r == ' ' }) {
		found := headForm.FindStringSubmatch(part)
		if found == nil {
			continue
		}
		number, err1 := strconv.ParseInt(found[2], 10, 64)
		time, err2 := strconv.ParseInt(found[3], 10, 64)
		if err1 == nil && err2 == nil {
			heads = append(heads, head{found[1], number, time, part})
		}
		if len(heads) == maxHeads {
			break
		}
	}
	return heads
}

// mergeHeads keeps the highest head of each journal, and of these the latest.
func mergeHeads(heads []head) []head {
	slices.SortStableFunc(heads, func(a, b head) int {
		return cmp.Or(strings.Compare(a.journal, b.journal), cmp.Compare(b.number, a.number))
	})
	heads = slices.CompactFunc(heads, func(a, b head) bool { return a.journal == b.journal })
	slices.SortStableFunc(heads, func(a, b head) int { return cmp.Compare(b.time, a.time) })
	return heads[:min(len(heads), api.MaxJournalSeen)]
}

func textOf(heads []head, between string) string {
	var texts []string
	for _, h := range heads {
		texts = append(texts, h.text)
	}
	return strings.Join(texts, between)
}

// JournalSeen returns the heads that are remembered for the token, as they are brought back
// to the service; "" when there are none.
func (t *Token) JournalSeen() string {
	text, err := os.ReadFile(t.journalFile())
	if err != nil {
		return "" // it is learned again
	}
	return textOf(mergeHeads(parseHeads(string(text))), ",")
}

// KeepJournal takes in what the service announced. It writes only what is news.
func (t *Token) KeepJournal(announced string) error {
	was := t.JournalSeen()
	now := mergeHeads(append(parseHeads(was), parseHeads(announced)...))
	if textOf(now, ",") == was {
		return nil
	}
	path := t.journalFile()
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(textOf(now, "\n") + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	err = os.Rename(f.Name(), path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // whoever holds the token's lock took it for a leftover; it is learned again
	}
	return err
}

// journalFile lies beside the token, so that a renewal does not take it away.
func (t *Token) journalFile() string {
	return filepath.Join(filepath.Dir(t.Dir), journalPattern.of(t.Name))
}
