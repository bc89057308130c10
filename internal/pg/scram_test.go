package pg_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"testing"

	"mais/internal/pg"
)

// The exchange of RFC 7677 section 3: user "user", password "pencil".
func TestVerifierAgainstRFC7677(t *testing.T) {
	salt, err := base64.StdEncoding.DecodeString("W22ZaJ0SNY7soEsUEjb6gQ==")
	if err != nil {
		t.Fatal(err)
	}
	got, err := pg.FormatVerifier([]byte("pencil"), salt, 4096)
	if err != nil {
		t.Fatal(err)
	}
	const want = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
	if got != want {
		t.Errorf("FormatVerifier(pencil) = %s, want %s", got, want)
	}
	// The RFC gives the server's signature, made with ServerKey, not the key itself.
	serverKey, err := base64.StdEncoding.DecodeString(got[len(got)-44:])
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, serverKey)
	mac.Write([]byte("n=user,r=rOprNGfwEbeRWgbNEkqO," +
		"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096," +
		"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"))
	if got, want := base64.StdEncoding.EncodeToString(mac.Sum(nil)), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="; got != want {
		t.Errorf("signature with the verifier's server key = %s, want %s", got, want)
	}
}
