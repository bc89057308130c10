// Package relying sees the service's certificates as a relying party does: from outside, by
// the addresses that stand in a certificate, over plain HTTP, with nothing but the issuer's
// key to trust.
//
// [Party.CRL] and [Party.OCSP] fetch, verify and weigh the age of what is published about one
// certificate; [Clock] and [Server] weigh what a connection has shown. Each gives a finding
// with what to do, never an error: not to be reached is a finding too. Every fetch is bounded
// in time and size and follows no redirection. The addresses have to come from a certificate
// that is trusted: the package asks whatever they name.
package relying

import (
	"crypto/x509"
	"fmt"
	"time"

	"mais/certs"
	"mais/server/api"
)

// The states of a finding.
const (
	OK      = "ok"
	Warning = "warning"
	Fault   = "fault"
)

const (
	clockWarning = 5 * time.Second // beyond what the exchange itself took
	clockFault   = 2 * time.Minute // codes, receipts and lists are judged by it

	serverWarning = 10 * 24 * time.Hour // a node renews its certificate 10 days before its end
	serverFault   = 3 * 24 * time.Hour
)

// Clock compares the service's clock with the one here, which was read before and after.
func Clock(theirs, before, after time.Time) api.CheckItem {
	middle := before.Add(after.Sub(before) / 2)
	off, unsure := theirs.Sub(middle), after.Sub(before)/2
	item := api.CheckItem{What: "here-clock", State: OK, Says: fmt.Sprintf("the service's clock and the one here agree to within %s", round(off.Abs()+unsure))}
	if off.Abs() <= clockWarning+unsure {
		return item
	}
	item.State = Warning
	if off.Abs() > clockFault+unsure {
		item.State = Fault
	}
	where := "behind"
	if off < 0 {
		where = "ahead of"
	}
	item.Says = fmt.Sprintf("the clock here is %s %s the service's", round(off.Abs()), where)
	item.Do = "find out which of the two is wrong, and have it follow a time server (chrony, systemd-timesyncd)"
	return item
}

// Server weighs the certificate that the service has proved on a connection that was
// verified to the root.
func Server(chain []*x509.Certificate, now time.Time) api.CheckItem {
	if len(chain) == 0 {
		return api.CheckItem{What: "here-server", State: Fault, Says: "the service has presented no certificate", Do: "tell whoever runs the service"}
	}
	leaf := chain[0]
	left := leaf.NotAfter.Sub(now)
	item := api.CheckItem{What: "here-server", State: OK, Says: fmt.Sprintf(
		"the server's certificate %s leads to the root, has its policy and a pinned key, and holds until %s",
		certs.SerialHex(leaf.SerialNumber), leaf.NotAfter.UTC().Format(time.RFC3339))}
	if left < serverWarning {
		item.State, item.Do = Warning, "the node should have renewed it by itself: see its log"
	}
	if left < serverFault {
		item.State = Fault
	}
	return item
}

// freshness weighs the time of something that is published and replaced before its end.
func freshness(item api.CheckItem, what string, from, until, now time.Time) api.CheckItem {
	switch age, life := now.Sub(from), until.Sub(from); {
	case age < -clockFault:
		item.State, item.Says = Fault, fmt.Sprintf("%s is dated %s in the future", what, round(-age))
		item.Do = "compare the clocks of this computer and of the service"
	case until.IsZero() || !now.Before(until):
		item.State, item.Says = Fault, fmt.Sprintf("%s should have been replaced by %s", what, until.UTC().Format(time.RFC3339))
		item.Do = "relying parties refuse everybody by now: see why the service publishes nothing new, in its log"
	case age > life*9/10:
		item.State, item.Says = Warning, fmt.Sprintf("%s is %s old and ends in %s", what, round(age), round(until.Sub(now)))
		item.Do = "a new one is due: see the service's log, and look again"
	default:
		item.State, item.Says = OK, fmt.Sprintf("%s is %s old and holds for another %s", what, round(age), round(until.Sub(now)))
	}
	return item
}

func round(d time.Duration) time.Duration {
	switch {
	case d > time.Hour:
		return d.Round(time.Minute)
	case d > time.Minute:
		return d.Round(time.Second)
	}
	return d.Round(time.Millisecond)
}
