package history

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mais/server/api"
	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
	"mais/server/internal/web/page/record/view"
	"mais/server/internal/web/page/record/viewtest"
)

var now = time.Date(2010, 11, 22, 14, 29, 0, 0, time.UTC)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

func pageOf(r api.Record) Page {
	return Page{Frame: frame.Frame{Title: "History", Service: "MAIS", Now: now}, Record: view.Of(r, view.Reader{Now: now})}
}

func TestEvents(t *testing.T) {
	r := viewtest.Empty()
	set := func(key, day, source string) {
		viewtest.Set(r, key, api.Item{Value: "yes", AsAt: day, Source: source})
	}
	set("physical_health.epilepsy", "2010-03-12", "SystmOne")
	set("physical_health.asthma", "2010-03-12", "SystmOne")
	set("violence_to_others.mappa", "2009-11-02", "OASys")
	set("suicide_and_self_harm.suicide_attempts", "2010-03-12", "ePEX")
	set("violence_to_others.visor", "2010-04-01", "OASys")
	viewtest.Set(r, "physical_health.diabetes", api.Item{State: api.StateRefused, AsAt: "2010-03-12", Source: "SystmOne"})
	viewtest.Set(r, "physical_health.heart_problems", api.Item{State: api.StateWithheld, AsAt: "2010-03-12", Source: "Hidden"})
	viewtest.Set(r, "mental_health_summary.appropriate_adult_required", api.Item{Value: "yes"})
	p := pageOf(r)
	var got []string
	for _, e := range p.Events() {
		for _, s := range e.Sections {
			got = append(got, strings.Join(append([]string{e.Day, e.Source, s.Label}, s.Items...), "|"))
		}
	}
	want := []string{
		"2010-04-01|OASys|Violence to others|Registered with VISOR (Violent and Sex Offender Register)",
		"2010-03-12|SystmOne|Summary of physical health issues|History of epilepsy|History of diabetes|History of asthma",
		"2010-03-12|ePEX|Suicide and self-harm risk|History of suicide attempts",
		"2009-11-02|OASys|Violence to others|Registered with MAPPA",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Events (-want +got):\n%s", diff)
	}
	sources := []Source{{"OASys", 2, "1 April 2010", "2 November 2009"}, {"SystmOne", 3, "12 March 2010", "12 March 2010"}, {"ePEX", 1, "12 March 2010", "12 March 2010"}}
	if diff := cmp.Diff(sources, p.Sources()); diff != "" {
		t.Errorf("Sources (-want +got):\n%s", diff)
	}
}

func TestPage(t *testing.T) {
	doc := pagetest.Parse(t, Render(pageOf(viewtest.Sample())))
	text := pagetest.Text(pagetest.ByID(doc, "main-content"))
	for _, want := range []string{"KETTERING, Tobias James", "SystmOne", "2 November 2009", "Items that are withheld from your role are not in it", "History of epilepsy"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	for _, never := range []string{"ePEX number", "Prescription", "diagnosis"} {
		if strings.Contains(text, never) {
			t.Errorf("the page says %q, which is withheld", never)
		}
	}
}

func TestOtherPages(t *testing.T) {
	empty := pagetest.Text(pagetest.ByID(pagetest.Parse(t, Render(pageOf(viewtest.Empty()))), "main-content"))
	if !strings.Contains(empty, "Nothing that you may see has a day or a source") || strings.Contains(empty, "withheld") {
		t.Errorf("the page of an empty record says %q", empty)
	}
	const hostile = `<script>alert("1")</script>`
	worst := pagetest.Parse(t, Render(pageOf(viewtest.Worst(func(int) string { return hostile }))))
	if text := pagetest.Text(worst); !strings.Contains(text, hostile) {
		t.Errorf("a hostile source is not shown as text: %.300s", text)
	}
}
