# SPDX-License-Identifier: Apache-2.0
"""Batch after batch through `ndr pipeline run` and `ndr watch` gives what one replay of the history gives, whatever was killed."""
import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "e2e"))
import engine   # noqa: E402
import traffic  # noqa: E402

HOURS = 8
REFERENCE = traffic.START + timedelta(hours=6)
PROJECT = {"project_name": "acme", "feature_spec_version": "v1", "keep": {"pair_counts": True},
           "horizons": [{"label": "6h", "length_days": 0.25, "gap_days": 0}]}
KILLS = int(os.environ.get("NDR_TEST_KILLS", "6"))


def compact(at):
    return at.strftime("%Y%m%dT%H%M%SZ")


def iso(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def slots(first_hour=0, end_hour=HOURS):
    return [traffic.START + timedelta(minutes=15 * i) for i in range(4 * first_hour, 4 * end_hour)]


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    """A history with one folder of files for each slice of start, and the root of its replay."""
    folder = tmp_path_factory.mktemp("cut")
    records = traffic.history(HOURS)
    for slot in slots():
        begin, end = ((slot + timedelta(minutes=m)).isoformat()[:19] for m in (0, 15))
        inside = [r for r in records if begin <= r["event_start"] < end]
        assert inside, "the traffic has a beacon in every slice"
        traffic.write(inside, folder / "logs" / compact(slot) / "sessions.json")
    project = folder / "project.json"
    project.write_text(json.dumps(PROJECT))
    engine.replay(folder / "logs", folder / "root", "--project", project, "--reference-time", iso(REFERENCE))
    return SimpleNamespace(logs=folder / "logs", project=project, data=engine.data(folder / "root"))


def streaming(cut, root, slot):
    return [engine.BINARY, "pipeline", "run", "streaming_15m", "--root", str(root), "--project", str(cut.project),
            "-p", "ProjectName=acme", "-p", "FeatureSpecVersion=v1", "-p", f"MiniBatchId={compact(slot)}",
            "-p", f"BatchStartTsIso={iso(slot)}", "-p", f"BatchEndTsIso={iso(slot + timedelta(minutes=15))}",
            "-p", f"RawParsedLogsPrefix={cut.logs}"]


def run_streaming(cut, root, slot, expect=0):
    return engine.run(*streaming(cut, root, slot)[1:], expect=expect)


def run_baseline(cut, root):
    engine.run("pipeline", "run", "fg_b_baseline", "--root", root, "--project", cut.project, "-p", "ProjectName=acme",
               "-p", "FeatureSpecVersion=v1", "-p", f"ReferenceTimeIso={iso(REFERENCE)}")


@pytest.fixture(scope="module")
def before(cut, tmp_path_factory):
    """A root in which everything up to the reference time is done. Not to be written to."""
    root = tmp_path_factory.mktemp("before") / "root"
    for slot in slots(0, 6):
        run_streaming(cut, root, slot)
    run_baseline(cut, root)
    return root


def test_slice_by_slice_gives_the_replays_data(cut, before, tmp_path):
    root = shutil.copytree(before, tmp_path / "root")
    for slot in slots(6):
        run_streaming(cut, root, slot)
    assert engine.data(root) == cut.data
    assert not list(root.glob("_locks/*/*/*"))


def test_a_second_run_changes_nothing(cut, before, tmp_path):
    root = shutil.copytree(before, tmp_path / "root")
    run_streaming(cut, root, slots(6)[0])
    expected = engine.times(root)
    run_streaming(cut, root, slots(6)[0])
    assert engine.times(root) == expected


def kill(process):
    process.kill()
    process.communicate()


@pytest.mark.parametrize("moment", range(KILLS))
def test_killed_at_any_moment(cut, before, tmp_path, moment):
    slot = slots(6)[0]
    done = shutil.copytree(before, tmp_path / "done")
    begin = time.monotonic()
    run_streaming(cut, done, slot)
    seconds = time.monotonic() - begin
    root = shutil.copytree(before, tmp_path / "root")
    process = subprocess.Popen(streaming(cut, root, slot), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds * (moment + random.Random(moment).random()) / KILLS)
    kill(process)
    # Its lock is that of a dead process of this host: nobody waits for its expiry.
    run_streaming(cut, root, slot)
    assert engine.data(root) == engine.data(done)
    assert engine.commits(root) == engine.commits(done)


def stop_with_the_folder_free(process, folder):
    """Stopped, but not in the moment in which it holds the folder to change a lock in it: another run would wait for that."""
    while True:
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        held = os.open(folder, os.O_RDONLY)
        try:
            return fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            process.send_signal(signal.SIGCONT)
            time.sleep(0.001)
        finally:
            os.close(held)


def test_a_second_concurrent_run_is_refused(cut, tmp_path):
    root, slot = tmp_path / "root", slots()[0]
    lock = root / "_locks" / "feature_spec_version=v1" / "acme" / f"batch-{compact(slot)}.json"
    first = subprocess.Popen(streaming(cut, root, slot), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while first.poll() is None and not lock.exists():
        time.sleep(0.001)
    stop_with_the_folder_free(first, lock.parent)
    try:
        expires = json.loads(lock.read_text())["expires"]
        refused = run_streaming(cut, root, slot, expect=3)
        assert f"is held by pid {first.pid} on " in refused.stderr and f"until {expires}" in refused.stderr
        # Another batch is free.
        run_streaming(cut, root, slots()[1])
    finally:
        first.send_signal(signal.SIGCONT)
    first.communicate(timeout=engine.TIMEOUT_SECONDS)
    assert first.returncode == 0 and not lock.exists()


def test_a_failed_step_stops_its_dependants(cut, before, tmp_path):
    """Another z_max acts on fg_c alone: it is refused, the other steps are current."""
    root, slot = shutil.copytree(before, tmp_path / "root"), slots(6)[0]
    run_streaming(cut, root, slot)
    other = tmp_path / "other.json"
    other.write_text(json.dumps(PROJECT | {"lookback": {"days": 29}}))
    run = engine.run(*streaming(SimpleNamespace(project=other, logs=cut.logs), root, slot)[1:], expect=3)
    assert "step fg_a failed: " in run.stderr and "lookback" in run.stderr
    assert "step fg_c: skipped, fg_a failed" in run.stderr
    assert "step pair_counts: done" in run.stderr


def arrive(cut, folder, batches, delay=5):
    """One file for each slot, complete so many seconds after the slot's end."""
    folder.mkdir(parents=True, exist_ok=True)
    for slot in batches:
        path = folder / f"sessions.{compact(slot)}.json"
        shutil.copy(cut.logs / compact(slot) / "sessions.json", path)
        done = (slot + timedelta(minutes=15, seconds=delay)).timestamp()
        os.utime(path, (done, done))


def watch(cut, folder, root, *flags):
    return ["watch", "--folder", folder, "--root", root, "--project-name", "acme", "--feature-spec-version", "v1", "--project",
            cut.project, "--settle-seconds", 0, *flags]


def of_slots(data, batches, families=("delta/", "fg_a/", "pair_counts/")):
    names = tuple(compact(slot) + "-" for slot in batches)
    return {path: digest for path, digest in data.items() if path.startswith(families) and path.split("/")[-1].startswith(names)}


def test_watch_gives_the_replays_data(cut, tmp_path):
    """Files arrive in two halves; the watch goes on where it was, and says what it did."""
    first, second = slots(0, 1), slots(1, 2)
    folder, root = tmp_path / "logs", tmp_path / "root"
    arrive(cut, folder, first)
    lines = [json.loads(line) for line in engine.run(*watch(cut, folder, root, "--once")).stdout.splitlines()]
    assert [line["batch"] for line in lines] == [compact(slot) for slot in first]
    assert [line["exit"] for line in lines] == [0] * len(first)
    assert {step["step"]: step["outcome"] for step in lines[0]["steps"]} == dict.fromkeys(
        ["delta", "pair_counts", "fg_a", "fg_c"], "done")
    assert lines[0]["rows"] == len((cut.logs / compact(first[0]) / "sessions.json").read_text().splitlines())
    arrive(cut, folder, second)
    lines = [json.loads(line) for line in engine.run(*watch(cut, folder, root, "--once")).stdout.splitlines()]
    assert [line["batch"] for line in lines] == [compact(slot) for slot in second]
    assert of_slots(engine.data(root), first + second) == of_slots(cut.data, first + second)


def test_watch_judges_and_ends_with_findings(cut, before, tmp_path):
    """On a root whose batches were made in another way, from files that are not in the folder."""
    root, batches = shutil.copytree(before, tmp_path / "root"), slots(6)
    arrive(cut, tmp_path / "logs", batches)
    run = engine.run(*watch(cut, tmp_path / "logs", root, "--once"))
    assert len(run.stdout.splitlines()) == len(batches)
    assert engine.data(root) == cut.data
    assert f"Again at any time: ndr findings --root {root}" in run.stderr
    assert engine.run("findings", "--root", root, "--project", cut.project).stdout.strip() in run.stderr


def test_watch_folders_named_by_batch(cut, tmp_path):
    batches = slots(0, 1)
    for slot in batches:
        shutil.copytree(cut.logs / compact(slot), tmp_path / "logs" / compact(slot))
    lines = engine.run(*watch(cut, tmp_path / "logs", tmp_path / "root", "--once")).stdout.splitlines()
    assert [json.loads(line)["batch"] for line in lines] == [compact(slot) for slot in batches]
    assert of_slots(engine.data(tmp_path / "root"), batches) == of_slots(cut.data, batches)


def test_watch_says_that_files_of_an_hour_are_late(cut, tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    hour = "".join((cut.logs / compact(slot) / "sessions.json").read_text() for slot in slots(0, 1))
    (folder / "hour.json").write_text(hour)
    done = (traffic.START + timedelta(hours=1, seconds=2)).timestamp()
    os.utime(folder / "hour.json", (done, done))
    run = engine.run(*watch(cut, folder, tmp_path / "root", "--once"))
    (line,) = map(json.loads, run.stdout.splitlines())
    assert line["batch"] == compact(slots(0, 1)[-1])
    assert line["rows"] == len(hour.splitlines()) and line["late"] > line["rows"] / 2
    assert "Zeek: Log::default_rotation_interval = 15 min" in run.stderr


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_watch_is_stopped_and_goes_on(cut, tmp_path, asked):
    batches = slots(0, 2)
    folder, root = tmp_path / "logs", tmp_path / "root"
    arrive(cut, folder, batches)
    process = subprocess.Popen([engine.BINARY, *map(str, watch(cut, folder, root, "--poll-seconds", 0.1))], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    assert json.loads(process.stdout.readline())["batch"] == compact(batches[0])
    process.send_signal(asked)
    out, err = process.communicate(timeout=engine.TIMEOUT_SECONDS)
    assert process.returncode == (-asked if asked == signal.SIGKILL else 128 + asked), (out, err)
    assert len(engine.commits(root, "delta")) < len(batches)
    engine.run(*watch(cut, folder, root, "--once"))
    assert of_slots(engine.data(root), batches) == of_slots(cut.data, batches)
    assert not list(root.glob("_watch/*/*/stage"))
