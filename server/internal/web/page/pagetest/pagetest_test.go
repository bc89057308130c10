package pagetest

import (
	"html/template"
	"strings"
	"testing"
)

// good is a page without faults. Each test breaks one thing of it.
const good = `<!DOCTYPE html>
<html lang="en-GB"><head><title>T</title><script src="/assets/a.js"></script></head>
<body><main id="main-content"><h1>One</h1><h2>Two</h2>
<form method="post" action="/find"><label for="name">Name</label><input id="name" name="name" aria-describedby="hint">
<span id="hint">As written</span><button type="submit">Find</button></form>
<p>A <a href="#name">link</a>.</p><table><caption>C</caption><tr><th scope="col">H</th></tr></table>
</main></body></html>`

func TestExamine(t *testing.T) {
	if _, faults := examine([]byte(good)); len(faults) > 0 {
		t.Fatalf("examine(good) = %q, want no faults", faults)
	}
	for old, breaks := range map[string][]string{
		`<!DOCTYPE html>`:        {``},
		`lang="en-GB"`:           {`lang="en"`, ``},
		`<title>T</title>`:       {`<title></title>`, ``},
		`src="/assets/a.js">`:    {`>alert(1)`, `src="https://example.org/a.js">`, `src="//example.org/a.js">`},
		`id="main-content"`:      {`id="main"`},
		`<h1>One</h1>`:           {``, `<h1></h1>`, `<h1>One</h1><h1>Another</h1>`},
		`<h2>Two</h2>`:           {`<h3>Three</h3>`},
		`method="post"`:          {`method="get"`, ``, `method="post" onsubmit="x()"`},
		`action="/find"`:         {`action="/find?name=x"`, `action="https://example.org/"`, ``},
		`for="name">Name`:        {`for="nobody">Name`, `for="name">`},
		`<label for="name">`:     {`<label>`},
		`<span id="hint">`:       {`<span>`, `<span id="name">`, `<span id="hint" style="color:red">`, `<style></style><span id="hint">`},
		`<button type="submit">`: {`<button type="submit"><b>`, `</form><button type="submit">`},
		`Find</button>`:          {`</button>`},
		`href="#name"`:           {`href="#nobody"`, `href="javascript:alert(1)"`, `href=" JavaScript:alert(1)"`, `href="data:text/html,x"`, `href="#ZgotmplZ"`},
		`<caption>C</caption>`:   {``},
		`scope="col"`:            {``},
		`</main>`:                {``},
	} {
		for _, broken := range breaks {
			page := strings.Replace(good, old, broken, 1)
			if _, faults := examine([]byte(page)); len(faults) == 0 {
				t.Errorf("examine with %q for %q = no faults", broken, old)
			}
		}
	}
}

func TestQueries(t *testing.T) {
	doc := Parse(t, []byte(good))
	if got := Text(ByID(doc, "main-content")); !strings.HasPrefix(got, "One Two Name As written Find A link. C H") {
		t.Errorf("Text(main) = %q", got)
	}
	if got := Attr(ByID(doc, "name"), "aria-describedby"); got != "hint" {
		t.Errorf("Attr(name) = %q, want hint", got)
	}
	if ByID(doc, "nobody") != nil || Text(nil) != "" || Attr(nil, "id") != "" || len(ByClass(doc, "x")) != 0 {
		t.Error("something was found where nothing is")
	}
}

// failures is a testing.TB that only counts.
type failures struct {
	testing.TB
	n int
}

func (f *failures) Helper()               {}
func (f *failures) Errorf(string, ...any) { f.n++ }

func TestCheck(t *testing.T) {
	type page struct{ Title string }
	for text, want := range map[string]int{
		`{{.Title}}`:                             0,
		`{{.Titel}}`:                             1,
		`{{if .Title}}{{else}}{{.Titel}}{{end}}`: 1,
		`{{range .Title}}{{.X}}{{end}}`:          1,
	} {
		f := &failures{TB: t}
		if Check(f, template.Must(template.New("t").Parse(text)), page{}); f.n != want {
			t.Errorf("Check(%s) failed %d times, want %d", text, f.n, want)
		}
	}
}
