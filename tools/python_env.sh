#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# python_env.sh DIR REQUIREMENTS...: a virtual environment in DIR, made with the system's Python, with
# the pinned packages of the files. Does nothing when they are in it already.
set -euo pipefail

dir=$1
shift
mkdir -p "$dir"
exec 9>"$dir/.lock"
flock 9

[ -x "$dir/bin/python" ] || /usr/bin/python3 -m venv "$dir"
for requirements in "$@"; do
  stamp=$dir/.$(basename "$requirements").installed
  cmp -s "$requirements" "$stamp" && continue
  "$dir/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --require-hashes -r "$requirements"
  cp "$requirements" "$stamp"
done
