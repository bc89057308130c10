// Package e2e holds journeys on the true binaries: what a newcomer, an officer, a nurse, an
// operator and some hostile callers do, from outside. Each test starts `mais-server` as a
// person would, waits for its line "ready", and works with tokenctl, openssl, curl and two
// browsers. Read newcomer_test.go first; service_test.go and person_test.go are what the
// journeys are written with, browser_tab_test.go those in a browser, where axe and the HTML
// validator look at every page (browser_pages_test.go).
//
// A journey sees what a caller sees, the audit, and the database by `mais-server psql`. What
// each part does by itself is tested beside the part, and not here again.
//
//	go test -count=1 -v ./e2e
//
// Needs the packages that scripts/deps.sh installs, and root for the journeys that need a
// network namespace or another mount namespace. What is missing fails
// the tests; nothing is skipped.
package e2e
