#!/usr/bin/env bash
# Takes the pictures of the pages that docs/screens holds, by the journeys of e2e on the true
# binaries. Look at what has changed before you keep it: git diff shows pictures as well.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p docs/screens
rm -f docs/screens/*.png
go test -count=1 -timeout 30m -run '^(TestPages|TestFirstDay|TestPasswordPages|TestCardPagesInABrowser|TestFirefox|TestCard(Chooser)?In(Chromium|Firefox))$' ./e2e -screens "$PWD/docs/screens"
