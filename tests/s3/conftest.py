# SPDX-License-Identifier: Apache-2.0
import itertools
import os
import shutil

import pytest

import authority
import fault_proxy
import servers
import story
import engine  # of tests/e2e, which story puts on the path

numbers = itertools.count(1)


def _started(start, *arguments):
    try:
        return start(*arguments)
    except servers.Unavailable as why:
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def told(tmp_path_factory):
    """The story, told once, in folders."""
    if not os.access(engine.BINARY, os.X_OK):
        pytest.skip("NDR_BINARY does not name an ndr binary")
    return story.make(tmp_path_factory.mktemp("told"))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    if not shutil.which("openssl"):
        pytest.skip("the command openssl makes the certificates of these tests, and is not installed")
    return authority.make(tmp_path_factory.mktemp("authority") / "own")


@pytest.fixture(scope="session")
def versitygw(tmp_path_factory):
    server = _started(servers.versitygw, tmp_path_factory.mktemp("versitygw") / "server")
    yield server
    server.close()


@pytest.fixture(scope="session")
def versitygw_tls(tmp_path_factory, certificate):
    server = _started(servers.versitygw, tmp_path_factory.mktemp("versitygw_tls") / "server", certificate)
    yield server
    server.close()


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory):
    server = _started(servers.seaweedfs, tmp_path_factory.mktemp("seaweedfs") / "server")
    yield server
    server.close()


@pytest.fixture(params=["versitygw", "seaweedfs"])
def server(request):
    """Each of the two."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def proxy(versitygw):
    """Between the test and versitygw."""
    proxy = fault_proxy.Proxy(versitygw.port)
    yield proxy
    proxy.close()


@pytest.fixture
def bucket(versitygw):
    """A fresh one on versitygw."""
    return versitygw.bucket(f"bucket-{next(numbers)}-{os.getpid()}")
