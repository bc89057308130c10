package admin

import (
	"strings"

	"mais/server/api/form"
)

// subjects are what findings of the check are about, in words.
var subjects = map[string]string{
	"root-key": "The root’s key", "crl-root": "The root’s revocation list", "key-files": "The directory of keys", "generations": "Signing keys", "clock": "This machine’s clock",
	"node": "The service’s own certificates", "nodes": "The service’s own certificates", "pins": "Pins of the keys to come", "journal": "The signed journal", "restored": "Restores", "chain": "The chain of certificates",
}

// ofIssuers are those of each issuer, which the word ends with.
var ofIssuers = []struct{ begins, words string }{
	{"crl-", "Revocation list of "}, {"key-", "Key of "}, {"chain-", "Certificate of "}, {"issuer-", "Certificate of "}, {"validity-", "How long may be issued from "},
	{"generation-", "Signing key "}, {"active-", "What issues "},
}

// Subject is what a finding is about, in words.
func Subject(what string) string {
	if words, ok := subjects[what]; ok {
		return words
	}
	for _, of := range ofIssuers {
		if id, ok := strings.CutPrefix(what, of.begins); ok {
			return of.words + id
		}
	}
	return form.Word(what)
}
