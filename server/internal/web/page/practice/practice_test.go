package practice

import (
	"strings"
	"testing"
	"time"

	"mais/server/internal/web/page/frame"
	"mais/server/internal/web/page/pagetest"
)

func TestTemplate(t *testing.T) { pagetest.Check(t, page, Page{}) }

var cast = Cast{
	Man: "Tobias Kettering", Surname: "Kettering", Alerts: []string{"suicide", "alcohol_withdrawal"}, Ring: "Ann Nurse, Care coordinator",
	OutOfHours: "01632 960101", Missing: "risk_factors.significant_dates", Other: "Mark Otherwise", Alias: "Mark Before",
	Refused: "physical_health.epilepsy", Nobody: "Nemo Nobody",
}

func TestTasks(t *testing.T) {
	tasks := Tasks(cast)
	if len(tasks) != 10 {
		t.Fatalf("there are %d tasks, want 10", len(tasks))
	}
	whole := ""
	for i, task := range tasks {
		if task.Title == "" || task.Do == "" || task.Notice == "" || task.Answer == "" {
			t.Errorf("task %d is not whole: %+v", i+1, task)
		}
		whole += task.Do + "\n" + task.Answer + "\n"
	}
	for _, want := range []string{
		cast.Man, cast.Surname, "History of suicide attempts; History of problematic withdrawal from alcohol", cast.Ring, cast.OutOfHours,
		"“Significant dates”", cast.Other, cast.Alias, "“History of epilepsy”", cast.Nobody, Number, "not “no risk”",
	} {
		if !strings.Contains(whole, want) {
			t.Errorf("no task speaks of %q", want)
		}
	}
}

func TestPage(t *testing.T) {
	f := frame.Frame{App: frame.Lookup, Title: "Practice", Service: "MAIS", Contact: "the desk", Now: time.Unix(0, 0), Training: true}
	doc := pagetest.Parse(t, Render(Page{Frame: f, Tasks: Tasks(cast)}))
	if tasks, answers := pagetest.ByClass(doc, "mais-task"), pagetest.ByTag(doc, "details"); len(tasks) != 10 || len(answers) != 10 {
		t.Errorf("the page has %d tasks and %d answers, want 10 of each", len(tasks), len(answers))
	}
	for _, answer := range pagetest.ByTag(doc, "details") {
		for _, a := range answer.Attr {
			if a.Key == "open" {
				t.Error("an answer is open before the task was tried")
			}
		}
	}
}
