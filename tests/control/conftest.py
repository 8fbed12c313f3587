# SPDX-License-Identifier: Apache-2.0
import os

import pytest

import dynamodb_local
import faults
import specs


def pytest_collection_modifyitems(items):
    if not os.access(specs.engine.BINARY, os.X_OK):
        for item in items:
            item.add_marker(pytest.mark.skip(reason="NDR_BINARY does not name an ndr binary"))


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
