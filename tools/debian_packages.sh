#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# debian_packages.sh PURPOSE...: ensures the packages that tools/debian-packages.txt lists for these
# purposes. Root installs what is missing; anyone else is told the line to run.
set -euo pipefail

if ! command -v dpkg-query >/dev/null; then
  echo "Not Debian: taking the packages of tools/debian-packages.txt as given." >&2
  exit 0
fi

list=$(dirname "$0")/debian-packages.txt
missing=()
for purpose in "$@"; do
  for package in $(awk -v purpose="$purpose" '$2 == purpose { print $1 }' "$list"); do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
  done
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "Packages are missing. Run this, then make again:" >&2
  echo "  sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends "${missing[@]}"
