package api

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

// TestOpenAPIHasEveryField compares the types with the schemas of the document that the
// server gives, field by field: the fields that are always there are the required ones.
func TestOpenAPIHasEveryField(t *testing.T) {
	doc := document(t)
	for _, of := range []any{EnrolRequest{}, IssuedCertificate{}, RenewRequest{}, RevokeRequest{}, Revoked{}, Whoami{},
		SearchRequest{}, SearchResults{}, SearchResult{}, Name{}, Record{}, Item{}, Problem{},
		Certificates{}, Certificate{}, CertificateDetail{}, StatusChange{}, Expiries{}, ExpiryWeek{}, InviteRequest{}, Invited{}, PlanRequest{},
		CertificateFilter{}, SerialLine{}, AddSerials{}, Plan{}, Loser{}, Plans{}, OwnTokens{}, PlanItem{}, PlanItems{}, ConfirmPlan{}, Check{}, CheckItem{},
		Receipt{}, ReceiptNode{}, Destroyed{}, DestructionNoted{},
		KeyOnCard{}, CardList{}, CardEntry{}, CardDetail{}, CardHolder{}, WitnessRequest{}, Witnessed{},
		Import{}, RowFault{}, Funnel{}, FunnelRow{}, InviteAgainRequest{}, InvitedAgain{}, UserFields{}, User{}, Users{}, Terms{}, Sheet{}, TermsRequest{},
		RoleFields{}, Permission{}, Role{}, Roles{}, Items{}, ItemSection{}, ItemEntry{},
		Actor{}, AccessReviews{}, AccessReview{}, AccessReviewDetail{}, AccessReviewItem{}, OpenReviewRequest{}, DecideRequest{},
		ChangeRequest{}, Change{}, Changes{}, Difference{}, Effect{}, Affected{}, ItemCount{}, ConfirmRequest{}, DecisionRequest{},
		LostRequest{}, LostAsked{}, LostConfirm{}, LostHeld{}, LostToken{},
		Session{}, Sessions{}, EndSessions{}, SessionsEnded{}, AuditEntry{}, AuditPage{}, AuditUser{}, AuditStory{}, AuditStep{}, AuditLooks{}, AuditLooker{},
		AuditRefusals{}, AuditRefusal{}, AuditFigures{}, AuditDay{}, AuditAgency{}, AuditHour{}, AuditAlerts{}, AuditAlert{}, SettleRequest{},
		Agencies{}, Agency{}, AgencyFields{}, Sites{}, Site{}, SiteFields{}, NetworkFields{}, NetworkAnswer{}, NetworkMatch{}} {
		name := reflect.TypeOf(of).Name()
		schema := doc.Components.Schemas[name]
		if schema == nil {
			t.Errorf("%s is not described", name)
			continue
		}
		all, always := fields(reflect.TypeOf(of))
		var described []string
		for property := range schema.Value.Properties {
			described = append(described, property)
		}
		required := slices.Clone(schema.Value.Required)
		for _, list := range [][]string{all, always, described, required} {
			slices.Sort(list)
		}
		if diff := cmp.Diff(all, described); diff != "" {
			t.Errorf("fields of %s (-type +document):\n%s", name, diff)
		}
		if diff := cmp.Diff(always, required); diff != "" {
			t.Errorf("fields of %s that are always there (-type +document):\n%s", name, diff)
		}
	}
}

// TestOpenAPIHasEveryProblem: a client that reads the document knows every type there is.
func TestOpenAPIHasEveryProblem(t *testing.T) {
	told := *document(t).Components.Responses["Problem"].Value.Description
	for _, problem := range []string{NoToken, UnknownToken, ExpiredToken, HeldToken, RevokedToken, SupersededToken, WrongNetwork, LevelTooLow, OutsideDates, TermsDue,
		StatusStale, AuditUnavailable, EnrolmentRefused, RenewalRefused, NotAllowed, NotByYou, WithoutRole, NotFound, Invalid, TooMany, CrossSite,
		SessionMismatch, SessionEnded, AccessChanged, WrongWord, Conflict, DestructionRefused, LostRefused, CardInUseStill, Unavailable, Internal} {
		if !strings.Contains(told, problem) {
			t.Errorf("the document does not tell of the problem %s", problem)
		}
	}
}

// An answer with an alias, and a request for whole names, as the document has them.
func TestOpenAPIDescribesAliases(t *testing.T) {
	schemas := document(t).Components.Schemas
	for name, value := range map[string]any{
		"SearchRequest": SearchRequest{Surname: "kay", Exact: true},
		"SearchResult": SearchResult{ID: "7b0a3a0e-6a32-4b3c-9a6c-0c8a6a9c2f10", Surname: "Kettering", Alerts: []string{"self_harm"},
			Alias: &Name{FirstName: "Toby", Surname: "Kay"}},
	} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		var wire any
		if err := json.Unmarshal(text, &wire); err != nil {
			t.Fatal(err)
		}
		if err := schemas[name].Value.VisitJSON(wire); err != nil {
			t.Errorf("%s is not as described: %v", text, err)
		}
	}
}

func document(t *testing.T) *openapi3.T {
	t.Helper()
	text, err := os.ReadFile("../internal/web/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// fields returns the names of a type's fields on the wire, and of those that are never left
// out.
func fields(of reflect.Type) (all, always []string) {
	for i := range of.NumField() {
		if of.Field(i).Anonymous {
			more, required := fields(of.Field(i).Type)
			all, always = append(all, more...), append(always, required...)
			continue
		}
		name, options, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		all = append(all, name)
		if options == "" {
			always = append(always, name)
		}
	}
	return all, always
}
