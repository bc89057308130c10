package web

import (
	"context"
	"errors"
	"time"
)

// A file that a form brings is in memory until the form has ended and the file was read: up to maxImport
// each, of so many at once. The others wait a little.
const (
	uploadsAtOnce  = 3
	uploadPatience = 5 * time.Second
)

// errUploads says that there is no room for another file just now.
var errUploads = errors.New("web: too many files are being read")

// takeUpload waits a little for room for a file, which the function it returns gives back.
func (s *Site) takeUpload(ctx context.Context) (done func(), err error) {
	wait := time.NewTimer(uploadPatience)
	defer wait.Stop()
	select {
	case s.uploads <- struct{}{}:
		return func() { <-s.uploads }, nil
	case <-wait.C:
	case <-ctx.Done():
	}
	return nil, errUploads
}
