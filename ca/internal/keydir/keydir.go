// Package keydir is the directory that a key ceremony leaves: which files of which CA lie in it,
// under which names, whether all are there, and how one is written so that a crash leaves it
// whole. [Made] tells whether a ceremony took place and [Holdings] what there is of each CA; a
// certificate counts once [CheckAuthority] has seen it, and a list of the root's is checked as
// it is read.
//
// Both who holds ceremonies and who runs the CA use it. It knows no database, and so not which
// CA issues.
package keydir

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ErrDirectory: the directory does not hold what it should.
var ErrDirectory = errors.New("ca: key directory")

// Root, and the issuing CAs' ids, people-1 and so on, name the files of the key directory
// and rows of ca.issuer. A roll-over adds people-2 beside people-1.
const Root = "root"

// Series are the series of issuing CAs, in the order of every list of them.
var Series = []string{"people", "sites"}

// First are what the ceremony makes.
var First = []string{"people-1", "sites-1"}

// MaxGeneration bounds the generations of a series: four digits are 4,000 years.
const MaxGeneration = 9999

// SeriesOf returns people for people-1.
func SeriesOf(id string) string {
	series, _, _ := strings.Cut(id, "-")
	return series
}

// GenerationOf returns 1 for people-1, and 0 for what is no issuing CA's id.
func GenerationOf(id string) int {
	series, number, _ := strings.Cut(id, "-")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > MaxGeneration || strconv.Itoa(n) != number || !slices.Contains(Series, series) {
		return 0
	}
	return n
}

// ID returns people-1 for people and 1.
func ID(series string, generation int) string { return fmt.Sprintf("%s-%d", series, generation) }

// SortIDs puts ids in the order of their series, the oldest first.
func SortIDs(ids []string) {
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(
			cmp.Compare(slices.Index(Series, SeriesOf(a)), slices.Index(Series, SeriesOf(b))),
			cmp.Compare(GenerationOf(a), GenerationOf(b)),
		)
	})
}

// CertificateFile holds the certificate of a CA, as PEM.
func CertificateFile(id string) string { return id + ".crt" }

// KeyFile holds the key of a CA, sealed.
func KeyFile(id string) string { return id + ".key" }

// AddressFile holds the address of a key that a key manager keeps; see package keys.
func AddressFile(id string) string { return id + ".kms" }

// RequestFile is there between the making of a key and the coming of its certificate.
func RequestFile(id string) string { return id + ".csr" }

// RootListFile holds the newest revocation list of the root's, as PEM.
const RootListFile = Root + ".crl"

// UnfinishedFile is there while a ceremony writes, so that a directory that a crash left
// half made is told from one that lost a file.
const UnfinishedFile = "UNFINISHED"
