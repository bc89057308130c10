package command

import (
	"os"

	"mais/tokenctl/internal/fault"
)

// WriteNew makes a file of something public and overwrites none.
func WriteNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err == nil {
		_, err = f.Write(text)
		if closed := f.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		return fault.New(fault.Usage, "name another file, or move that one away", "write the file").Because(err)
	}
	return nil
}
