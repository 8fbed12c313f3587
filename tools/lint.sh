#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# lint.sh: the layers, the format and clang-tidy, on every source in git.
set -euo pipefail

/usr/bin/python3 tools/check_layers.py .
git ls-files '*.cc' '*.h' | xargs --no-run-if-empty clang-format --dry-run --Werror
cmake --preset dev >/dev/null  # each source by itself
# The compile commands are those of GCC, some of whose warnings clang does not know.
run-clang-tidy -quiet -extra-arg=-Wno-unknown-warning-option -p build/dev "$PWD/(src|apps)/" 2> >(grep -v 'warnings generated' >&2)
