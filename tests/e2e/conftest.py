# SPDX-License-Identifier: Apache-2.0
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

import engine
import traffic

MEMORY_DISK = Path("/dev/shm")
ROOM_BYTES = 4 << 30

# A root's many small files are each brought to the disk, which takes longer than all else here.
if MEMORY_DISK.is_dir() and os.access(MEMORY_DISK, os.W_OK) and shutil.disk_usage(MEMORY_DISK).free > ROOM_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY_DISK))


def pytest_collection_modifyitems(items):
    if not os.access(engine.BINARY, os.X_OK):
        for item in items:
            item.add_marker(pytest.mark.skip(reason="NDR_BINARY does not name an ndr binary"))


@pytest.fixture(scope="session", autouse=True)
def tidy(request, tmp_path_factory):
    """Memory that roots lie in is given back, unless somebody will want to look at them."""
    yield
    if request.session.testsfailed == 0:
        for folder in tmp_path_factory.getbasetemp().iterdir():
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """Thirty hours of a few hosts in files of six hours, and the root of an undisturbed replay. Not to be written to."""
    folder = tmp_path_factory.mktemp("small")
    logs = traffic.write_hourly(traffic.history(30), folder / "logs")
    run = engine.replay(logs, folder / "root")
    return SimpleNamespace(logs=logs, root=folder / "root", contents=engine.contents(folder / "root"), output=run.stdout)


@pytest.fixture(scope="session")
def company(tmp_path_factory):
    """A simulated company of 40 hosts over three days, replayed."""
    folder = tmp_path_factory.mktemp("company")
    engine.run("simulate", "--out", folder / "logs", "--hosts", 40, "--days", 3, "--seed", 7)
    run = engine.replay(folder / "logs", folder / "root")
    return SimpleNamespace(logs=folder / "logs", root=folder / "root", output=run.stdout)
