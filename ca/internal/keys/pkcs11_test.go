//go:build pkcs11

package keys

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mais/ca/internal/keys/keystest"
)

func digestOf(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

func verify(t *testing.T, k *Kept, text string, signature []byte) {
	t.Helper()
	if !ecdsa.VerifyASN1(k.Public().(*ecdsa.PublicKey), digestOf(text), signature) {
		t.Errorf("the signature of %q is not the key's", text)
	}
}

func TestKeyInHardware(t *testing.T) {
	token := keystest.NewToken(t)
	made, address, err := NewKept(context.Background(), token.Template, "people-1", P256)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(address, ";object=people-1;id=") || strings.Contains(address, keystest.PIN) {
		t.Errorf("its address is %s, want the label and an id, and no PIN", address)
	}
	k, err := OpenKept(address, made.Public())
	if err != nil {
		t.Fatal(err)
	}
	if err := Probe(k); err != nil {
		t.Error(err)
	}
	other, _, err := NewKept(context.Background(), token.Template, "people-1", P384)
	if err != nil {
		t.Errorf("a second key of that name = %v, want one with another id", err)
	}
	wrong, err := OpenKept(address, other.Public())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wrong.Sign(rand.Reader, digestOf("x"), crypto.SHA256); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "another") {
		t.Errorf("Sign with an address of another key = %v, want to be told", err)
	}
}

// The token goes and comes back under callers, and nobody starts anew.
func TestTokenGoneAndBack(t *testing.T) {
	token := keystest.NewToken(t)
	k, _, err := NewKept(context.Background(), token.Template, "people-1", P256)
	if err != nil {
		t.Fatal(err)
	}
	token.Remove(t)
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			if _, err := k.Sign(rand.Reader, digestOf("gone"), crypto.SHA256); !errors.Is(err, ErrUnavailable) {
				t.Errorf("Sign without the token = %v, want %v", err, ErrUnavailable)
			}
		})
	}
	callers.Wait()
	token.Return(t)
	deadline := time.Now().Add(10 * time.Second)
	for {
		signature, err := k.Sign(rand.Reader, digestOf("back"), crypto.SHA256)
		if err == nil {
			verify(t, k, "back", signature)
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("Sign with the token back = %v", err)
		}
	}
	for range 8 {
		callers.Go(func() {
			signature, err := k.Sign(rand.Reader, digestOf("all"), crypto.SHA256)
			if err != nil {
				t.Error(err)
				return
			}
			verify(t, k, "all", signature)
		})
	}
	callers.Wait()
}

// A wrong PIN is tried once: a token locks after a few.
func TestWrongPINIsTriedOnce(t *testing.T) {
	token := keystest.NewToken(t)
	_, address, err := NewKept(context.Background(), token.Template, "people-1", P256)
	if err != nil {
		t.Fatal(err)
	}
	CloseAll()
	pin := filepath.Join(t.TempDir(), "pin")
	if err := os.WriteFile(pin, []byte("0000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(token.Template, token.PINFile, pin, 1)
	for n, want := range []string{"CKR_PIN_INCORRECT", "was refused"} {
		forget(managerOf(wrong))
		if _, _, err := NewKept(context.Background(), wrong, "x", P256); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("attempt %d with a wrong PIN = %v, want %q in it", n+1, err, want)
		}
	}
	if err := os.WriteFile(pin, []byte(keystest.PIN+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	forget(managerOf(wrong))
	k, _, err := NewKept(context.Background(), wrong, "x", P256)
	if err != nil {
		t.Fatalf("with the PIN corrected: %v", err)
	}
	if err := Probe(k); err != nil {
		t.Error(err)
	}
	if err := os.Remove(pin); err != nil {
		t.Fatal(err)
	}
	CloseAll()
	forget(managerOf(wrong))
	if err := Probe(k); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "PIN") {
		t.Errorf("without the PIN's file = %v, want to be told of it", err)
	}
	_ = address
}

// forget lets a manager be opened at once.
func forget(name string) {
	shelf.gate.Lock()
	defer shelf.gate.Unlock()
	slotOf(name).notYet = time.Time{}
}
