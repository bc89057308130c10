package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
)

func TestStream(t *testing.T) {
	broken := errors.New("the line is dead")
	for _, test := range []struct {
		items []string
		rest  any
		err   error
		want  string
	}{
		{[]string{"a", "\u202eb"}, map[string]int{"total": 2}, nil, `{"schema":1,"data":{"names":["a","\u202eb"],"total":2}}` + "\n"},
		{nil, struct{}{}, nil, `{"schema":1,"data":{"names":[]}}` + "\n"},
		{[]string{"a"}, nil, broken, `{"schema":1,"data":{"names":["a"`},
	} {
		var out bytes.Buffer
		s := NewScreen(&out, &out, true)
		err := s.Stream("names", func(give func(any) error) error {
			for _, item := range test.items {
				if err := give(item); err != nil {
					return err
				}
			}
			return test.err
		}, func() any { return test.rest })
		if !errors.Is(err, test.err) || out.String() != test.want || json.Valid(out.Bytes()) != (test.err == nil) {
			t.Errorf("Stream(%q) = %v, printed %s, want %s", test.items, err, out.String(), test.want)
		}
	}
}

func TestAside(t *testing.T) {
	for asJSON, want := range map[bool]string{false: "A  B\n", true: ""} {
		var out, errs bytes.Buffer
		if err := NewScreen(&out, &errs, asJSON).Aside().Facts([][]string{{"A", "B"}}); err != nil || out.Len() > 0 || errs.String() != want {
			t.Errorf("Aside (json %t) printed %q and %q, %v, want %q on standard error", asJSON, out.String(), errs.String(), err, want)
		}
	}
}
