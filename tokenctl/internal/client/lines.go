package client

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"
)

const (
	mediaCSV   = "text/csv"
	mediaLines = "application/x-ndjson"

	maxAnswerLine = 1 << 20 // an entry of the audit may name ten thousand people
	maxLines      = 8 << 30 // bytes in all
)

// lines gives a long answer line by line, without keeping it. It is bounded by its size and
// by the time between its parts, not by its time in all. An answer that breaks off is an
// error, also after its last whole line. What its headers say comes before its lines.
func (c *Client) lines(ctx context.Context, path, media string, begin func(http.Header), take func([]byte) error) error {
	limited, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	idle := time.AfterFunc(callTimeout, func() { cancel(fmt.Errorf("nothing came for %s", callTimeout)) })
	defer idle.Stop()
	req, err := http.NewRequestWithContext(limited, http.MethodGet, c.base.String()+path, nil)
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Accept", media+", "+mediaProblem)
	resp, err := c.http.Do(req)
	if err != nil {
		return c.unreached(ctx, err)
	}
	defer resp.Body.Close()
	if got, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); resp.StatusCode/100 != 2 || got != media {
		text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
		if err != nil {
			return c.unreached(ctx, err)
		}
		return c.accept(resp, text, media)
	}
	begin(resp.Header)
	whole := &io.LimitedReader{R: resp.Body, N: maxLines}
	in := bufio.NewScanner(whole)
	in.Buffer(make([]byte, 0, 4<<10), maxAnswerLine)
	for in.Scan() {
		idle.Stop() // whoever reads what we write may take their time
		if err := take(in.Bytes()); err != nil {
			return err
		}
		idle.Reset(callTimeout)
	}
	switch {
	case in.Err() == bufio.ErrTooLong || whole.N == 0:
		return badAnswer(c.base).Because(fmt.Errorf("longer than %d bytes a line or %d in all", maxAnswerLine, maxLines))
	case in.Err() != nil:
		return c.unreached(ctx, fmt.Errorf("the answer broke off: %w", in.Err()))
	}
	return nil
}
