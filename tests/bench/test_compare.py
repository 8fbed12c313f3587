# SPDX-License-Identifier: Apache-2.0
"""The jobs of bench/compare.py at a tiny scale: both engines give equal answers, and a wrong one is noticed."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NDR = Path(os.environ.get("NDR_BINARY", ROOT / "build/release/bin/ndr"))
BUILD = NDR.parents[1]
sys.path.insert(0, str(ROOT / "bench"))


@pytest.fixture(scope="module")
def jobs():
    cache = BUILD / "CMakeCache.txt"
    if not cache.exists() or "CMAKE_BUILD_TYPE:STRING=Release" not in cache.read_text():
        pytest.skip("benchmarks are for release builds")
    subprocess.run(["cmake", "--build", BUILD, "--target", "bench_jobs"], check=True, stdout=subprocess.DEVNULL)
    return BUILD / "bin/bench_jobs"


def test_answers_agree(jobs, tmp_path):
    done = subprocess.run([sys.executable, ROOT / "bench/compare.py", "--ndr", NDR, "--jobs", jobs, "--inputs", tmp_path,
                           "--scale", "0.005", "--runs", "1", "--json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    compared = {job["job"]: job for job in json.loads(done.stdout)["jobs"]}
    assert list(compared) == ["delta", "fg_a", "fg_a_day", "fg_b", "fg_c"]
    for job in compared.values():
        assert job["rows"] > 0 and job["columns_compared"] > 30


def test_a_wrong_answer_is_noticed():
    from compare import differences
    right = {"t": {"rows": 2, "columns": {"x": [2, 1.0], "only_ndr": [2, 3.0]}}}
    assert differences(right, {"t": {"rows": 2, "columns": {"x": [2, 1.0 + 1e-12]}}}) == []
    for wrong in ({"rows": 3, "columns": {"x": [2, 1.0]}}, {"rows": 2, "columns": {"x": [1, 1.0]}},
                  {"rows": 2, "columns": {"x": [2, 1.0 + 1e-8]}}, {"rows": 2, "columns": {"y": [2, 1.0]}}):
        assert len(differences(right, {"t": wrong})) == 1
    assert differences(right, {}) == ["t: one engine lacks it"]
