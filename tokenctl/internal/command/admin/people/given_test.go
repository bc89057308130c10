package people

import (
	"testing"

	"github.com/spf13/cobra"

	"mais/tokenctl/internal/command"
	"mais/tokenctl/internal/fault"
)

// TestAsGiven: faults of a request's fields are told by the flags and arguments of the command.
func TestAsGiven(t *testing.T) {
	a := &app{&command.App{}}
	asGiven := func(cmd *cobra.Command, args []string, err error) error {
		return a.Do(func(*cobra.Command, []string) error { return err })(cmd, args)
	}
	invite, change := newUserInvite(a), newUserChange(a)
	for _, test := range []struct {
		of    *cobra.Command
		args  []string
		field fault.Field
		want  string
	}{
		{invite, nil, fault.Field{Name: "user.roles", Says: "clinican: there is no such role; there is clinician"}, "--role clinican: there is no such role; there is clinician"},
		{change, []string{"dana@a"}, fault.Field{Name: "user.roles", Says: "join an office with a role that opens records"}, "--add-role: they join an office with a role that opens records"},
		{change, []string{"dana@a"}, fault.Field{Name: "user.vetted_on", Says: "is still to come"}, "--vetted-on is still to come"},
		{change, []string{"dana@a"}, fault.Field{Name: "target", Says: "has not left"}, "dana@a has not left"},
		{newAgencyAdd(a), []string{"Police"}, fault.Field{Name: "agency.name", Says: "is taken"}, "Police is taken"},
		{newAgencyAdd(a), []string{"Police"}, fault.Field{Name: "agency.domains", Says: "are missing"}, "--domain: they are missing"},
		{change, nil, fault.Field{Name: "odd_field", Says: "is wrong"}, "a title; odd_field: is wrong"},
	} {
		f := fault.New(fault.Usage, "next", "a title; %s: %s", test.field.Name, test.field.Says)
		f.Fields = []fault.Field{test.field, test.field}
		if got := asGiven(test.of, test.args, f); got.Error() != test.want || fault.Of(got).Next != "next" {
			t.Errorf("%s %v is told as %q, want %q", test.field.Name, test.args, got, test.want)
		}
	}
	for _, err := range []error{nil, fault.New(fault.Denied, "", "no")} {
		if got := asGiven(change, nil, err); got != err {
			t.Errorf("asGiven(%v) = %v", err, got)
		}
	}
}
