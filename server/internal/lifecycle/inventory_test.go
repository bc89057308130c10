package lifecycle

import (
	"testing"
	"time"

	"mais/ca"
	"mais/server/internal/people"
)

// TestNames: who issued a certificate and who changed it are people where they are known, and
// otherwise what the CA has noted.
func TestNames(t *testing.T) {
	const known, gone = "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f01", "6f2d6a0e-6a3d-4a43-9c55-5a0b7a1f2f02"
	members := map[string]people.Member{known: {Label: "ann@agency.example"}}
	for by, want := range map[string]string{
		"urn:mais:user:" + known: "ann@agency.example", "urn:mais:user:" + gone: "urn:mais:user:" + gone, "127.0.0.1": "127.0.0.1", "": "",
	} {
		got := certificate(ca.Entry{StatusBy: by, IssuedBy: by}, members, time.Now())
		if got.StatusBy != want || got.IssuedBy != want {
			t.Errorf("by %q: status_by %q, issued_by %q, want %q", by, got.StatusBy, got.IssuedBy, want)
		}
	}
}
