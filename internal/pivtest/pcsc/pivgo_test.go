//go:build cgo

package pcsc

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/go-piv/piv-go/v2/piv"

	"mais/certs/attest"
	"mais/internal/pivtest"
)

// open opens the card in the first reader with piv-go.
func open(t *testing.T, s *Service) *piv.YubiKey {
	t.Helper()
	card, err := piv.Open(ReaderName(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { card.Close() })
	return card
}

func check(t *testing.T, act string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", act, err)
	}
}

// TestPivGoKeys: each kind of key is made, told of, attested, used, and read again by piv-go.
func TestPivGoKeys(t *testing.T) {
	maker, err := pivtest.NewMaker("a maker")
	check(t, "make a maker", err)
	s := Start(t)
	s.Use(t)
	s.Insert(t, 0, newCard(t, pivtest.Options{Maker: maker, Serial: 4711, Form: 3, Firmware: attest.Version{Major: 5, Minor: 7, Patch: 1}}))
	yk := open(t, s)
	if serial, err := yk.Serial(); serial != 4711 || err != nil {
		t.Errorf("Serial() = %d, %v", serial, err)
	}
	if form, err := yk.FormFactor(); form != piv.FormfactorUSBCKeychain || err != nil {
		t.Errorf("FormFactor() = %v, %v", form, err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(maker.Root())
	cert, err := yk.AttestationCertificate()
	check(t, "AttestationCertificate", err)
	for _, tt := range []struct {
		slot piv.Slot
		key  piv.Key
	}{
		{piv.SlotAuthentication, piv.Key{Algorithm: piv.AlgorithmEC256, PINPolicy: piv.PINPolicyOnce, TouchPolicy: piv.TouchPolicyNever}},
		{piv.SlotAuthentication, piv.Key{Algorithm: piv.AlgorithmEC384, PINPolicy: piv.PINPolicyAlways, TouchPolicy: piv.TouchPolicyAlways}},
		{piv.SlotSignature, piv.Key{Algorithm: piv.AlgorithmRSA2048, PINPolicy: piv.PINPolicyAlways, TouchPolicy: piv.TouchPolicyCached}},
		{piv.SlotKeyManagement, piv.Key{Algorithm: piv.AlgorithmRSA3072, PINPolicy: piv.PINPolicyOnce, TouchPolicy: piv.TouchPolicyNever}},
		{piv.SlotCardAuthentication, piv.Key{Algorithm: piv.AlgorithmRSA4096, PINPolicy: piv.PINPolicyNever, TouchPolicy: piv.TouchPolicyNever}},
	} {
		public, err := yk.GenerateKey(piv.DefaultManagementKey, tt.slot, tt.key)
		check(t, "GenerateKey", err)
		info, err := yk.KeyInfo(tt.slot)
		check(t, "KeyInfo", err)
		if info.Algorithm != tt.key.Algorithm || info.PINPolicy != tt.key.PINPolicy || info.TouchPolicy != tt.key.TouchPolicy || info.Origin != piv.OriginGenerated || !equal(info.PublicKey, public) {
			t.Errorf("KeyInfo(%v) = %v, want %v", tt.slot, info, tt.key)
		}
		slotCert, err := yk.Attest(tt.slot)
		check(t, "Attest", err)
		said, err := (&piv.Verifier{Roots: roots}).Verify(cert, slotCert)
		check(t, "Verify", err)
		want := piv.Attestation{
			Version: piv.Version{Major: 5, Minor: 7, Patch: 1}, Serial: 4711, Formfactor: piv.FormfactorUSBCKeychain,
			PINPolicy: tt.key.PINPolicy, TouchPolicy: tt.key.TouchPolicy, Slot: tt.slot,
		}
		if *said != want || !equal(slotCert.PublicKey, public) {
			t.Errorf("the attestation says %v, want %v", *said, want)
		}
		private, err := yk.PrivateKey(tt.slot, public, piv.KeyAuth{PIN: piv.DefaultPIN})
		check(t, "PrivateKey", err)
		signs(t, private)
		opens(t, private)
		certificate := selfSigned(t, private)
		check(t, "SetCertificate", yk.SetCertificate(piv.DefaultManagementKey, tt.slot, certificate))
		if got, err := yk.Certificate(tt.slot); err != nil || !got.Equal(certificate) {
			t.Errorf("Certificate(%v) = %v, %v", tt.slot, got, err)
		}
	}
}

func equal(a, b crypto.PublicKey) bool {
	return a.(interface{ Equal(crypto.PublicKey) bool }).Equal(b)
}

// signs demands right signatures.
func signs(t *testing.T, private crypto.PrivateKey) {
	t.Helper()
	signer := private.(crypto.Signer)
	digest := sha256.Sum256([]byte("a message"))
	signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	check(t, "Sign", err)
	switch public := signer.Public().(type) {
	case *ecdsa.PublicKey:
		if !ecdsa.VerifyASN1(public, digest[:], signature) {
			t.Error("the signature is wrong")
		}
	case *rsa.PublicKey:
		check(t, "VerifyPKCS1v15", rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature))
		pss := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
		signature, err = signer.Sign(rand.Reader, digest[:], pss)
		check(t, "Sign", err)
		check(t, "VerifyPSS", rsa.VerifyPSS(public, crypto.SHA256, digest[:], signature, pss))
	}
}

// opens demands that the key gets at what was sealed for it.
func opens(t *testing.T, private crypto.PrivateKey) {
	t.Helper()
	switch private := private.(type) {
	case *piv.ECDSAPrivateKey:
		public := private.Public().(*ecdsa.PublicKey)
		peer, err := ecdsa.GenerateKey(public.Curve, rand.Reader)
		check(t, "GenerateKey", err)
		got, err := private.SharedKey(&peer.PublicKey)
		check(t, "SharedKey", err)
		own, err := peer.ECDH()
		check(t, "ECDH", err)
		other, err := public.ECDH()
		check(t, "ECDH", err)
		if want, err := own.ECDH(other); err != nil || !bytes.Equal(got, want) {
			t.Errorf("SharedKey() = %x, want %x, %v", got, want, err)
		}
	case crypto.Decrypter:
		//lint:ignore SA1019 piv-go takes off no other padding
		sealed, err := rsa.EncryptPKCS1v15(rand.Reader, private.Public().(*rsa.PublicKey), []byte("a secret"))
		check(t, "EncryptPKCS1v15", err)
		if got, err := private.Decrypt(rand.Reader, sealed, nil); err != nil || string(got) != "a secret" {
			t.Errorf("Decrypt() = %q, %v", got, err)
		}
	}
}

func selfSigned(t *testing.T, private crypto.PrivateKey) *x509.Certificate {
	t.Helper()
	signer := private.(crypto.Signer)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "officer"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
	check(t, "CreateCertificate", err)
	cert, err := x509.ParseCertificate(der)
	check(t, "ParseCertificate", err)
	return cert
}

// TestPivGoSecrets: PIN, PUK and management keys are changed, blocked, unblocked and reset by piv-go.
func TestPivGoSecrets(t *testing.T) {
	s := Start(t)
	s.Use(t)
	s.Insert(t, 0, newCard(t, pivtest.Options{}))
	yk := open(t, s)
	tries := func(want int) {
		t.Helper()
		if got, err := yk.Retries(); got != want || err != nil {
			t.Fatalf("Retries() = %d, %v, want %d", got, err, want)
		}
	}
	wrong := func(err error, left int) {
		t.Helper()
		var auth piv.AuthErr
		if !errors.As(err, &auth) || auth.Retries != left {
			t.Fatalf("error = %v, want %d tries left", err, left)
		}
	}
	tries(3)
	check(t, "SetPIN", yk.SetPIN(piv.DefaultPIN, "482915"))
	check(t, "SetPUK", yk.SetPUK(piv.DefaultPUK, "73920184"))
	wrong(yk.VerifyPIN(piv.DefaultPIN), 2)
	check(t, "VerifyPIN", yk.VerifyPIN("482915"))
	for left := 2; left >= 0; left-- {
		wrong(yk.VerifyPIN(piv.DefaultPIN), left)
	}
	wrong(yk.VerifyPIN("482915"), 0)
	wrong(yk.Unblock(piv.DefaultPUK, "482915"), 2)
	check(t, "Unblock", yk.Unblock("73920184", "192837"))
	tries(3)

	var key [24]byte
	rand.Read(key[:])
	check(t, "SetManagementKey", yk.SetManagementKey(piv.DefaultManagementKey, key[:]))
	value := key[:]
	check(t, "SetMetadata", yk.SetMetadata(key[:], &piv.Metadata{ManagementKey: &value}))
	if err := yk.SetManagementKey(piv.DefaultManagementKey, key[:]); err == nil {
		t.Error("the factory's management key still opens the card")
	}
	metadata, err := yk.Metadata("192837")
	check(t, "Metadata", err)
	if metadata.ManagementKey == nil || !bytes.Equal(*metadata.ManagementKey, key[:]) {
		t.Error("the management key that the card keeps is another")
	}
	check(t, "SetRetries", yk.SetRetries(key[:], "192837", 5, 4))
	wrong(yk.VerifyPIN("192837"), 4)
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, "GenerateKey", err)
	policy := piv.Key{PINPolicy: piv.PINPolicyNever, TouchPolicy: piv.TouchPolicyNever}
	check(t, "SetPrivateKeyInsecure", yk.SetPrivateKeyInsecure(key[:], piv.SlotKeyManagement, private, policy))
	if _, err := yk.Attest(piv.SlotKeyManagement); !errors.Is(err, piv.ErrNotFound) {
		t.Errorf("an imported key is attested: %v", err)
	}
	check(t, "Reset", yk.Reset())
	tries(3)
	check(t, "VerifyPIN", yk.VerifyPIN(piv.DefaultPIN))
	if _, err := yk.KeyInfo(piv.SlotKeyManagement); !errors.Is(err, piv.ErrNotFound) {
		t.Errorf("a key outlived the reset: %v", err)
	}
}

// TestPivGoImportsRSA: piv-go hands over the primes, and the key is the same.
func TestPivGoImportsRSA(t *testing.T) {
	s := Start(t)
	s.Use(t)
	s.Insert(t, 0, newCard(t, pivtest.Options{}))
	yk := open(t, s)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	check(t, "GenerateKey", err)
	policy := piv.Key{PINPolicy: piv.PINPolicyOnce, TouchPolicy: piv.TouchPolicyNever}
	check(t, "SetPrivateKeyInsecure", yk.SetPrivateKeyInsecure(piv.DefaultManagementKey, piv.SlotSignature, key, policy))
	private, err := yk.PrivateKey(piv.SlotSignature, key.Public(), piv.KeyAuth{PIN: piv.DefaultPIN})
	check(t, "PrivateKey", err)
	signs(t, private)
}

// TestPivGoWithoutExtensions: piv-go opens no card that is not a YubiKey.
func TestPivGoWithoutExtensions(t *testing.T) {
	s := Start(t)
	s.Use(t)
	s.Insert(t, 0, newCard(t, pivtest.Options{Plain: true}))
	card, err := piv.Open(ReaderName(0))
	if err == nil {
		card.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "getting yubikey version: command failed: smart card error 6d00") {
		t.Errorf("Open(a plain card) = %v, want that it tells no version", err)
	}
}

// TestPivGoNeedsAtLeast measures what piv-go needs for an enrolment and a signature, as the line
// against which tokenctl is measured. What Yubico's tools do too and piv-go cannot is not in it: CHUID
// and CCC.
func TestPivGoNeedsAtLeast(t *testing.T) {
	s := Start(t)
	s.Use(t)
	card := newCard(t, pivtest.Options{})
	s.Insert(t, 0, card)
	total := func(name string, want int) {
		t.Helper()
		tally := card.Counted()
		t.Logf("%-26s %v", name, tally)
		if tally.Total() != want {
			t.Errorf("%s takes %d commands, want %d", name, tally.Total(), want)
		}
	}
	total("before anything", 0)
	yk := open(t, s)
	total("open", 2)
	check(t, "SetPIN", yk.SetPIN(piv.DefaultPIN, "482915"))
	check(t, "SetPUK", yk.SetPUK(piv.DefaultPUK, "73920184"))
	total("PIN and PUK", 2)
	var key [24]byte
	rand.Read(key[:])
	value := key[:]
	check(t, "SetManagementKey", yk.SetManagementKey(piv.DefaultManagementKey, key[:]))
	check(t, "SetMetadata", yk.SetMetadata(key[:], &piv.Metadata{ManagementKey: &value}))
	total("management key, kept", 8)
	public, err := yk.GenerateKey(key[:], piv.SlotAuthentication, piv.Key{Algorithm: piv.AlgorithmEC256, PINPolicy: piv.PINPolicyOnce, TouchPolicy: piv.TouchPolicyNever})
	check(t, "GenerateKey", err)
	total("a key", 4)
	_, err = yk.Attest(piv.SlotAuthentication)
	check(t, "Attest", err)
	_, err = yk.AttestationCertificate()
	check(t, "AttestationCertificate", err)
	total("its attestation", 4)
	auth := piv.KeyAuth{PIN: "482915", PINPolicy: piv.PINPolicyOnce}
	private, err := yk.PrivateKey(piv.SlotAuthentication, public, auth)
	check(t, "PrivateKey", err)
	cert := selfSigned(t, private)
	total("a signature for the CSR", 3)
	check(t, "SetCertificate", yk.SetCertificate(key[:], piv.SlotAuthentication, cert))
	total("its certificate", 5)
	signs(t, private)
	total("a signature, PIN known", 2)
	yk.Close()
	yk = open(t, s)
	private, err = yk.PrivateKey(piv.SlotAuthentication, public, auth)
	check(t, "PrivateKey", err)
	signs(t, private)
	total("open and sign", 5)
}
