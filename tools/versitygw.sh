#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# versitygw.sh: prints the path of versitygw, the S3 server that the tests use, and builds it first where it is not in the
# cache (a minute and a half, once a machine). Needs Go; says so, and ends with 1, where there is none.
set -euo pipefail

version=v1.8.0
folder=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/ndr/versitygw-$version
if [ ! -x "$folder/versitygw" ]; then
  PATH=$PATH:/usr/local/go/bin
  if ! command -v go >/dev/null; then
    echo "versitygw $version is built with Go, which is not installed" >&2
    exit 1
  fi
  mkdir -p "$folder"
  exec 9>"$folder/lock"
  flock 9
  if [ ! -x "$folder/versitygw" ]; then
    building=$(mktemp -d "$folder/building.XXXXXX")
    trap 'rm -rf "$building"' EXIT
    GOBIN=$building GOFLAGS=-mod=mod go install "github.com/versity/versitygw/cmd/versitygw@$version" >&2 || {
      echo "Go could not build versitygw $version" >&2
      exit 1
    }
    mv "$building/versitygw" "$folder/versitygw"
  fi
fi
echo "$folder/versitygw"
