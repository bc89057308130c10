package form

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

func TestSectionsAreTheDatasets(t *testing.T) {
	text, err := os.ReadFile("../../internal/record/testdata/dataset.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var dataset struct {
		Sections []struct {
			Name, Label string
			Many        bool
			Items       []struct{ Name, Label, Type string }
		}
	}
	if err := yaml.Unmarshal(text, &dataset); err != nil {
		t.Fatal(err)
	}
	coded := map[string]bool{"enum": true, "set": true, "tri": true, "pref": true, "constant": true}
	var want []Section
	for _, s := range dataset.Sections {
		section := Section{Name: s.Name, Label: s.Label, Many: s.Many}
		for _, i := range s.Items {
			section.Items = append(section.Items, Item{i.Name, i.Label, coded[i.Type]})
		}
		want = append(want, section)
	}
	if diff := cmp.Diff(want, Sections()); diff != "" {
		t.Errorf("Sections() differ from the dataset (-dataset +form):\n%s", diff)
	}
}
