# SPDX-License-Identifier: Apache-2.0
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))
import engine   # noqa: E402
import traffic  # noqa: E402

HOURS = 9
PROJECT = {"project_name": "acme", "keep": {"fg_a_wide": True},
           "horizons": [{"label": "6h", "length_days": 0.25, "gap_days": 0}, {"label": "3h", "length_days": 0.125, "gap_days": 0}]}


def pytest_collection_modifyitems(items):
    if not os.access(engine.BINARY, os.X_OK):
        for item in items:
            item.add_marker(pytest.mark.skip(reason="NDR_BINARY does not name an ndr binary"))


@pytest.fixture(scope="session")
def replayed(tmp_path_factory):
    """Nine hours of a few hosts, of which the last three are judged. Not to be written to."""
    folder = tmp_path_factory.mktemp("features")
    project = folder / "project.json"
    project.write_text(json.dumps(PROJECT))
    traffic.write(traffic.history(HOURS), folder / "sessions.json")
    engine.replay(folder / "sessions.json", folder / "root", "--project", project, "--reference-time", "2026-03-03T06:00:00Z")
    return SimpleNamespace(root=folder / "root", project=project)
