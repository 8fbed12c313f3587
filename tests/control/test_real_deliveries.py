# SPDX-License-Identifier: Apache-2.0
"""Two days of real Zeek logs as deliveries, where $NDR_SHARED_DATA names their folder: cut by slice they give the bytes of a
replay, uncut every record is accounted for and lies in the slice of its start."""
import gzip
import json
import os
import re
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "e2e"))
import engine  # noqa: E402

DATA = Path(os.environ.get("NDR_SHARED_DATA") or "nowhere") / "rita-72h"
START = datetime(2024, 4, 19, tzinfo=timezone.utc)
SLOTS = 2 * 96
REFERENCE_SLOT = 144  # noon of the second day
PROJECT = {"project_name": "acme", "feature_spec_version": "v1", "host_networks": ["64.225.56.201/32"],
           "keep": {"pair_counts": True}, "horizons": [{"label": "1d", "length_days": 1, "gap_days": 0}]}


def at(slot):
    return START + timedelta(minutes=15 * slot)


def unit(slot):
    return at(slot).strftime("%Y%m%dT%H%M%SZ")


def iso(slot):
    return at(slot).strftime("%Y-%m-%dT%H:%M:%SZ")


def slot_of(epoch):
    return int((epoch - START.timestamp()) // 900)


@pytest.fixture(scope="module")
def rita(tmp_path_factory):
    """The files of the two days: their header, and their lines by file."""
    if not DATA.exists():
        pytest.skip(f"no rita-72h in NDR_SHARED_DATA ({DATA})")
    folder = tmp_path_factory.mktemp("rita")
    (folder / "project.json").write_text(json.dumps(PROJECT))
    files = {}
    for path in sorted(p for day in ("2024-04-19", "2024-04-20") for p in (DATA / day).iterdir()):
        lines = gzip.open(path, "rt").read().splitlines()
        header = [line for line in lines if line.startswith("#") and not line.startswith("#close")]
        files[path] = [line for line in lines if not line.startswith("#")]
    ts = next(line for line in header if line.startswith("#fields")).split("\t")[1:].index("ts")
    starts = {path: [float(line.split("\t")[ts]) for line in lines] for path, lines in files.items()}
    return SimpleNamespace(folder=folder, header=header, files=files, starts=starts, project=folder / "project.json")


def run_pipeline(rita, root, slot, *logs):
    engine.run("pipeline", "run", "streaming_15m", "--root", root, "--project", rita.project, "-p", "ProjectName=acme", "-p",
               "FeatureSpecVersion=v1", "-p", f"MiniBatchId={unit(slot)}", "-p", f"BatchStartTsIso={iso(slot)}", "-p",
               f"BatchEndTsIso={iso(slot + 1)}", *logs)


def test_cut_by_slice_they_give_the_bytes_of_a_replay(rita, tmp_path):
    by_slot = {}
    for path, lines in rita.files.items():
        for line, start in zip(lines, rita.starts[path]):
            by_slot.setdefault(slot_of(start), []).append(line)
    for slot in range(SLOTS):
        path = tmp_path / "logs" / unit(slot) / f"conn.{unit(slot)}.log"
        path.parent.mkdir(parents=True)
        path.write_text("\n".join(rita.header + by_slot.get(slot, [])) + "\n")
    engine.replay(tmp_path / "logs", tmp_path / "replayed", "--project", rita.project, "--reference-time", iso(REFERENCE_SLOT),
                  "--from", iso(0), "--to", iso(SLOTS))
    for slot in range(SLOTS):
        if slot == REFERENCE_SLOT:
            engine.run("pipeline", "run", "fg_b_baseline", "--root", tmp_path / "root", "--project", rita.project, "-p",
                       "ProjectName=acme", "-p", "FeatureSpecVersion=v1", "-p", f"ReferenceTimeIso={iso(slot)}")
        run_pipeline(rita, tmp_path / "root", slot, "-p", f"RawParsedLogsPrefix={tmp_path / 'logs'}")
    assert engine.data(tmp_path / "root") == engine.data(tmp_path / "replayed")


def test_uncut_every_record_is_accounted_for_in_its_slice(rita, tmp_path):
    root, read, late = tmp_path / "root", 0, 0
    for path in rita.files:
        day, hour = path.parent.name, int(re.search(r"(\d\d)[:_]", path.name).group(1))
        last = int((datetime.fromisoformat(f"{day}T{hour:02}:45:00+00:00") - START).total_seconds()) // 900
        flags = ["--project-name", "acme", "--feature-spec-version", "v1", "--project", rita.project, "--root", root,
                 "--mini-batch-id", unit(last), "--batch-start-ts-iso", iso(last), "--batch-end-ts-iso", iso(last + 1)]
        engine.run("delta", *flags, "--input", path)
        report = json.loads((root / "_reports/delta/feature_spec_version=v1" / f"{unit(last)}.json").read_text())
        n = report["counters"]
        refused = sum(n.get(name, 0) for name in engine.NOT_USED if name not in ("late", "ahead"))
        assert n["lines_read"] == n["used"] + refused, path
        assert n["lines_read"] - n["header_lines"] - n.get("blank_lines", 0) == len(rita.files[path])
        read, late = read + n["used"], late + n["late"]
    assert late > 0
    sessions = {}
    for row in engine.show(root, "delta/pair", *engine.EVER, "--columns", "slice_start_ts,sessions_cnt"):
        sessions[row["slice_start_ts"]] = sessions.get(row["slice_start_ts"], 0) + row["sessions_cnt"]
    assert sum(sessions.values()) == read
    starts = {}
    for epochs in rita.starts.values():
        for epoch in epochs:
            starts[iso(slot_of(epoch))] = starts.get(iso(slot_of(epoch)), 0) + 1
    assert all(n <= starts[slice_start] for slice_start, n in sessions.items())
