// Package assets serves the style sheet and the scripts of the pages. They are made by
// scripts/theme.sh from the theme, committed, and embedded; a build needs no npm.
//
// A page takes addresses from [URL]. They name the contents, so that what is served under
// one never changes and may be kept for ever; a new version has a new address.
package assets

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed dist
var dist embed.FS

// Root is the path under which [Handler] serves.
const Root = "/assets/"

// The files that pages name. Scripts load the others.
const (
	CSS  = "mais.css"
	App  = "app.js"  // a module
	Boot = "boot.js" // before anything is drawn
	Icon = "favicon.svg"
)

// manifest is what scripts/theme.sh says of its work.
type manifest struct {
	Sources string            `json:"sources"` // the digest of the theme that dist was made from
	Files   map[string]string `json:"files"`   // from the plain name to the one in dist
}

var made = mustManifest()

func mustManifest() (m manifest) {
	text, err := dist.ReadFile("dist/manifest.json")
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		panic(fmt.Errorf("assets: %w", err)) // embedded: a test reads it
	}
	return m
}

// URL returns the address of a file. It panics for one that is not there: pages name
// constants.
func URL(name string) string {
	file, ok := made.Files[name]
	if !ok {
		panic(fmt.Sprintf("assets: no file %q", name))
	}
	return Root + file
}
