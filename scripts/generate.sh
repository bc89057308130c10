#!/usr/bin/env bash
# Makes what is made from the sources and checked in: the reference of both commands.
# With --check it changes nothing, and fails when something is out of date.
set -euo pipefail
cd "$(dirname "$0")/.."

target=docs/reference
[ "${1:-}" = --check ] && target=$(mktemp -d) && trap 'rm -rf "$target"' EXIT
mkdir -p "$target"
go run ./server/cmd/mais-server docs "$target"
go run ./tokenctl docs "$target"

if [ "${1:-}" = --check ]; then
  diff -r docs/reference "$target" >&2 || { echo "docs/reference is out of date; run: make generate" >&2; exit 1; }
fi
