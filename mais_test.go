// Package mais_test holds the rules of the whole tree that the compiler cannot hold: which
// package may import which, and that each says what it is.
package mais_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A rule forbids an import. Patterns are import paths; a trailing /... takes in what is
// below.
type rule struct {
	reason    string
	from      []string // the packages it binds
	except    []string // those of them that may
	forbidden []string
}

const module = "mais/"

var rules = []rule{
	{
		reason:    "step-ca's shapes stay behind one door",
		from:      []string{"mais/..."},
		except:    []string{"mais/ca/internal/stepca"},
		forbidden: []string{"github.com/smallstep/certificates/..."},
	}, {
		reason: "SQL stands in the packages that answer for it",
		from:   []string{"mais/..."},
		except: []string{
			"mais/internal/pg/...", "mais/ca/internal/store", "mais/server/internal/audit/internal/ledger", "mais/server/internal/people",
			"mais/server/internal/authn/internal/creds", "mais/server/internal/authz/internal/data", "mais/server/internal/authz/internal/rbac",
		},
		forbidden: []string{"database/sql", "github.com/lib/pq", "github.com/pressly/goose/..."},
	}, {
		reason: "tokenctl runs on other people's machines: it needs the wire, not the server",
		from:   []string{"mais/tokenctl/..."},
		forbidden: []string{
			"mais/ca/...", "mais/internal/...", "mais/server", "mais/server/cmd/...", "mais/server/internal/...", "mais/server/migrations",
			"github.com/smallstep/certificates/...", "github.com/lib/pq", "database/sql",
		},
	}, {
		reason: "what tokenctl's commands stand on knows no command",
		from: []string{
			"mais/tokenctl/internal/browser", "mais/tokenctl/internal/chart", "mais/tokenctl/internal/client/...", "mais/tokenctl/internal/deploy", "mais/tokenctl/internal/enrol",
			"mais/tokenctl/internal/fault", "mais/tokenctl/internal/notify", "mais/tokenctl/internal/piv/...", "mais/tokenctl/internal/relying", "mais/tokenctl/internal/serials",
			"mais/tokenctl/internal/token", "mais/tokenctl/internal/ui", "mais/tokenctl/internal/watch",
		},
		forbidden: []string{"mais/tokenctl/internal/command/..."},
	}, {
		reason: "what every command needs, and what several share, knows none of them",
		from: []string{
			"mais/tokenctl/internal/command", "mais/tokenctl/internal/command/enrolment", "mais/tokenctl/internal/command/inventory",
			"mais/tokenctl/internal/command/standing", "mais/tokenctl/internal/command/vouch",
		},
		forbidden: families,
	}, {
		reason:    "the CA must be able to move to a host of its own",
		from:      []string{"mais/ca/..."},
		forbidden: []string{"mais/server/...", "mais/tokenctl/..."},
	}, {
		reason:    "a ceremony is held where the root is: there is no database, and no service",
		from:      []string{"mais/ca/ceremony", "mais/ca/internal/keydir"},
		forbidden: []string{"mais/ca", "mais/ca/internal/store", "mais/internal/pg/..."},
	}, {
		reason:    "what a node answers by is read from the database alone: no key, no journal",
		from:      []string{"mais/ca/feed/..."},
		forbidden: []string{"mais/ca/internal/issuance", "mais/ca/internal/journal", "mais/ca/internal/keeper", "mais/ca/internal/keydir", "mais/ca/internal/keys/...", "mais/ca/internal/stepca"},
	}, {
		reason:    "the journal's keeper knows which entries there are, not what they do",
		from:      []string{"mais/ca/internal/keeper"},
		forbidden: []string{"mais/ca/internal/issuance", "mais/ca/internal/stepca"},
	}, {
		reason:    "certs is a leaf",
		from:      []string{"mais/certs"},
		forbidden: []string{"mais/..."},
	}, {
		reason:    "config may know certificates, nothing else",
		from:      []string{"mais/config"},
		forbidden: []string{"mais/ca/...", "mais/server/...", "mais/tokenctl/...", "mais/internal/..."},
	}, {
		reason:    "the wire's types and words know nothing of the server",
		from:      []string{"mais/server/api/..."},
		forbidden: []string{"mais/...", "net/http", "database/sql"},
	}, {
		reason:    "a page shows what is cut to its reader's role, and nothing else can reach it",
		from:      []string{"mais/server/internal/web/page/..."},
		forbidden: []string{"mais/ca/...", "mais/certs", "mais/internal/...", "mais/server/internal/audit/...", "mais/server/internal/authn/...", "mais/server/internal/authz/...", "mais/server/internal/record/...", "mais/server/internal/people", "mais/server/internal/demo/...", "mais/config", "net/http"},
	}, {
		reason:    "what is invented stays in the demo: a real service has none of it",
		from:      []string{"mais/..."},
		except:    []string{"mais/server/cmd/mais-server", "mais/server", "mais/server/internal/demo/..."},
		forbidden: []string{"mais/server/internal/demo/..."},
	}, {
		reason:    "the audit answers to nobody: it imports pg and its own ledger only",
		from:      []string{"mais/server/internal/audit/..."},
		forbidden: []string{"mais/ca/...", "mais/certs", "mais/config", "mais/server/api", "mais/server/internal/authn/...", "mais/server/internal/authz/...", "mais/server/internal/record/...", "mais/server/internal/web/..."},
	}, {
		reason:    "authorisation asks who is calling, never the reverse",
		from:      []string{"mais/server/internal/authn/..."},
		forbidden: []string{"mais/server/internal/authz/...", "mais/server/internal/web/...", "mais/server/internal/record/..."},
	}, {
		reason:    "the record's types are pure",
		from:      []string{"mais/server/internal/record/..."},
		forbidden: []string{"mais/internal/...", "mais/ca/...", "mais/server/api", "mais/server/internal/audit/...", "mais/server/internal/authn/...", "mais/server/internal/authz/...", "mais/server/internal/web/...", "net/http"},
	}, {
		reason:    "mail tells of certificates: it needs nobody's session, nothing of a record and nothing of the audit",
		from:      []string{"mais/server/internal/mail/..."},
		forbidden: []string{"mais/server/internal/authz/...", "mais/server/internal/authn/...", "mais/server/internal/record/...", "mais/server/internal/web/...", "mais/server/internal/audit/..."},
	}, {
		reason:    "the policy is a pure function",
		from:      []string{"mais/server/internal/authz/internal/policy"},
		forbidden: []string{"mais/internal/...", "mais/server/internal/audit/...", "mais/server/internal/authn/...", "net/http", "time"},
	}, {
		reason:    "pins and receipts are judged by whoever holds them, from what they say alone",
		from:      []string{"mais/certs/..."},
		forbidden: []string{"mais/config", "mais/internal/...", "mais/ca/...", "mais/server/...", "mais/tokenctl/..."},
	}, {
		reason:    "what is made for tests, such as principals of anybody, is for tests alone",
		from:      []string{"mais/..."},
		except:    fakes,
		forbidden: fakes,
	},
}

// families are those of tokenctl's commands. None imports another: what two need stands below both.
var families = []string{
	"mais/tokenctl/internal/command/admin/...", "mais/tokenctl/internal/command/browser", "mais/tokenctl/internal/command/lookup",
	"mais/tokenctl/internal/command/own", "mais/tokenctl/internal/command/piv", "mais/tokenctl/internal/command/site",
}

// TestFamiliesStandApart holds what a rule cannot, since it lets its own packages import one another.
func TestFamiliesStandApart(t *testing.T) {
	for path, file := range sources(t) {
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			for _, family := range families {
				own := []string{family}
				if matches(own, packageOf(path)) && matches(families, imported) && !matches(own, imported) {
					t.Errorf("%s imports %s, which is of another family of commands", path, imported)
				}
			}
		}
	}
}

// fakes stand beside what they stand in for.
var fakes = []string{
	"mais/ca/catest", "mais/internal/pg/pgtest", "mais/server/internal/authn/authntest", "mais/server/internal/authz/internal/policy/policytest",
	"mais/server/internal/people/peopletest", "mais/server/internal/record/recordtest", "mais/server/internal/web/page/pagetest", "mais/server/internal/web/page/admin/admintest", "mais/server/internal/web/page/audit/audittest",
	"mais/ca/internal/keys/keystest",
	"mais/server/internal/web/page/record/viewtest", "mais/tokenctl/internal/client/clienttest", "mais/internal/pivtest/...", "mais/certs/attest/attesttest",
}

func TestImports(t *testing.T) {
	for path, file := range sources(t) {
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rules {
				if r.binds(packageOf(path)) && matches(r.forbidden, imported) && !within(r.from, imported) {
					t.Errorf("%s imports %s: %s", path, imported, r.reason)
				}
			}
		}
	}
}

func (r rule) binds(pkg string) bool { return matches(r.from, pkg) && !matches(r.except, pkg) }

// within lets a rule's packages import one another, except where it is about everybody.
func within(from []string, imported string) bool {
	return !slices.Contains(from, module+"...") && matches(from, imported)
}

func matches(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		root, below := strings.CutSuffix(pattern, "/...")
		return path == root || below && strings.HasPrefix(path, root+"/")
	})
}

func TestRulesNameRealPackages(t *testing.T) {
	packages := map[string]bool{}
	for path := range sources(t) {
		packages[packageOf(path)] = true
	}
	for _, r := range rules {
		for _, pattern := range slices.Concat(r.from, r.except, r.forbidden) {
			if !strings.HasPrefix(pattern, module) { // not ours: it need not be in use
				continue
			}
			found := false
			for pkg := range packages {
				found = found || matches([]string{pattern}, pkg)
			}
			if !found {
				t.Errorf("the rule %q speaks of %s, which is not there", r.reason, pattern)
			}
		}
	}
}

// TestTLSStateIsReadInOnePlace: who is calling is decided once, in authn.
func TestTLSStateIsReadInOnePlace(t *testing.T) {
	for path, file := range sources(t) {
		if !strings.HasPrefix(path, "server/") || strings.HasPrefix(path, "server/internal/authn/") {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && (sel.Sel.Name == "PeerCertificates" || sel.Sel.Name == "VerifiedChains") {
				t.Errorf("%s reads %s; only authn does", path, sel.Sel.Name)
			}
			return true
		})
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	documented := map[string]bool{}
	for path, file := range sources(t) {
		pkg := packageOf(path)
		documented[pkg] = documented[pkg] || file.Doc != nil && len(file.Doc.Text()) > 40
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("package %s has no package comment: what it is, what to call first, what it does not promise", pkg)
		}
	}
}

// TestThreatsNameRealTests: a row of docs/threats.md that names a test is as good as the test.
func TestThreatsNameRealTests(t *testing.T) {
	text, err := os.ReadFile("docs/threats.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		pkg := strings.TrimSuffix(file.Name.Name, "_test")
		if pkg == "main" {
			pkg = filepath.Base(filepath.Dir(path))
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				found[pkg+"."+f.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z]+\\.(?:Test|Fuzz)[A-Za-z0-9]+)`").FindAllSubmatch(text, -1)
	if len(named) == 0 {
		t.Fatal("docs/threats.md names no test")
	}
	for _, name := range named {
		if !found[string(name[1])] {
			t.Errorf("docs/threats.md names %s, which is not there", name[1])
		}
	}
}

var parsed map[string]*ast.File

// sources parses every source file but the tests, by its path from here.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	if parsed != nil {
		return parsed
	}
	parsed = map[string]*ast.File{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "testdata" || d.Name() == "bin" || d.Name() == "var") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		if strings.HasPrefix(path, "server/") {
			file, err = parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		}
		parsed[filepath.ToSlash(path)] = file
		return err
	})
	if err != nil || len(parsed) == 0 {
		t.Fatalf("parse the tree: %d files, %v", len(parsed), err)
	}
	return parsed
}

func packageOf(path string) string {
	dir := filepath.ToSlash(filepath.Dir(path))
	if dir == "." {
		return strings.TrimSuffix(module, "/")
	}
	return module + dir
}
