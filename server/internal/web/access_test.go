package web

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"mais/config"
	"mais/server/internal/web/page/pagetest"
	"mais/server/internal/web/page/practice"
)

func TestAccessPage(t *testing.T) {
	c := calling(t, &grounded{access: officers()}, "", nil)
	out, err := accessPage(t.Context(), c)
	if err != nil || out.status != http.StatusOK || c.audited {
		t.Fatalf("accessPage = %d, %v, audited %v; its event is the adapter's", out.status, err, c.audited)
	}
	text := pagetest.Text(pagetest.ByID(pagetest.Parse(t, out.body), "main-content"))
	for _, want := range []string{
		"Sam Sergeant", "192.0.2.14", "15 minutes", "Software token", "Police officer: reads every restricted item",
		"ePEX number Withheld", "Prescription Only in an emergency Police officer", "Surname You see it Police officer",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
}

// TestContactsPage: whoever always answers stands first, and the order is kept otherwise.
func TestContactsPage(t *testing.T) {
	c := calling(t, &grounded{}, "", nil)
	c.site.opts.Urgent = []config.Contact{
		{Name: "Day", Telephone: "01632 960101", Hours: "9am to 5pm", For: "x"}, {Name: "Night", Telephone: "101", Hours: config.RoundTheClock, For: "x"},
		{Name: "Evening", Telephone: "01632 960102", Hours: "5pm to 9pm", For: "x"}, {Name: "Always", Telephone: "102", Hours: config.RoundTheClock, For: "x"},
	}
	out, err := contactsPage(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	var numbers []string
	for _, link := range pagetest.ByClass(pagetest.Parse(t, out.body), "mais-tel") {
		numbers = append(numbers, pagetest.Attr(link, "href"))
	}
	if got, want := strings.Join(numbers, " "), "tel:101 tel:102 tel:01632960101 tel:01632960102"; got != want {
		t.Errorf("the numbers are %s, want %s", got, want)
	}
	if len(c.site.opts.Urgent) != 4 || c.site.opts.Urgent[0].Name != "Day" {
		t.Error("showing the contacts changes the settings")
	}
}

// TestPracticePage: the tasks are there for practice only.
func TestPracticePage(t *testing.T) {
	c := calling(t, &grounded{}, "", nil)
	if _, err := practicePage(t.Context(), c); !errors.Is(err, errNotFound) {
		t.Errorf("practicePage of a real service = %v, want not found", err)
	}
	c.site.opts.Practice = &practice.Cast{Man: "Some Man", Alias: "An Alias", OutOfHours: "01632 960999", Nobody: "No Body"}
	out, err := practicePage(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	text := pagetest.Text(pagetest.Parse(t, out.body))
	for _, want := range []string{"Some Man", "An Alias", "01632 960999", "No Body"} {
		if !strings.Contains(text, want) {
			t.Errorf("the tasks do not speak of %q", want)
		}
	}
}
