# SPDX-License-Identifier: Apache-2.0
"""Killed at any moment and begun again, the stores hold what an undisturbed run gives."""
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import engine

sys.path.append(str(Path(__file__).resolve().parent.parent / "s3"))
import kills  # noqa: E402

KILLS = int(os.environ.get("NDR_TEST_KILLS", "6"))


def command(replayed, *arguments):
    return [engine.BINARY, "features", *map(str, arguments), "--project", str(replayed.project), "--root", str(replayed.root)]


def to_the_end(replayed, *arguments):
    """Seconds that it took."""
    begun = time.monotonic()
    engine.run(*command(replayed, *arguments)[1:])
    return time.monotonic() - begun


def kill_within(seconds, replayed, rng, *arguments):
    process = subprocess.Popen(command(replayed, *arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(rng.uniform(0, seconds))
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def newest(replayed, store):
    hosts = [flag for host in ("10.1.0.10", "10.1.0.11", "10.1.0.12", "10.1.7.20", "10.1.7.21", "fd00:1::5") for flag in ("--host", host)]
    return engine.run("features", "get", "--store", store, *hosts).stdout


def test_an_ingestion_goes_on_where_it_was_killed(replayed, tmp_path):
    whole, killed = tmp_path / "whole.sqlite", tmp_path / "killed.sqlite"
    seconds = to_the_end(replayed, "ingest", "--store", whole)
    rng = random.Random(1)
    hits = sum(kill_within(seconds, replayed, rng, "ingest", "--store", killed) for _ in range(KILLS))
    to_the_end(replayed, "ingest", "--store", killed)
    assert hits > 0, "some runs were killed before their end"
    assert newest(replayed, killed) == newest(replayed, whole) != ""
    status = [engine.run("features", "status", "--store", store).stdout for store in (whole, killed)]
    assert status[0] == status[1]


def test_an_offline_store_is_whole_after_any_kill(replayed, tmp_path):
    flags = ("--write-time", "2026-03-03T10:00:00Z")
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    seconds = to_the_end(replayed, "offline", "--prefix", whole, *flags)
    rng = random.Random(2)
    expected = engine.contents(whole)
    for _ in range(KILLS):
        kill_within(seconds, replayed, rng, "offline", "--prefix", killed, *flags)
        found = engine.contents(killed) if killed.exists() else {}
        offline = {path: digest for path, digest in found.items() if path.endswith(".parquet")}
        assert offline.items() <= expected.items(), "no file is there in part"
    to_the_end(replayed, "offline", "--prefix", killed, *flags)
    assert engine.contents(killed) == expected


def test_what_a_killed_offline_write_left_goes_with_the_next_run(replayed, tmp_path):
    """Killed between writing a file and giving it its name."""
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    flags = ("--dataset", "fg_a", "--write-time", "2026-03-03T10:00:00Z", "--until", "2026-03-03T01:00:00Z")
    points = kills.calls_of(command(replayed, "offline", "--prefix", whole, *flags), tmp_path)
    rename, last = max((point for point in points if point[0].startswith("rename")), key=lambda point: point[1])
    kills.kill_at(command(replayed, "offline", "--prefix", killed, *flags), tmp_path, rename, last)
    assert [path.name.split("-")[0] for path in (killed / "_staging").iterdir()] == ["put"]
    to_the_end(replayed, "offline", "--prefix", killed, *flags)
    assert not list((killed / "_staging").iterdir())
    assert engine.contents(killed) == engine.contents(whole)
