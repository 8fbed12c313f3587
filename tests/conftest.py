# SPDX-License-Identifier: Apache-2.0
import os
import shutil
from pathlib import Path

import pytest

import planted

MEMORY_DISK = Path("/dev/shm")
ROOM_BYTES = 4 << 30

# Roots are many small files, each brought to the disk, which takes longer than all else.
if MEMORY_DISK.is_dir() and os.access(MEMORY_DISK, os.W_OK) and shutil.disk_usage(MEMORY_DISK).free > ROOM_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY_DISK))


@pytest.fixture(scope="session", autouse=True)
def no_secret_is_left(tidy, tmp_path_factory):
    """Roots, reports, logs, ledgers, copies: whatever the tests of a session leave."""
    yield
    assert not planted.files_with(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session", autouse=True)
def tidy(request, tmp_path_factory):
    """Memory that roots lie in is given back, unless somebody will want to look at them."""
    yield
    if request.session.testsfailed == 0:
        for folder in tmp_path_factory.getbasetemp().iterdir():
            shutil.rmtree(folder, ignore_errors=True)
