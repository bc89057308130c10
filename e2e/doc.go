// Package e2e holds journeys on the true binaries: what a newcomer, an officer, a nurse, an
// operator and some hostile callers do, from outside. Each test starts `mais-server` as a
// person would, waits for its line "ready", and works with tokenctl, openssl, curl and a
// browser. Read newcomer_test.go first; service_test.go and person_test.go are what the
// journeys are written with.
//
// A journey sees what a caller sees, the audit, and the database by `mais-server psql`. What
// each part does by itself is tested beside the part, and not here again.
//
//	go test -count=1 -v ./e2e
//
// Needs the packages that scripts/deps.sh installs, and root for the journeys that need a
// network namespace, another mount namespace or a browser's policy. What is missing fails
// the tests; nothing is skipped.
package e2e
