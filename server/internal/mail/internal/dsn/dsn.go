// Package dsn reads a delivery status notification (RFC 3464): what a mail server writes back
// about a mail that it could not deliver. [Read] is the one thing to call.
//
// Anybody can write one. What it says is to be believed only of a mail whose id the writer
// could not have guessed, and it is for the caller to ask for that.
package dsn

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"net/textproto"
	"strings"
)

// The bounds of a notification. A mail server returns at most the mail, which is short.
const (
	maxBytes = 1 << 20
	maxParts = 8
	maxField = 1000
)

// ErrNot is returned for a mail that is no notification: an answer of a holiday, or a person's.
var ErrNot = errors.New("dsn: not a delivery status notification (RFC 3464)")

// Report is what a notification says.
type Report struct {
	// To are the addresses that the notification itself went to, the envelope's among them
	// where the mail server has written it down.
	To []string
	// MessageID is that of the mail which it is about, as it was returned; "": it was not.
	MessageID string
	Failed    bool   // for good: it will not be tried again
	Status    string // RFC 3463, such as 5.1.1
	Says      string // the diagnostic code, as it stands there
}

// Read reads one mail to its end.
func Read(r io.Reader) (Report, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return Report{}, fmt.Errorf("read a notification: %w", err)
	}
	if len(text) > maxBytes {
		return Report{}, fmt.Errorf("read a notification: it is longer than %d bytes: %w", maxBytes, ErrNot)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return Report{}, fmt.Errorf("%w: %v", ErrNot, err)
	}
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || !strings.EqualFold(parameters["report-type"], "delivery-status") {
		return Report{}, ErrNot
	}
	report := Report{To: recipients(m.Header)}
	return report, report.read(multipart.NewReader(m.Body, parameters["boundary"]))
}

// recipients are those of the headers in which mail servers put the envelope's recipient.
func recipients(h netmail.Header) (found []string) {
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "To"} {
		for _, value := range h[name] {
			if len(found) == maxParts || len(value) > maxField {
				continue
			}
			if a, err := netmail.ParseAddress(value); err == nil {
				found = append(found, a.Address)
			}
		}
	}
	return found
}

func (r *Report) read(parts *multipart.Reader) error {
	told := false
	for range maxParts {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: %v", ErrNot, err)
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		switch kind {
		case "message/delivery-status", "message/global-delivery-status":
			told = true
			r.status(part)
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			h, _ := textproto.NewReader(bufio.NewReader(part)).ReadMIMEHeader() // as much as was returned
			if id := h.Get("Message-Id"); len(id) <= maxField {
				r.MessageID = id
			}
		}
	}
	if !told {
		return ErrNot
	}
	return nil
}

// status reads the groups of fields: the first is about the mail, each further one about a
// recipient (RFC 3464, 2.1). Our mails have one.
func (r *Report) status(part io.Reader) {
	groups := textproto.NewReader(bufio.NewReader(part))
	for range maxParts {
		h, err := groups.ReadMIMEHeader()
		if action := h.Get("Action"); action != "" {
			r.Failed = r.Failed || strings.EqualFold(strings.TrimSpace(action), "failed")
			r.Status = short(h.Get("Status"))
			_, says, typed := strings.Cut(h.Get("Diagnostic-Code"), ";")
			if !typed {
				says = h.Get("Diagnostic-Code")
			}
			r.Says = short(says)
		}
		if err != nil {
			return
		}
	}
}

func short(text string) string {
	return strings.TrimSpace(text[:min(len(text), maxField)])
}
