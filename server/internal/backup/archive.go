// Package backup keeps a service in one file: a tar archive encrypted with age to backup
// keys, whose manifest says of each entry how long it is and its SHA-256, and is signed by the
// service. [Save] writes one into a directory, from [Part]s; [Open] reads one through, without
// keeping a byte, and says whether it is whole and ours; [Archive.Each] then gives its content.
//
// Encryption says nothing of who encrypted: the backup keys are public. The signature does,
// by a key that was certified below the root that the reader trusts. It does not say that an
// archive is the newest: whoever can write the medium can put an old one in its place.
//
// It knows nothing of databases and certificates: what goes in is the caller's to choose. What
// must never go in, the root's key and whatever unlocks others, [Files] leaves out.
package backup

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
)

// ErrDamaged is returned for an archive that is not whole as it was written: cut short, changed,
// or none of ours.
var ErrDamaged = errors.New("backup: the archive is damaged")

// ErrKey is returned when no backup key given opens the archive.
var ErrKey = errors.New("backup: this backup key does not open the archive")

// ErrForeign is returned for an archive that the service of the given root did not sign:
// another service's, or one that somebody made up.
var ErrForeign = errors.New("backup: the archive is not signed by this service")

const (
	manifestName  = "manifest.json"
	signatureName = "manifest.jws" // comes last
	format        = 2

	// pieceSize is the most that an entry holds: a longer part is several. So that nobody has to
	// know a length beforehand, and what is read can be held until it is known to be genuine.
	pieceSize = 16 << 20

	maxManifest  = 32 << 20
	maxSignature = 64 << 10
	maxEntries   = 1 << 17 // 2 TiB in pieces
)

// Manifest is the last entry of an archive but for its signature.
type Manifest struct {
	Format  int       `json:"format"`
	Made    time.Time `json:"made"`
	Version string    `json:"version"` // of mais-server
	Service string    `json:"service"` // the deployment's name
	Node    string    `json:"node"`    // the server's identity
	Root    string    `json:"root"`    // its root's fingerprint
	// RootCertificate is the root's, in DER. It is there to verify with; what makes it trusted is
	// that the reader knows its fingerprint.
	RootCertificate []byte  `json:"root_certificate"`
	Entries         []Entry `json:"entries"`
}

// Entry is a part of the archive, or a piece of one.
type Entry struct {
	Name   string `json:"name"`            // of the part: with slashes, relative
	Piece  int    `json:"piece,omitempty"` // of the part, from 0
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// member is the entry's name in the tar archive.
func (e Entry) member() string {
	if e.Piece == 0 {
		return e.Name
	}
	return fmt.Sprintf("%s.%06d", e.Name, e.Piece)
}

// Part is something to be archived, under a name.
type Part struct {
	Name string
	Open func() (io.ReadCloser, error) // what it reads is archived, up to its end
}

func localName(name string) bool {
	return name != manifestName && name != signatureName && filepath.IsLocal(name) && !strings.Contains(name, `\`) && name == filepath.ToSlash(filepath.Clean(name))
}
