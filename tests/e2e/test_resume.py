# SPDX-License-Identifier: Apache-2.0
"""A stopped replay goes on where it was; what did not change is not made again; the bytes are those of one undisturbed run."""
import os
import random
import shutil
import signal
import time

import pytest

import batches
import engine
import traffic

KILLS = int(os.environ.get("NDR_TEST_KILLS", "6"))
ASKED_IN_TIME = 4  # tries: on a busy machine a replay may be done before it is asked to stop


def start(small, root):
    return engine.start("replay", "--input", small.logs, "--root", root, "--project", small.project)


@pytest.fixture(scope="module")
def seconds(small, tmp_path_factory):
    """How long an undisturbed replay takes."""
    begin = time.monotonic()
    small.replay(tmp_path_factory.mktemp("timed") / "root")
    return time.monotonic() - begin


def committed_times(root):
    return {path: at for path, at in engine.times(root).items() if path.startswith("_commits/")}


def assert_goes_on(small, root):
    """Run again: the same bytes, and what was committed before is not written again."""
    before = committed_times(root)
    small.replay(root)
    after = committed_times(root)
    assert {path: after.get(path) for path in before} == before
    assert engine.contents(root) == small.contents
    assert not engine.staged(root)
    return len(after) - len(before)


@pytest.mark.parametrize("kill", range(KILLS))
def test_killed_at_any_moment(small, seconds, tmp_path, kill):
    # One moment in each of KILLS equal parts of the run, so that every step is met.
    moment = seconds * (kill + random.Random(kill).random()) / KILLS
    process = start(small, tmp_path / "root")
    time.sleep(moment)
    process.kill()
    process.communicate()
    assert_goes_on(small, tmp_path / "root")


def test_killed_again_and_again(small, seconds, tmp_path):
    root = tmp_path / "root"
    for _ in range(3):
        process = start(small, root)
        time.sleep(seconds / 4)
        process.kill()
        process.communicate()
    assert_goes_on(small, root)


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop(small, tmp_path, asked):
    root = tmp_path / "root"
    for _ in range(ASKED_IN_TIME):
        shutil.rmtree(root, ignore_errors=True)
        process = start(small, root)
        while process.poll() is None and not any(root.glob("_commits/delta/*/*.json")):
            time.sleep(0.005)
        process.send_signal(asked)
        out, err = engine.ended(process)
        if process.returncode != 0:
            break
    assert process.returncode == 128 + asked, (out, err)
    assert err.startswith("ndr replay: stopped; what is finished is kept in ") and "the same command goes on from there" in err
    assert not engine.staged(root)
    assert 0 < len(engine.commits(root, "delta"))
    assert assert_goes_on(small, root) > 0


def test_second_run_touches_nothing(small, tmp_path):
    root = shutil.copytree(small.root, tmp_path / "root")
    before = engine.times(root)
    run = small.replay(root)
    assert "Nothing to do: everything is there" in run.stdout
    assert engine.times(root) == before
    assert engine.rows_out(root, "windows") == 0 and engine.rows_out(root, "delta") == 0
    # Findings end a run that did nothing too.
    assert engine.findings_table(run.stdout) == engine.findings_table(small.output)


def fresh(small, folder, *flags, **more):
    small.replay(folder, *flags, **more)
    return engine.contents(folder)


def written(root, before):
    """Families of which a commit was written since, and how many."""
    now = {}
    for path, at in committed_times(root).items():
        if before.get(path) != at:
            family = path.split("/")[1]
            now[family] = now.get(family, 0) + 1
    return now


def test_new_file(small, tmp_path):
    """A file more with sessions of two slices: their deltas and what looks at them are made again, the rest stays."""
    root, logs = shutil.copytree(small.root, tmp_path / "root"), shutil.copytree(small.logs, tmp_path / "logs")
    ends = len(engine.commits(root, "fg_a"))
    traffic.write([traffic.record(90_000, 27 * 3600 + 100, "10.1.0.10", "203.0.113.5"),
                   traffic.record(90_001, 27 * 3600 + 1000, "10.1.0.10", "203.0.113.5")], logs / "late-found.json")
    before = committed_times(root)
    run = small.replay(root, logs=logs)
    assert "Nothing to do" not in run.stdout
    made = written(root, before)
    # The slices of 27:00 and 27:15 and all ends from there on, seven hours after the first; the reference (26:00) lies before them.
    assert made == {"delta": 2, "fg_a": ends - 28, "fg_c": ends - 28}
    assert engine.without_memory(engine.contents(root)) == engine.without_memory(fresh(small, tmp_path / "fresh", logs=logs))


def test_another_z_max(small, tmp_path):
    """A key of the judgement: distances are made again, what they are measured against is not."""
    root = shutil.copytree(small.root, tmp_path / "root")
    project = batches.project(tmp_path / "project.json", z_max=4, **small.keys)
    before = committed_times(root)
    small.replay(root, project=project)
    assert written(root, before) == {"fg_c": len(engine.commits(root, "fg_c"))}
    assert engine.rows_out(root, "delta") == 0
    assert engine.contents(root) == fresh(small, tmp_path / "fresh", project=project)


def test_another_host_network(small, tmp_path):
    """Who is a host acts on everything, and back again gives what was there."""
    root = shutil.copytree(small.root, tmp_path / "root")
    before = committed_times(root)
    flags = ("--host-network", "10.1.0.0/24")
    small.replay(root, *flags)
    families = {path.split("/")[1] for path in engine.commits(root)}
    assert written(root, before) == {f: len(engine.commits(root, f)) for f in families}
    assert engine.without_memory(engine.contents(root)) == engine.without_memory(fresh(small, tmp_path / "fresh", *flags))
    small.replay(root)
    assert engine.without_memory(engine.contents(root)) == engine.without_memory(small.contents)
