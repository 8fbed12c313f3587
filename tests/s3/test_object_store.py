# SPDX-License-Identifier: Apache-2.0
"""The engine's object store keeps its contract on real servers: the C++ tests of tests/storage, with S3 under them."""
import os
import subprocess
from pathlib import Path

import pytest

import fault_proxy
import planted
import roots

TESTS = Path(os.environ.get("NDR_BINARY", "build/bin/ndr")).parent / "storage_test"


def run(server, location, cases="RealS3Test.*", url=None, **more):
    if not TESTS.exists():
        pytest.skip(f"{TESTS} is not built")
    tls = {"AWS_CA_BUNDLE": str(server.ca)} if server.ca else {}
    environment = {**os.environ, **roots.environment(url or server.url, **tls), "NDR_TEST_S3": location, **more}
    done = subprocess.run([TESTS, f"--gtest_filter={cases}"], env=environment, capture_output=True, text=True, timeout=300)
    planted.assert_absent(done.stdout + done.stderr, TESTS)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "SKIPPED" not in done.stdout


def test_the_contract(server):
    bucket = server.bucket(f"contract-{os.getpid()}")
    run(server, f"s3://{bucket}/a=1/pre fix")


def test_tables_of_other_people(versitygw, bucket):
    run(versitygw, f"s3://{bucket}/lake", "RealS3TableTest.*")


def test_a_whole_bucket_over_tls(versitygw_tls):
    bucket = versitygw_tls.bucket(f"contract-tls-{os.getpid()}")
    run(versitygw_tls, f"s3://{bucket}", "RealS3Test.ConditionalPuts:RealS3Test.Files")


def test_the_contract_on_a_bad_line(versitygw, proxy, bucket):
    """Requests refused for a while, cut on their way, and answers that are cut or lost after the server has done what it was asked."""
    faults = [("PUT", fault_proxy.slow_down()), ("LIST", fault_proxy.cut_answer()), ("GET", fault_proxy.cut_answer()),
              ("PUT", fault_proxy.cut_request()), ("DELETE", fault_proxy.lose_answer()), ("PUT", fault_proxy.lose_answer()),
              ("GET", fault_proxy.refuse(500, "InternalError")), ("PUT", fault_proxy.refuse(409, "ConditionalRequestConflict"))]
    for number, (method, fault) in enumerate(faults):
        for at in range(1 + number, 60, len(faults)):
            proxy.on(fault, method=method, at=at)
    run(versitygw, f"s3://{bucket}/far", "RealS3Test.Objects:RealS3Test.ConditionalPuts:RealS3Test.Files", url=proxy.url,
        AWS_MAX_ATTEMPTS="10")  # half of the puts fail
    assert len(proxy.requests) > 60
