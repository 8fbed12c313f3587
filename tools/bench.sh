#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench.sh: whole jobs beside another engine (bench/compare.py), then the inner loops (bench/micro).
set -euo pipefail

bash tools/python_env.sh build/python tools/requirements.txt tools/requirements-test.txt
cmake --build --preset release --target bench_jobs
build/python/bin/python bench/compare.py --ndr build/ndr
cmake --build --preset release --target benchmarks
for program in build/release/bin/*_bench; do
  "$program"
done
