// Package inventory has the words for certificates as the service's inventory has them: how a person
// names one, how one stands, and how a plan on them ends.
package main

import (
	"fmt"
	"strconv"
	"strings"

	"mais/certs"
	"mais/server/api"
	"mais/tokenctl/internal/fault"
	"mais/tokenctl/internal/serials"
)

// parseSerial reads SERIAL or ISSUER/SERIAL from the command line.
func parseSerial(text string) (certs.Ref, error) {
	ref, err := serials.Parse(text)
	if err != nil {
		return certs.Ref{}, fault.New(fault.Usage, "give the whole serial number, or ISSUER/SERIAL, as 'tokenctl admin cert list' prints it", "%.60q", text).Because(err)
	}
	return ref, nil
}

// oneOfThem returns the one certificate of a list that an argument names; the error is none
// when there is none.
func oneOfThem(list []api.Certificate, asked certs.Ref, none error) (certs.Ref, error) {
	var same []certs.Ref
	var names []string
	for _, cert := range list {
		if cert.Serial == asked.Serial && (asked.Issuer == "" || asked.Issuer == cert.Issuer) {
			same, names = append(same, certs.Ref{Issuer: cert.Issuer, Serial: cert.Serial}), append(names, refOf(cert))
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

// refOf is a certificate's whole name.
func refOf(c api.Certificate) string { return fmt.Sprintf("%s/%s", c.Issuer, c.Serial) }

// standing is a certificate's status in a word: that it was good means nothing once it has
// expired.
func standing(c api.Certificate) string {
	switch {
	case c.DestroyedAt != nil:
		return "destroyed"
	case c.Expired && (c.Status == "active" || c.Status == "held"):
		return "expired"
	}
	return statusWord(c.Status)
}

// statusWord is a status of the inventory as people read it, on the pages too: what is active there is good.
func statusWord(status string) string {
	if status == "active" {
		return "good"
	}
	return status
}

// statusSentence is its status with why, since when and by whom.
func statusSentence(c api.Certificate) string {
	said := standing(c)
	if c.Reason != "" {
		said += ", " + c.Reason
	}
	if c.Status != "active" {
		said += ", since " + second(c.StatusAt)
		if c.StatusBy != "" {
			said += " by " + c.StatusBy
		}
	}
	return said
}

// cardName is what people call a card: the number that is printed on it, or its id.
func cardName(serial uint32, id string) string {
	if serial == 0 {
		return id
	}
	return strconv.FormatUint(uint64(serial), 10)
}

// reasons are those of RFC 5280, 5.3.1, that the holder of a token can have.
var reasons = []string{"unspecified", "keyCompromise", "affiliationChanged", "superseded", "cessationOfOperation"}
