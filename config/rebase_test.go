package config

import (
	"reflect"
	"strings"
	"testing"
)

// TestRebase: every path of the data directory goes with it, and every other is told of.
func TestRebase(t *testing.T) {
	full := func(dir string) *Server {
		s := Default("/old")
		s.Database, s.Mail, s.Backup = &Database{}, &Mail{}, &Backup{}
		for _, p := range s.paths() {
			if p.key != "data_dir" {
				*p.at = dir + "/" + p.key
			}
		}
		return s
	}
	inside := full("/old")
	if outside := inside.Rebase("/new"); len(outside) > 0 || inside.DataDir != "/new" {
		t.Errorf("Rebase = %v, data_dir %s, want nothing outside", outside, inside.DataDir)
	}
	if got := *inside.paths()[1].at; got != "/new/ca.unlock_file" {
		t.Errorf("unlock_file = %s", got)
	}
	elsewhere := full("/older")
	if outside := elsewhere.Rebase("/new"); len(outside) != len(elsewhere.paths())-1 || outside["ca.journal_dir"] != "/older/ca.journal_dir" {
		t.Errorf("Rebase = %v, want all but data_dir", outside)
	}
	for _, p := range append(inside.paths(), elsewhere.paths()...) {
		if strings.HasPrefix(*p.at, "/old/") {
			t.Errorf("%s still names the old directory: %s", p.key, *p.at)
		}
	}
}

// TestPathsAreKnown: a setting that names a file is resolved and rebased.
func TestPathsAreKnown(t *testing.T) {
	s := Default("/old")
	s.Database, s.Mail, s.Backup = &Database{}, &Mail{}, &Backup{}
	known := map[string]bool{}
	for _, p := range s.paths() {
		known[p.key] = true
	}
	var look func(v reflect.Value, at string)
	look = func(v reflect.Value, at string) {
		for i := range v.NumField() {
			tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("toml"), ",")
			key := strings.TrimPrefix(at+"."+tag, ".")
			field := v.Field(i)
			if field.Kind() == reflect.Pointer && field.Type().Elem().Kind() == reflect.Struct {
				field = field.Elem()
			}
			names := strings.HasSuffix(tag, "_file") || strings.HasSuffix(tag, "_dir") || strings.HasSuffix(tag, "directory") || strings.HasSuffix(tag, "_copy")
			switch {
			case field.Kind() == reflect.Struct:
				look(field, key)
			case field.Kind() == reflect.String && names && !known[key]:
				t.Errorf("%s names a file and is not among the paths", key)
			}
		}
	}
	look(reflect.ValueOf(s).Elem(), "")
}
