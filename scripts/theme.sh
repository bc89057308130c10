#!/usr/bin/env bash
# Makes the style sheet and the scripts that the pages use out of server/internal/web/theme,
# and puts them, named for their contents, into server/internal/web/assets/dist, from where
# they are embedded. With --check it changes nothing, and fails when they are out of date.
# It needs npm, node (18 or later) and the packages of the lock file; a build of MAIS needs
# none of them.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."

theme=server/internal/web/theme
dist=server/internal/web/assets/dist
npm=var/npm

# install puts the packages of the lock file into var/npm, unless they are there.
install() {
  cmp -s "$theme/package-lock.json" "$npm/installed" && return
  rm -rf "$npm" && mkdir -p "$npm"
  cp "$theme/package.json" "$theme/package-lock.json" "$npm/"
  (cd "$npm" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
  cp "$theme/package-lock.json" "$npm/installed"
}

digest() { sha256sum | cut -d ' ' -f 1; }

# sources prints one digest of every file that the assets are made of.
sources() { (cd "$theme" && find . -type f | sort | xargs sha256sum) | digest; }

# place FILE NAME puts FILE into $to under the NAME with its digest in it, and prints that.
place() {
  local name="${2%.*}-$(digest <"$1" | cut -c 1-20).${2##*.}"
  cp "$1" "$to/$name"
  printf '%s' "$name"
}

# build makes everything in $to, by way of $work.
build() {
  local css govuk lock meter app boot icon
  node "$theme/compile.cjs" "$npm" >"$work/mais.css"
  sed 's|//# sourceMappingURL=.*||' "$npm/node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js" >"$work/govuk-frontend.js"

  css=$(place "$work/mais.css" mais.css)
  govuk=$(place "$work/govuk-frontend.js" govuk-frontend.js)
  lock=$(place "$theme/lock.js" lock.js)
  meter=$(place "$theme/meter.js" meter.js)
  boot=$(place "$theme/boot.js" boot.js)
  icon=$(place "$theme/favicon.svg" favicon.svg)
  sed "s|'./govuk-frontend.js'|'./$govuk'|; s|'./lock.js'|'./$lock'|; s|'./meter.js'|'./$meter'|" "$theme/app.js" >"$work/app.js"
  app=$(place "$work/app.js" app.js)

  cat >"$to/manifest.json" <<END
{
  "sources": "$(sources)",
  "files": {
    "app.js": "$app",
    "boot.js": "$boot",
    "favicon.svg": "$icon",
    "govuk-frontend.js": "$govuk",
    "lock.js": "$lock",
    "mais.css": "$css",
    "meter.js": "$meter"
  }
}
END
}

install
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
work=$temporary/work to=$temporary/dist
mkdir "$work" "$to"
build
if [ "${1:-}" = --check ]; then
  diff -r "$dist" "$to" >&2 || { echo "the pages' assets are out of date; run: scripts/theme.sh" >&2; exit 1; }
  exit
fi
rm -rf "$dist" && mkdir -p "$dist"
cp "$to"/* "$dist/"
