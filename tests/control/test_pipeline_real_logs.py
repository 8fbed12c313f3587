# SPDX-License-Identifier: Apache-2.0
"""A day of a real sensor's hourly files, where $NDR_SHARED_DATA names their folder: cut into slices through `ndr pipeline run`, and
uncut through `ndr watch`, beside a replay."""
import gzip
import json
import os
import shutil
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "e2e"))
import engine  # noqa: E402

LOGS = Path(os.environ.get("NDR_SHARED_DATA") or "nowhere") / "rita-72h"
START = datetime(2024, 4, 19, tzinfo=timezone.utc)
SLICE = timedelta(minutes=15)
TIME = 1  # the field `ts`, after the worker's name
SLOTS = [START + SLICE * i for i in range(96)]
REFERENCE = START + timedelta(hours=18)
PROJECT = {"project_name": "acme", "feature_spec_version": "v1", "host_networks": ["64.225.56.201/32"], "keep": {"pair_counts": True},
           "horizons": [{"label": "12h", "length_days": 0.5, "gap_days": 0.25}]}

pytestmark = pytest.mark.skipif(not LOGS.is_dir(), reason=f"no {LOGS.name} in NDR_SHARED_DATA")


def compact(at):
    return at.strftime("%Y%m%dT%H%M%SZ")


def iso(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def hourly_files():
    return sorted((LOGS / "2024-04-19").glob("conn.*.log.gz"))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    path = tmp_path_factory.mktemp("project") / "project.json"
    path.write_text(json.dumps(PROJECT))
    return path


@pytest.fixture(scope="module")
def cut(project, tmp_path_factory):
    """One file for each slice of start, and the data of their replay."""
    folder = tmp_path_factory.mktemp("cut")
    header, lines = [], defaultdict(list)
    for path in hourly_files():
        text = gzip.decompress(path.read_bytes()).decode().splitlines(keepends=True)
        header = header or [line for line in text if line.startswith("#") and not line.startswith("#close")]
        for line in text:
            if not line.startswith("#"):
                lines[int((float(line.split("\t")[TIME]) - START.timestamp()) // SLICE.total_seconds())].append(line)
    for number, slot in enumerate(SLOTS):
        if lines[number]:
            (folder / "logs" / compact(slot)).mkdir(parents=True)
            (folder / "logs" / compact(slot) / "conn.log").write_text("".join(header + lines[number]))
    engine.replay(folder / "logs", folder / "root", "--project", project, "--reference-time", iso(REFERENCE))
    return SimpleNamespace(logs=folder / "logs", data=engine.data(folder / "root"))


def run(name, root, project, **parameters):
    engine.run("pipeline", "run", name, "--root", root, "--project", project, "-p", "ProjectName=acme", "-p", "FeatureSpecVersion=v1",
               *(word for key, value in parameters.items() for word in ("-p", f"{key}={value}")))


def test_cut_by_start_gives_the_replays_bytes(cut, project, tmp_path):
    root = tmp_path / "root"
    for slot in SLOTS:
        if slot == REFERENCE:
            run("fg_b_baseline", root, project, ReferenceTimeIso=iso(REFERENCE))
        run("streaming_15m", root, project, MiniBatchId=compact(slot), BatchStartTsIso=iso(slot), BatchEndTsIso=iso(slot + SLICE),
            RawParsedLogsPrefix=cut.logs)
    assert engine.data(root) == cut.data
    assert any(path.startswith("fg_c/pair/") for path in cut.data)


def pairs(root):
    """Sessions by slice and pair, over all partials."""
    sessions = Counter()
    for row in engine.show(root, "delta/pair", *engine.EVER, "--columns", "slice_start_ts,src_ip,dst_ip,dst_port,sessions_cnt"):
        sessions[row["slice_start_ts"], row["src_ip"], row["dst_ip"], row["dst_port"]] += row["sessions_cnt"]
    return sessions


def test_an_hourly_file_is_the_batch_of_its_last_slot(project, tmp_path):
    """Sessions of the hour before are late, land in their slices, and every line is accounted for."""
    folder, root = tmp_path / "logs", tmp_path / "root"
    for number, path in enumerate(hourly_files()):
        copy = folder / path.parent.name / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
        closed = (START + timedelta(hours=number + 1, seconds=3)).timestamp()
        os.utime(copy, (closed, closed))
    watched = engine.run("watch", "--folder", folder, "--root", root, "--project-name", "acme", "--feature-spec-version", "v1", "--project",
                         project, "--once", "--pipeline", "delta_only")
    lines = [json.loads(line) for line in watched.stdout.splitlines()]
    assert [line["batch"] for line in lines] == [compact(START + timedelta(hours=hour + 1) - SLICE) for hour in range(24)]
    assert watched.stderr.count("Have the sensor begin a new file every 15 minutes") == 1
    for path in sorted(root.glob("_reports/delta/*/*.json")):
        n = json.loads(path.read_text())["counters"]
        assert n["lines_read"] == n["used"] + sum(n.get(name, 0) for name in engine.NOT_USED if name not in ("late", "ahead")), (path, n)
    engine.replay(folder, tmp_path / "replayed", "--project", project, "--reference-time", iso(REFERENCE))
    refused = sum(record["counters"].get("outside_batch", 0) for record in engine.commits(root, "delta").values())
    missing = pairs(tmp_path / "replayed") - pairs(root)
    assert sum(missing.values()) <= refused and not pairs(root) - pairs(tmp_path / "replayed")
