package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPackagesAreAllKnown: packages has each name of ours with which an error begins, and no other.
func TestPackagesAreAllKnown(t *testing.T) {
	found := map[string]bool{"pq": true} // of errors that the driver makes
	for _, root := range []string{"ca", "certs", "config", "internal", "server"} {
		err := filepath.WalkDir(filepath.Join("../../..", root), func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() && strings.HasSuffix(e.Name(), "test") && e.Name() != "attest" {
				return fs.SkipDir // what is for tests alone
			}
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			for _, name := range namesInErrors(t, path) {
				found[name] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(found)), packages); diff != "" {
		t.Errorf("errors begin with other names than those in packages, which governance is not shown (-found +packages):\n%s", diff)
	}
}

// named is a text that begins as our errors do.
var named = regexp.MustCompile(`^([a-z]+): `)

// namesInErrors are the names with which texts in a file begin, if they are of its package or of one around it.
func namesInErrors(t *testing.T, path string) (names []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	around := append(strings.Split(filepath.ToSlash(filepath.Dir(path)), "/"), file.Name.Name)
	ast.Inspect(file, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
			said, _ := strconv.Unquote(text.Value)
			if m := named.FindStringSubmatch(said); m != nil && slices.Contains(around, m[1]) {
				names = append(names, m[1])
			}
		}
		return true
	})
	return names
}
