# SPDX-License-Identifier: Apache-2.0
"""The engine's object store keeps its contract on real servers: the C++ tests of tests/storage, with S3 under them."""
import os
import subprocess
from pathlib import Path

import pytest

import roots

TESTS = Path(os.environ.get("NDR_BINARY", "build/bin/ndr")).parent / "storage_test"


def run(server, location, cases="RealS3Test.*", **more):
    if not TESTS.exists():
        pytest.skip(f"{TESTS} is not built")
    tls = {"AWS_CA_BUNDLE": str(server.ca)} if server.ca else {}
    environment = {**os.environ, **roots.environment(server.url, **tls), "NDR_TEST_S3": location, **more}
    done = subprocess.run([TESTS, f"--gtest_filter={cases}"], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "SKIPPED" not in done.stdout


def test_the_contract(server):
    bucket = server.bucket(f"contract-{os.getpid()}")
    run(server, f"s3://{bucket}/a=1/pre fix")


def test_a_whole_bucket_over_tls(versitygw_tls):
    bucket = versitygw_tls.bucket(f"contract-tls-{os.getpid()}")
    run(versitygw_tls, f"s3://{bucket}", "RealS3Test.ConditionalPuts:RealS3Test.Files")
