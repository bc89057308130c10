package e2e_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// prints demands one A4 page of each of the people, however full the record is.
func prints(t *testing.T, b *tab, i *inspector, families ...string) {
	t.Helper()
	signIn(t, b)
	for _, family := range families {
		b.open(t, "/find")
		find(t, b, family, 1)
		reason(t, b, "custody", "NG/4471/10")
		record := b.path(t)
		b.press(t, toPrint)
		paper := b.pdf(t)
		if info := pdfInfo(t, paper); info["Pages"] != "1" || !strings.Contains(info["Page size"], "(A4)") {
			t.Errorf("%s: the print has %s pages of %s, want one of A4", family, info["Pages"], info["Page size"])
		}
		words := execute(t, exec.Command("pdftotext", paper, "-")).exits(t, 0)
		words.shows(t, "Journey") // who printed it
		for _, word := range full {
			if i.who == "officer" && strings.Contains(words.stdout, word) {
				t.Errorf("the officer's paper says %q", word)
			}
		}
		i.keepPDF(t, paper, "paper-"+family)
		b.open(t, record) // printed with the browser's own command: a pointer to the print
		if info := pdfInfo(t, b.pdf(t)); info["Pages"] != "1" {
			t.Errorf("%s: the record itself prints on %s pages, want a pointer on one", family, info["Pages"])
		}
		if family == "worstcase" {
			inspectWorst(t, b, i)
		}
	}
	signOut(t, b)
	b.seen.faultless(t)
}

// inspectWorst looks at the pages of the record that nothing fits.
func inspectWorst(t *testing.T, b *tab, i *inspector) {
	t.Helper()
	record := b.path(t)
	i.look(t, b, "worst-record")
	for _, page := range []struct{ name, way string }{{"worst-print", toPrint}, {"worst-history", toHistory}, {"worst-emergency", toEmergency}} {
		b.open(t, record)
		if b.count(t, page.way) == 1 { // a nurse is not offered all of them
			b.press(t, page.way)
			i.look(t, b, page.name)
		}
	}
	b.open(t, "/find")
	find(t, b, "worstcase", 1)
	i.look(t, b, "worst-results")
}

// pdf prints the page to a file, as the page's own style sheet wants it.
func (b *tab) pdf(t testing.TB) string {
	t.Helper()
	text := do(t, b, "print", chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPreferCSSPageSize()))
	return write(t, filepath.Join(t.TempDir(), "page.pdf"), string(text))
}

// pdfInfo is what pdfinfo says of a file.
func pdfInfo(t testing.TB, path string) map[string]string {
	t.Helper()
	info := map[string]string{}
	for _, line := range strings.Split(execute(t, exec.Command("pdfinfo", path)).exits(t, 0).stdout, "\n") {
		name, value, _ := strings.Cut(line, ":")
		info[name] = strings.TrimSpace(value)
	}
	return info
}

// keepPDF keeps a picture of a printed page.
func (i *inspector) keepPDF(t testing.TB, path, name string) {
	t.Helper()
	if *screens != "" {
		execute(t, exec.Command("pdftoppm", "-png", "-r", "80", "-singlefile", path, path)).exits(t, 0)
		store(t, i.who+"-"+name, []byte(read(t, path+".png")))
	}
}
