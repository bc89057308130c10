package policy_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/authz/internal/policy/policytest"
	"mais/server/internal/record"
)

var update = flag.Bool("update", false, "write testdata/matrix.golden anew")

// builtin is the rule that the built-in roles follow, from the dictionary alone: police read
// what is restricted, and in an emergency the rest but for the number of a record in another
// system; clinicians read all, record clinicians do all, the others nothing.
func builtin() []policy.Permission {
	var permissions []policy.Permission
	for _, key := range record.Keys() {
		if item, _ := record.Lookup(key); item.Audience == record.Restricted {
			permissions = append(permissions, policy.Permission{Role: "police_officer", Item: key, Act: policy.Read})
		} else if key != "service_user_details.epex_number" {
			permissions = append(permissions, policy.Permission{Role: "police_officer", Item: key, Act: policy.Emergency})
		}
		permissions = append(permissions, policy.Permission{Role: "clinician", Item: key, Act: policy.Read})
		for _, act := range []policy.Act{policy.Read, policy.Create, policy.Update} {
			permissions = append(permissions, policy.Permission{Role: "record_clinician", Item: key, Act: act})
		}
	}
	return permissions
}

func TestMatrix(t *testing.T) {
	const golden = "testdata/matrix.golden"
	got := policytest.Matrix(policy.NewGrants(builtin()))
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the permission matrix changed; if that is meant, run with -update (-want +got):\n%s", diff)
	}
}
