package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// meters types a new password and watches the meter. What the page knows of the user counts, nothing
// is sent while they type, and its verdict is the service's on the list that the service's own test has.
func (d *day) meters(t *testing.T, b *tab) {
	t.Helper()
	sent := `performance.getEntriesByType("resource").length`
	before := js[int](t, b, sent)
	b.fill(t, "#email", nora)
	for _, step := range []struct {
		typed, value, says string
	}{
		{"tulip anvil", "0", "11 of at least 15 characters"}, {"nora.trust.example", "0", "your own name or address"}, {"correct horse battery staple", "0", "Easy to guess"}, {"tulip anvil kestrel mango", "3", "Strong"},
	} {
		b.retype(t, "#password", step.typed)
		says := func() string { return js[string](t, b, `document.querySelector("#password-worth").textContent`) }
		await(t, "the meter to say "+step.says, func() bool { return strings.Contains(says(), step.says) })
		if got := js[string](t, b, `String(document.querySelector("meter").value)`); got != step.value {
			t.Errorf("the meter of %q shows %s, want %s", step.typed, got, step.value)
		}
	}
	d.i.look(t, b, "register-meter")
	b.aboveFold(t, "meter, #password-worth, "+toRegister)
	if wide := js[float64](t, b, `document.querySelector("#password").offsetWidth - document.querySelector("meter").offsetWidth`); wide != 0 {
		t.Errorf("the meter is %v pixels narrower than its field", wide)
	}
	if after := js[int](t, b, sent); after != before {
		t.Errorf("%d files were fetched while somebody typed", after-before)
	}
	agrees(t, b)
	b.retype(t, "#password", "")
}

// agrees demands the same verdict of the meter on each password of a list as the service's.
func agrees(t *testing.T, b *tab) {
	t.Helper()
	text, err := os.ReadFile("../server/internal/authn/internal/password/testdata/judged.json")
	want, got := map[string]string{}, map[string]string{}
	if err == nil {
		err = json.Unmarshal(text, &want)
	}
	if err != nil || len(want) < 20 {
		t.Fatalf("the list of passwords has %d, %v", len(want), err)
	}
	app := js[string](t, b, `document.querySelector('script[type="module"]').src`)
	answer := js[string](t, b, fmt.Sprintf(`(async () => {
		const app = await (await fetch(%s)).text()
		const { judge } = await import('/assets/' + app.match(/meter-[0-9a-f]+\.js/)[0])
		const about = ["Dana Whitlock", "dana.whitlock@police.example", "Northshire Police"]
		return JSON.stringify(Object.fromEntries(Object.keys(%s).map(typed => [typed, judge(typed, about, 15, 128).fault])))
	})()`, quoted(app), text))
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatal(err)
	}
	for typed, fault := range want {
		if got[typed] != fault {
			t.Errorf("the meter says %q of %q, the service %q", got[typed], typed, fault)
		}
	}
}
