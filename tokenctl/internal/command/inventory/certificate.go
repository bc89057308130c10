// Package inventory has the words for certificates as the service's inventory has them: how a person
// names one, how one stands, and how a plan on them ends.
package inventory

import (
	"fmt"
	"strconv"
	"strings"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/serials"
	"mais/tokenctl/internal/ui"
)

// ParseSerial reads SERIAL or ISSUER/SERIAL from the command line.
func ParseSerial(text string) (certs.Ref, error) {
	ref, err := serials.Parse(text)
	if err != nil {
		return certs.Ref{}, fault.New(fault.Usage, "give the whole serial number, or ISSUER/SERIAL, as 'tokenctl admin cert list' prints it", "%.60q", text).Because(err)
	}
	return ref, nil
}

// OneOfThem returns the one certificate of a list that an argument names; the error is none
// when there is none.
func OneOfThem(list []api.Certificate, asked certs.Ref, none error) (certs.Ref, error) {
	var same []certs.Ref
	var names []string
	for _, cert := range list {
		if cert.Serial == asked.Serial && (asked.Issuer == "" || asked.Issuer == cert.Issuer) {
			same, names = append(same, certs.Ref{Issuer: cert.Issuer, Serial: cert.Serial}), append(names, RefOf(cert))
		}
	}
	switch len(same) {
	case 0:
		return certs.Ref{}, none
	case 1:
		return same[0], nil
	}
	return certs.Ref{}, fault.New(fault.Usage, "give one of: "+strings.Join(names, ", "), "%d issuers have given the serial number %s", len(same), asked.Serial)
}

// RefOf is a certificate's whole name.
func RefOf(c api.Certificate) string { return fmt.Sprintf("%s/%s", c.Issuer, c.Serial) }

// Standing is a certificate's status in a word: that it was good means nothing once it has
// expired.
func Standing(c api.Certificate) string {
	switch {
	case c.DestroyedAt != nil:
		return "destroyed"
	case c.Expired && (c.Status == "active" || c.Status == "held"):
		return "expired"
	}
	return StatusWord(c.Status)
}

// StatusWord is a status of the inventory as people read it, on the pages too: what is active there is good.
func StatusWord(status string) string {
	if status == "active" {
		return "good"
	}
	return status
}

// StatusSentence is its status with why, since when and by whom.
func StatusSentence(c api.Certificate) string {
	said := Standing(c)
	if c.Reason != "" {
		said += ", " + c.Reason
	}
	if c.Status != "active" {
		said += ", since " + ui.Second(c.StatusAt)
		if c.RaisedAt != nil {
			said += ", with that reason since " + ui.Second(*c.RaisedAt)
		}
		if c.StatusBy != "" {
			said += " by " + c.StatusBy
		}
	}
	return said
}

// CardName is what people call a card: the number that is printed on it, or its id.
func CardName(serial uint32, id string) string {
	if serial == 0 {
		return id
	}
	return strconv.FormatUint(uint64(serial), 10)
}

// Reasons are those of RFC 5280, 5.3.1, that the holder of a token can have.
var Reasons = []string{"unspecified", "keyCompromise", "affiliationChanged", "superseded", "cessationOfOperation"}
