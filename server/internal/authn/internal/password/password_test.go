package password

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// cheap keeps tests quick; the costs in use are measured in bench.
var cheap = Params{Memory: 64, Passes: 1, Lanes: 1}

func TestHash(t *testing.T) {
	hash, err := cheap.Hash("six purple canal boats")
	if err != nil {
		t.Fatal(err)
	}
	other, err := cheap.Hash("six purple canal boats")
	if err != nil || hash == other || !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("Hash = %q and %q, %v, want two with salts of their own", hash, other, err)
	}
	if right, old, err := cheap.Check("six purple canal boats", hash); !right || old || err != nil {
		t.Errorf("Check = %v, %v, %v, want right", right, old, err)
	}
	if right, _, err := cheap.Check("six purple canal boat", hash); right || err != nil {
		t.Errorf("Check of another password = %v, %v", right, err)
	}
	if right, old, _ := (Params{128, 1, 1}).Check("six purple canal boats", hash); !right || !old {
		t.Errorf("Check at other costs = %v, %v, want right and old", right, old)
	}
	for _, bad := range []string{"", "x", strings.Replace(hash, "m=64", "m=4294967295", 1), strings.Replace(hash, "argon2id", "argon2i", 1)} {
		if right, _, err := cheap.Check("six purple canal boats", bad); right || err == nil {
			t.Errorf("Check against %q = %v, %v, want an error", bad, right, err)
		}
	}
}

// TestNormal: one password is one whatever the keyboard makes of it.
func TestNormal(t *testing.T) {
	composed, err := Normal("caf\u00e9 au lait at noon")
	if err != nil {
		t.Fatal(err)
	}
	if decomposed, err := Normal("cafe\u0301 au\u00a0lait at\u3000noon"); err != nil || decomposed != composed {
		t.Errorf("Normal = %q, %v, want %q", decomposed, err, composed)
	}
	for _, bad := range []string{"\xff\xfe aaaaaaaaaaaaaaa", "line\nline line line", strings.Repeat("é", MaxLength+1), strings.Repeat("a", 10_000)} {
		if got, err := Normal(bad); err == nil {
			t.Errorf("Normal(%.20q) = %q, want an error", bad, got)
		}
	}
}

// judged reads the list that the meter of the pages judges too, in a browser.
func judged(t *testing.T) map[string]Fault {
	t.Helper()
	text, err := os.ReadFile("testdata/judged.json")
	list := map[string]Fault{}
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil || len(list) < 20 {
		t.Fatalf("the list of passwords has %d, %v", len(list), err)
	}
	return list
}

func TestJudge(t *testing.T) {
	own, err := ReadExpected(strings.NewReader("Ashdown Rovers forever\n"))
	if err != nil {
		t.Fatal(err)
	}
	rules := Rules{Lists: []Expected{own}, Context: Context("MAIS Northshire")}
	about := []string{"Dana Whitlock", "dana.whitlock@police.example", "Northshire Police"}
	for typed, want := range judged(t) {
		normal, s, fault := rules.Judge(typed, about...)
		if fault != want || fault == "" && (normal == "" || s == Weak) {
			t.Errorf("Judge(%q) = %v, %q, want %q", typed, s, fault, want)
		}
	}
	if _, _, fault := rules.Judge("ashdown rovers FOREVER", about...); fault != Guessed {
		t.Errorf("what the service's own list has is %q, want %q", fault, Guessed)
	}
	if n := len(Common()); n < 15_000 {
		t.Errorf("the list that comes along has %d entries", n)
	}
}

// FuzzJudge: what is taken can be hashed and is the same when it is typed again.
func FuzzJudge(f *testing.F) {
	f.Add("six purple canal boats")
	f.Add("e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301")
	f.Fuzz(func(t *testing.T, typed string) {
		normal, _, fault := Rules{}.Judge(typed, "Dana Whitlock")
		if fault != "" {
			return
		}
		again, err := Normal(normal)
		if err != nil || again != normal {
			t.Errorf("Normal(%q) = %q, %v: not a normal form", normal, again, err)
		}
	})
}

// TestSecret follows the vectors of RFC 6238, appendix B, in six digits.
func TestSecret(t *testing.T) {
	secret, err := SecretOf([]byte("12345678901234567890"))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"} {
		now := time.Unix(at, 0)
		if got, err := secret.Code(Step(now)); got != want || err != nil {
			t.Errorf("the code at %d = %q, %v, want %q", at, got, err, want)
		}
		step, ok := secret.Match(want[:3]+" "+want[3:], now.Add(25*time.Second), 0)
		if !ok || step != Step(now) {
			t.Errorf("Match at %d = %d, %v", at, step, ok)
		}
		if _, ok := secret.Match(want, now, step); ok {
			t.Errorf("the code at %d is taken twice", at)
		}
		if _, ok := secret.Match(want, now.Add(2*time.Minute), 0); ok {
			t.Errorf("the code at %d is taken two minutes later", at)
		}
	}
	for _, wrong := range []string{"", "00000", "0000000", "xxxxxx"} {
		if _, ok := secret.Match(wrong, time.Unix(59, 0), 0); ok {
			t.Errorf("Match(%q) is taken", wrong)
		}
	}
	if said := fmt.Sprintf("%v %+v %#v %s", secret, secret, secret, secret); strings.Contains(said, "GEZD") || strings.Contains(said, "[49 50") {
		t.Errorf("a secret prints as %s", said)
	}
}

func TestRecovery(t *testing.T) {
	codes := NewRecovery()
	seen := map[string]bool{}
	for _, code := range codes {
		text, ok := ReadRecovery(" " + strings.ToLower(code))
		if !ok || seen[text] || strings.Count(code, "-") != 4 {
			t.Errorf("the recovery code %q is read as %q, %v", code, text, ok)
		}
		seen[text] = true
	}
	if len(codes) != Recoveries {
		t.Errorf("%d recovery codes, want %d", len(codes), Recoveries)
	}
	for _, wrong := range []string{"", codes[0][1:], codes[0] + "A", strings.Repeat("-", 1000)} {
		if text, ok := ReadRecovery(wrong); ok {
			t.Errorf("ReadRecovery(%q) = %q", wrong, text)
		}
	}
}
