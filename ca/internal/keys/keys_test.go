package keys

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"encoding/pem"
	"errors"
	"testing"

	"mais/certs"
	"mais/config"
)

func TestSealedKeyOpens(t *testing.T) {
	ctx, passphrase := context.Background(), config.NewSecret([]byte("correct horse"))
	for algorithm, curve := range map[Algorithm]string{P256: "P-256", P384: "P-384"} {
		signer, sealed, err := New(ctx, algorithm, passphrase)
		if err != nil {
			t.Fatal(err)
		}
		if got := signer.Public().(*ecdsa.PublicKey).Curve.Params().Name; got != curve {
			t.Errorf("New(%d) made a key on %s, want %s", algorithm, got, curve)
		}
		block, _ := pem.Decode(sealed)
		if block == nil || block.Type != "ENCRYPTED PRIVATE KEY" {
			t.Fatalf("sealed key is %v, want an encrypted PKCS#8", block)
		}
		opened, err := Open(ctx, sealed, passphrase)
		if err != nil {
			t.Fatal(err)
		}
		if !certs.SameKey(opened.Public(), signer.Public()) {
			t.Error("Open gave another key")
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	ctx, passphrase := context.Background(), config.NewSecret([]byte("correct horse"))
	_, sealed, err := New(ctx, P256, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(sealed)
	cut := pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: append(bytes.Clone(block.Bytes[:3]), block.Bytes[3:len(block.Bytes)-5]...)})
	for name, test := range map[string]struct {
		text       []byte
		passphrase config.Secret
	}{
		"another passphrase": {sealed, config.NewSecret([]byte("wrong"))},
		"no passphrase":      {sealed, config.Secret{}},
		"a file cut short":   {cut, passphrase},
		"half a file":        {sealed[:len(sealed)/2], passphrase},
		"nothing":            {nil, passphrase},
	} {
		if signer, err := Open(ctx, test.text, test.passphrase); err == nil || signer != nil {
			t.Errorf("Open with %s = %v, %v, want nothing and an error", name, signer, err)
		}
	}
}

func TestNewWantsAPassphrase(t *testing.T) {
	if _, _, err := New(context.Background(), P256, config.Secret{}); !errors.Is(err, ErrNoPassphrase) {
		t.Errorf("New = %v, want %v", err, ErrNoPassphrase)
	}
}
