package policy_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"mais/server/internal/authz/internal/policy"
	"mais/server/internal/authz/internal/policy/policytest"
	"mais/server/internal/record"
)

func TestDenyByDefault(t *testing.T) {
	grants := policy.NewGrants(append(builtin(),
		policy.Permission{Role: "odd", Item: "no.such_item", Act: policy.Read},
		policy.Permission{Role: "odd", Item: "physical_health.epilepsy", Act: 0},
		policy.Permission{Role: "odd", Item: "physical_health.epilepsy", Act: 99}))
	for _, test := range []struct {
		name string
		d    policy.Decision
	}{
		{"zero decision", policy.Decision{}},
		{"zero grants", policy.Grants{}.Decide(policytest.Roles, policy.Read)},
		{"no role", grants.Decide(nil, policy.Read)},
		{"unknown role", grants.Decide([]string{"root", "", "Clinician", "clinician "}, policy.Read)},
		{"unknown act", grants.Decide([]string{"record_clinician"}, 99)},
		{"no act", grants.Decide([]string{"record_clinician"}, 0)},
		{"unknown item and act granted", grants.Decide([]string{"odd"}, policy.Read)},
		{"granted act 0", grants.Decide([]string{"odd"}, 0)},
		{"granted act 99", grants.Decide([]string{"odd"}, 99)},
		{"administrator", grants.Decide([]string{"administrator", "governance_officer"}, policy.Read)},
		{"clinician's emergency", grants.Decide([]string{"clinician", "record_clinician"}, policy.Emergency)},
		{"administrator's emergency", grants.DecideEmergency([]string{"administrator", "governance_officer", "Police_officer"})},
		{"emergency without roles", grants.DecideEmergency(nil)},
		{"emergency without grants", policy.Grants{}.DecideEmergency(policytest.Roles)},
		{"import in an emergency", policy.DecideSystem("import", policy.Emergency)},
		{"nothing of everything", policy.DecideSystem("import", policy.Create).Only()},
		{"an item of nothing", policy.Decision{}.Only("physical_health.epilepsy")},
		{"only an unknown item", policy.DecideSystem("import", policy.Create).Only("no.such_item", "", ".")},
		{"unknown system", policy.DecideSystem("web", policy.Read)},
		{"nameless system", policy.DecideSystem("", 0)},
		{"import reads", policy.DecideSystem("import", policy.Read)},
		{"generator updates", policy.DecideSystem("generator", policy.Update)},
	} {
		if test.d.Any() || test.d.Full() || len(test.d.Items()) > 0 || len(test.d.Shorthand()) > 0 {
			t.Errorf("%s: allows %v, want nothing", test.name, test.d.Items())
		}
		for _, key := range append(record.Keys(), "no.such_item", "", ".") {
			if test.d.Allows(key) {
				t.Errorf("%s: Allows(%q) = true, want false", test.name, key)
			}
		}
	}
}

func TestDecision(t *testing.T) {
	grants := policy.NewGrants(builtin())
	police := grants.Decide([]string{"police_officer"}, policy.Read)
	clinician := grants.Decide([]string{"clinician"}, policy.Read)
	if police.Full() || !clinician.Full() {
		t.Errorf("Full() = %v for police and %v for a clinician, want false and true", police.Full(), clinician.Full())
	}
	if got := clinician.Items(); !slices.Equal(got, record.Keys()) {
		t.Errorf("clinician's Items() = %v, want all in the dictionary's order", got)
	}
	if got := len(police.Items()); got != 57 {
		t.Errorf("police read %d items, want the 57 restricted ones", got)
	}
	want := []string{"service_user_details.first_name", "service_user_details.surname", "service_user_details.aliases",
		"service_user_details.date_of_birth", "service_user_details.date_of_release", "service_user_details.interpreter_needed",
		"service_user_details.language_spoken", "service_user_details.last_known_address", "service_user_details.directed_address",
		"service_user_details.preferred_contact", "service_user_details.preferred_contact_as_appropriate_adult",
		"service_user_details.main_health_professional", "physical_health.*", "mental_health_summary.*", "substance_misuse.*",
		"suicide_and_self_harm.*", "risk_factors.*", "violence_to_others.*", "agencies_involved.*"}
	if got := police.Shorthand(); !slices.Equal(got, want) {
		t.Errorf("police's Shorthand() = %v, want %v", got, want)
	}
	if got := clinician.Shorthand(); len(got) != 10 || got[0] != "service_user_details.*" {
		t.Errorf("clinician's Shorthand() = %v, want the ten sections", got)
	}
	both := grants.Decide([]string{"police_officer", "clinician"}, policy.Read)
	if both != clinician || both.Key() != clinician.Key() {
		t.Errorf("police and clinician together = %s, want the clinician's %s", both.Key(), clinician.Key())
	}
	if police.Key() == clinician.Key() {
		t.Errorf("police and clinician share the key %s", police.Key())
	}
	if got := policy.DecideSystem("import", policy.Create).Items(); !slices.Equal(got, record.Keys()) {
		t.Errorf("import may create %v, want every item", got)
	}
}

// More roles never allow less, and allow nothing that none of them allows alone.
func TestUnionOfRoles(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	keys := record.Keys()
	roles := []string{"a", "b", "c", "d"}
	for range 500 {
		granted := map[policy.Permission]bool{}
		var permissions []policy.Permission
		for range random.IntN(80) {
			p := policy.Permission{Role: roles[random.IntN(len(roles))], Item: keys[random.IntN(len(keys))], Act: policy.Act(random.IntN(6))}
			permissions = append(permissions, p)
			granted[p] = true
		}
		grants := policy.NewGrants(permissions)
		n := random.IntN(len(roles) + 1)
		for _, act := range policy.Acts() {
			d := grants.Decide(roles[:n], act)
			full := false
			for _, key := range keys {
				want := slices.ContainsFunc(roles[:n], func(r string) bool { return granted[policy.Permission{Role: r, Item: key, Act: act}] })
				if got := d.Allows(key); got != want {
					t.Fatalf("roles %v of %v: Allows(%s %s) = %v, want %v", roles[:n], permissions, act, key, got, want)
				}
				item, _ := record.Lookup(key)
				full = full || want && item.Audience == record.Full
			}
			if d.Full() != full {
				t.Fatalf("roles %v of %v: Full() = %v, want %v", roles[:n], permissions, d.Full(), full)
			}
		}
	}
}

func TestDecideEmergency(t *testing.T) {
	grants := policy.NewGrants(builtin())
	police, clinician := []string{"police_officer"}, []string{"clinician"}
	d := grants.DecideEmergency(police)
	if d.Act() != policy.Read || !d.Emergency() || !d.Full() {
		t.Errorf("police in an emergency: act %v, emergency %v, full %v, want read, true, true", d.Act(), d.Emergency(), d.Full())
	}
	want := slices.DeleteFunc(record.Keys(), func(key string) bool { return key == "service_user_details.epex_number" })
	if got := d.Items(); !slices.Equal(got, want) {
		t.Errorf("police in an emergency read %v, want all but the ePEX number", got)
	}
	always := grants.Decide(police, policy.Read)
	if always.Emergency() || d == always || d.Key() == always.Key() {
		t.Errorf("the decision in an emergency is the ordinary one: %+v", d)
	}
	c := grants.DecideEmergency(clinician)
	if !slices.Equal(c.Items(), record.Keys()) || c == grants.Decide(clinician, policy.Read) {
		t.Errorf("a clinician in an emergency reads %v, want what they always do, told apart", c.Items())
	}
}

func TestOnly(t *testing.T) {
	grants := policy.NewGrants(builtin())
	police := grants.Decide([]string{"police_officer"}, policy.Read)
	got := police.Only("service_user_details.surname", "mental_health_diagnosis.primary_diagnosis", "physical_health.epilepsy")
	if want := []string{"service_user_details.surname", "physical_health.epilepsy"}; !slices.Equal(got.Items(), want) || got.Act() != policy.Read {
		t.Errorf("Only = %v %v, want read %v", got.Act(), got.Items(), want)
	}
	if again := got.Only(record.Keys()...); again != got {
		t.Errorf("Only of all widens %v to %v", got.Items(), again.Items())
	}
	if all := police.Only(record.Keys()...); all != police {
		t.Errorf("Only of all = %v, want the decision as it was", all.Items())
	}
	if !grants.DecideEmergency([]string{"police_officer"}).Only("physical_health.epilepsy").Emergency() {
		t.Error("Only forgets that it was decided in an emergency")
	}
}
