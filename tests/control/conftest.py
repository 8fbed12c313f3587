# SPDX-License-Identifier: Apache-2.0
import os
import subprocess

import pytest

import dynamodb_local
import faults
import specs

STORE_TESTS = {"test_store_faults.py", "test_credentials.py", "test_dynamodb.py"}


def why_not(item):
    """Why the binary cannot be tested; None where it can."""
    if not os.access(specs.engine.BINARY, os.X_OK):
        return "NDR_BINARY does not name an ndr binary"
    has_verbs = "\n  spec " in subprocess.run([specs.engine.BINARY, "--help"], capture_output=True, text=True, check=True).stdout
    return None if has_verbs or item.path.name not in STORE_TESTS else "the binary has no `ndr spec`"


def pytest_collection_modifyitems(items):
    reasons = {}
    for item in items:
        reason = reasons.setdefault(item.path, why_not(item))
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def server():
    server = faults.Server()
    yield server
    server.close()


@pytest.fixture(scope="session")
def dynamodb():
    try:
        local = dynamodb_local.Local()
    except dynamodb_local.Unavailable as why:
        pytest.skip(str(why))
    yield local
    local.close()
