package client

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"mais/tokenctl/internal/fault"
)

// TestProblemsAreAllKnown holds the table against the words of package api.
func TestProblemsAreAllKnown(t *testing.T) {
	const crossSite = "cross-site" // only a browser can cause it
	file, err := parser.ParseFile(token.NewFileSet(), "../../../server/api/api.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, decl := range file.Decls {
		block, ok := decl.(*ast.GenDecl)
		if !ok || block.Tok != token.CONST || !strings.Contains(text(block), "no-token") {
			continue
		}
		for _, spec := range block.Specs {
			word, err := strconv.Unquote(spec.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			found++
			if _, ok := problems[word]; !ok && word != crossSite {
				t.Errorf("the problem %q has no entry", word)
			}
		}
	}
	if found < 10 {
		t.Errorf("%d problems found in package api, want them all", found)
	}
}

func text(block *ast.GenDecl) string {
	var all []string
	for _, spec := range block.Specs {
		for _, value := range spec.(*ast.ValueSpec).Values {
			if lit, ok := value.(*ast.BasicLit); ok {
				all = append(all, lit.Value)
			}
		}
	}
	return strings.Join(all, " ")
}

func TestProblemFault(t *testing.T) {
	for _, test := range []struct {
		name, text string
		status     int
		kind       fault.Kind
		says       string
	}{
		{"ours", `{"type":"urn:mais:problem:revoked","title":"x"}`, 403, fault.Revoked, "the token has been revoked"},
		{"with an address", `{"type":"urn:mais:problem:wrong-network","address":"10.0.0.9"}`, 403, fault.WrongNetwork, "10.0.0.9"},
		{"with where else", `{"type":"urn:mais:problem:wrong-network","title":"You cannot come in","detail":"Your site is Ward.","next":"Tell the desk.","address":"10.0.0.9"}`, 403, fault.WrongNetwork,
			"you cannot come in: your site is Ward (the service sees the address 10.0.0.9)"},
		{"with fields", `{"type":"urn:mais:problem:invalid","title":"Bad","errors":[{"field":"surname","detail":"too short"}]}`, 422, fault.Usage, "bad; surname: too short"},
		{"unknown, by status", `{"type":"about:blank","title":"Gone"}`, 404, fault.NotFound, "gone"},
		{"unknown 503", `{}`, 503, fault.Unavailable, "status 503"},
		{"no problem at all", `<html>`, 500, fault.BadAnswer, "did not say why"},
		{"endless", `{"title":"` + strings.Repeat("é", 10_000) + `"}`, 500, fault.Unavailable, "…"},
	} {
		err := problemFault(test.status, "", []byte(test.text))
		if !fault.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) || len(err.Error()) > 3*maxWords {
			t.Errorf("%s: problemFault = %v, want %s saying %q", test.name, err, test.kind, test.says)
		}
	}
}

func FuzzParseProblem(f *testing.F) {
	f.Add(403, []byte(`{"type":"urn:mais:problem:revoked","title":"Revoked","status":403,"instance":"urn:uuid:1"}`))
	f.Add(422, []byte(`{"type":"urn:mais:problem:invalid","errors":[{"field":"surname","detail":"short"},{}]}`))
	f.Add(500, []byte(`{"type":7}`))
	f.Add(0, []byte(`[]`))
	f.Fuzz(func(t *testing.T, status int, text []byte) {
		got := fault.Of(problemFault(status, "", text))
		if got.Message == "" || got.Kind.Exit() == 0 || got.Kind.Exit() > 130 {
			t.Errorf("problemFault(%d, %q) = %#v, want a message and an exit code", status, text, got)
		}
		const bound = 12 * (2*maxWords + 100)
		if len(got.Message) > bound || len(got.Next) > bound || len(got.Reference) > bound {
			t.Errorf("problemFault(%d, %q) is longer than %d bytes", status, text, bound)
		}
	})
}
