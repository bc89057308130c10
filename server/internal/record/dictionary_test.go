package record

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// facts are what testdata/dataset.yaml, the dataset as ratified, says of one item.
type facts struct {
	Name     string
	Label    string
	Type     string
	Audience string
	Required bool
	Details  string
	When     string
	Of       yaml.Node
	Other    string
	Value    string
}

type sectionFacts struct {
	Name     string
	Label    string
	Audience string
	Many     bool
	Items    []facts
}

func dataset(t *testing.T) []sectionFacts {
	t.Helper()
	text, err := os.ReadFile("testdata/dataset.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Sections []sectionFacts }
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Sections
}

// plainItem is what both sides of the comparison come down to.
type plainItem struct {
	Key, Label, Type, Audience, Details, When string
	Required, Other, Many                     bool
	Values, Fields                            []string
}

func TestDictionaryIsTheDataset(t *testing.T) {
	var want, got []plainItem
	for _, s := range dataset(t) {
		for _, f := range s.Items {
			want = append(want, f.plain(t, s))
		}
	}
	for _, s := range Dictionary() {
		for _, i := range s.Items {
			got = append(got, plainOf(s, i))
		}
	}
	if len(got) != 63 || len(Dictionary()) != 10 {
		t.Errorf("the dictionary has %d items in %d sections, want 63 in 10", len(got), len(Dictionary()))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dictionary differs from testdata/dataset.yaml (-dataset +dictionary):\n%s", diff)
	}
}

func TestSectionsAreTheDataset(t *testing.T) {
	type plain struct {
		Name, Label, Audience string
		Many                  bool
	}
	var want, got []plain
	for _, s := range dataset(t) {
		want = append(want, plain{s.Name, s.Label, s.Audience, s.Many})
	}
	for _, s := range Dictionary() {
		got = append(got, plain{s.Name, s.Label, s.Audience.String(), s.Many})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sections differ (-dataset +dictionary):\n%s", diff)
	}
}

func (f facts) plain(t *testing.T, s sectionFacts) plainItem {
	t.Helper()
	p := plainItem{Key: s.Name + "." + f.Name, Label: f.Label, Type: f.Type, Audience: f.Audience, Details: f.Details,
		When: f.When, Required: f.Required, Other: f.Other != "", Many: s.Many}
	if p.Audience == "" {
		p.Audience = s.Audience
	}
	if f.Value != "" {
		p.Values = []string{f.Value}
	}
	node := &f.Of
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch node.Kind {
	case yaml.SequenceNode:
		for _, v := range node.Content {
			p.Values = append(p.Values, v.Value)
		}
	case yaml.MappingNode:
		for n := 0; n < len(node.Content); n += 2 {
			p.Fields = append(p.Fields, node.Content[n].Value)
			for _, v := range node.Content[n+1].Content { // the classes of a prescription
				p.Values = append(p.Values, v.Value)
			}
		}
	}
	return p
}

func plainOf(s Section, i Item) plainItem {
	p := plainItem{Key: i.Key(), Label: i.Label, Type: i.Type.String(), Audience: i.Audience.String(), When: i.When,
		Required: i.Required, Other: i.Other, Many: s.Many, Values: i.Values}
	p.Details = [...]string{NoDetails: "", DetailsAlways: "always", DetailsYes: "yes"}[i.Details]
	if i.Type == List { // the dataset leaves the fields of a contact to us
		for _, f := range i.Fields {
			p.Fields = append(p.Fields, f.Name)
			p.Values = append(p.Values, f.Values...)
		}
	}
	return p
}

// Column names are headings of an import, where no table tells two of them apart.
func TestColumnNamesAreUniqueAmongSingleSections(t *testing.T) {
	seen := map[string]string{}
	for _, s := range Dictionary() {
		if s.Many {
			continue
		}
		for _, i := range s.Items {
			names := []string{}
			for _, c := range i.Columns() {
				names = append(names, c.Name)
			}
			if i.Type == List {
				names = append(names, i.Name)
			}
			for _, name := range names {
				if seen[name] != "" {
					t.Errorf("column %s belongs to %s and %s", name, seen[name], i.Key())
				}
				if len(name) > 63 {
					t.Errorf("column %s is longer than PostgreSQL's 63 bytes", name)
				}
				seen[name] = i.Key()
			}
		}
	}
}

// A section with many rows shows each item as a series, which has no place for more than a
// value and its provenance.
func TestSectionsWithManyHoldPlainItems(t *testing.T) {
	for _, s := range Dictionary() {
		for _, i := range s.Items {
			plain := (i.Type == Text || i.Type == Enum) && !i.Other && i.When == ""
			if s.Many && !plain {
				t.Errorf("%s is more than a plain item", i.Key())
			}
		}
	}
}

// What depends on an item may not be seen by more than may see that item, or a dependant
// would tell of its yes; and alerts tell no more than police may know.
func TestAudiencesDoNotLeak(t *testing.T) {
	for _, s := range Dictionary() {
		for _, i := range s.Items {
			if i.When == "" {
				continue
			}
			on, ok := Lookup(s.Name + "." + i.When)
			if !ok || on.Audience > i.Audience {
				t.Errorf("%s (%v) depends on %s (%v)", i.Key(), i.Audience, i.When, on.Audience)
			}
		}
	}
	for _, key := range AlertItems() {
		if i, ok := Lookup(key); !ok || i.Audience != Restricted || i.Type != Tri && i.Type != Constant {
			t.Errorf("alert item %s: found %t, %v, %v", key, ok, i.Audience, i.Type)
		}
	}
}

func TestHealthWritesEverywhere(t *testing.T) {
	for _, s := range Dictionary() {
		if !slices.Contains(s.Writers, Health) {
			t.Errorf("health may not write %s", s.Name)
		}
	}
}
