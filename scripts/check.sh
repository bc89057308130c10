#!/usr/bin/env bash
# What a reviewer would ask of the code before reading it; the first fault ends it.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'check: %s\n' "$*"; }

say gofmt
unformatted=$(gofmt -l .)
[ -z "$unformatted" ] || { echo "not gofmt'ed (run: gofmt -w .):" $unformatted >&2; exit 1; }

say go vet
go vet ./...
go vet -tags pkcs11 ./ca/... ./server/cmd/...

say staticcheck
go tool staticcheck ./...

say go.mod is tidy
go mod tidy -diff

say generated files are current
scripts/generate.sh --check
scripts/theme.sh --check

# The vulnerability database is not everywhere within reach. Where it is not, say so
# aloud; where it is, a finding fails the check.
say govulncheck
status=0
out=$(go tool govulncheck ./... 2>&1) || status=$?
case "$status" in
  0) ;;
  3) printf '%s\n' "$out" >&2; exit 1 ;;
  *) say "SKIPPED govulncheck: its database could not be read here: $(printf '%s' "$out" | tail -n 1)" ;;
esac
say ok
