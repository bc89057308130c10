package ca_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Who may do what, by file or directory, with the reason.
var rules = []struct {
	what   string
	found  func(f *ast.File) bool
	only   []string
	reason string
}{
	{"import step-ca", imports("github.com/smallstep/certificates"), []string{"internal/stepca/"},
		"its shapes stay behind one adapter"},
	{"import the database driver", imports("github.com/lib/pq"), nil, "only internal/pg does"},
	{"write SQL", containsSQL, []string{"internal/store/", "catest/invariants.go"}, "SQL stands in one package"},
	{"import the server", imports("mais/server"), nil, "the CA is a library that can move to a host of its own"},
	{"create certificates", calls("CreateCertificate"), []string{"ceremony/", "internal/issuance/twin.go"},
		"step-ca signs every certificate but the root and the twins, which nobody signs"},
}

func imports(prefix string) func(*ast.File) bool {
	return func(f *ast.File) bool {
		return slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool {
			path := strings.Trim(i.Path.Value, `"`)
			return path == prefix || strings.HasPrefix(path, prefix+"/")
		})
	}
}

func calls(function string) func(*ast.File) bool {
	return func(f *ast.File) (found bool) {
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			found = found || ok && s.Sel.Name == function
			return !found
		})
		return found
	}
}

func containsSQL(f *ast.File) (found bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		l, ok := n.(*ast.BasicLit)
		if ok && l.Kind == token.STRING {
			text := strings.Trim(l.Value, "`\" \n\t")
			for _, verb := range []string{"SELECT ", "INSERT ", "UPDATE ", "DELETE "} {
				found = found || strings.HasPrefix(text, verb)
			}
		}
		return !found
	})
	return found
}

func TestBoundaries(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
		if err != nil {
			return err
		}
		for _, r := range rules {
			allowed := slices.ContainsFunc(r.only, func(place string) bool { return strings.HasPrefix(path, place) })
			if !allowed && r.found(file) {
				t.Errorf("%s may not %s: %s", path, r.what, r.reason)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
