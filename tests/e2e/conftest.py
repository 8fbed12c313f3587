# SPDX-License-Identifier: Apache-2.0
import os
import re
from types import SimpleNamespace

import pytest

import batches
import engine
import left
import traffic

ON_S3 = os.environ.get("NDR_TEST_LAKE") == "versitygw"


def pytest_collection_modifyitems(items):
    for item in items:
        if not os.access(engine.BINARY, os.X_OK):
            item.add_marker(pytest.mark.skip(reason="NDR_BINARY does not name an ndr binary"))
        elif ON_S3 and (only := item.get_closest_marker("folders_only")):
            item.add_marker(pytest.mark.skip(reason=only.args[0]))


@pytest.fixture(scope="session", autouse=True)
def on_s3(tidy, tmp_path_factory):
    """Roots and logs lie on S3 where NDR_TEST_LAKE says so."""
    if not ON_S3:
        yield
        return
    import lake  # needs boto3
    try:
        engine.LAKE = lake.start(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("versitygw") / "server")
    except lake.servers.Unavailable as why:
        pytest.skip(str(why))
    yield
    engine.LAKE.close()
    engine.LAKE = None


@pytest.fixture(scope="session", autouse=True)
def ledger(on_s3, tmp_path_factory):
    """Of what is left: here of the fixtures that several tests share, which have folders that no test is named after."""
    ledger = left.Ledger()
    yield ledger
    for folder in sorted(tmp_path_factory.getbasetemp().iterdir()):
        if folder.is_dir() and not folder.is_symlink() and not re.match(r"test_|versitygw|\.", folder.name):
            ledger.add(folder.name, folder)
    ledger.close()


@pytest.fixture(autouse=True)
def same_on_s3(request, ledger, tmp_path):
    yield
    ledger.add(f"{request.path.name}::{request.node.name}", tmp_path)


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """Ten hours of a few hosts in files of two hours, until two hours after the first day's roll-up is sealed, and the root of an
    undisturbed replay. Not to be written to. `replay` replays these logs, or others, under the same project."""
    folder = tmp_path_factory.mktemp("small")
    logs = traffic.write_hourly(traffic.history(30, first_hour=20), folder / "logs", hours=2)
    keys = {"data_quality": {"allowed_lateness_hours": 4}}
    project = batches.project(folder / "project.json", **keys)

    def replay(root, *flags, logs=logs, project=project, **more):
        return engine.replay(logs, root, "--project", project, *flags, **more)
    run = replay(folder / "root")
    return SimpleNamespace(logs=logs, root=folder / "root", contents=engine.contents(folder / "root"), output=run.stdout, keys=keys,
                           project=project, replay=replay)


@pytest.fixture(scope="session")
def company(tmp_path_factory):
    """A simulated company of 40 hosts over two days, replayed."""
    folder = tmp_path_factory.mktemp("company")
    engine.run("simulate", "--out", folder / "logs", "--hosts", 40, "--days", 2, "--seed", 7)
    run = engine.replay(folder / "logs", folder / "root")
    return SimpleNamespace(logs=folder / "logs", root=folder / "root", output=run.stdout)
