#!/usr/bin/env bash
# Installs what a bare Debian with git, make, gcc and Go lacks to build, run and test MAIS.
# It asks dpkg first, so that it costs nothing when all is there.
set -euo pipefail

# package: what needs it
packages=(
  postgresql        # the embedded database, and every test with one
  openssl           # the tests' second opinion on certificates and CRLs
  curl              # the tests' second opinion on mutual TLS
  ca-certificates   # the module proxy
  chromium          # the browser journeys
  iproute2          # the tests' own network namespaces
  libnss3-tools     # certutil and pk12util: the browsers' own certificate stores
  firefox-esr       # the other browser
  fonts-liberation  # what Arial is without Microsoft: the pages measure and print as they do elsewhere
  softhsm2          # a hardware token that is none: the tests of PKCS #11
  poppler-utils     # pdfinfo: how many pages a print has
  gnutls-bin        # certtool and ocsptool: another opinion on certificates, CRLs and OCSP
  nginx-light       # a web server of somebody else's that checks our certificates
  libpcsclite-dev   # tokenctl's cards: the headers of the smart card service
  pkg-config        # and how cgo finds them
  pcscd             # the smart card service
  vsmartcard-vpcd   # readers that are none, for the tests' own card
  opensc            # another opinion on cards, and the browsers' module
  opensc-pkcs11
  yubico-piv-tool   # and another
  xvfb              # a screen for the browsers' PIN dialog
  xdotool           # and hands that type into it
)

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
# These two are asked for by command: a machine may have them from elsewhere, and Debian's npm
# does not go together with another's node.
command -v npm >/dev/null || missing+=(npm)                    # the style sheet's sources, axe and the HTML validator
command -v java >/dev/null || missing+=(default-jre-headless)  # the HTML validator
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then as_root=(); elif command -v sudo >/dev/null; then as_root=(sudo); else
  echo "make deps: these Debian packages are missing: ${missing[*]}" >&2
  echo "next: as root, run: apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "make deps: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Debian would start a database cluster of its own beside ours; nobody asked for one.
"${as_root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
[ -e /etc/postgresql-common/createcluster.d/mais.conf ] ||
  echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.d/mais.conf >/dev/null
# And nginx on port 80. A policy of the machine's own stays.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod +x "$policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
log=$(mktemp)
if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 40 "$log" >&2
  echo "make deps: apt-get failed; the whole of what it said: $log" >&2
  exit 1
fi
rm -f "$log"
