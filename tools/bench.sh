#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench.sh: whole jobs beside another engine (bench/compare.py), then the inner loops (bench/micro).
# bench.sh NAME: bench/micro/NAME_bench.cc alone.
set -euo pipefail

if [ $# -gt 0 ]; then
  cmake --build --preset release --target "$1_bench"
  exec "build/release/bin/$1_bench"
fi
bash tools/python_env.sh build/python tools/requirements.txt tools/requirements-test.txt
cmake --build --preset release --target bench_jobs
build/python/bin/python bench/compare.py --ndr build/ndr
cmake --build --preset release --target benchmarks
for program in build/release/bin/*_bench; do
  "$program"
done
