# SPDX-License-Identifier: Apache-2.0
"""Mini-batches: logs cut into deliveries, and the job commands on one of them."""
import json
from datetime import datetime, timedelta
from pathlib import Path

import engine
import traffic

JOBS = ("delta", "pair-counts", "fg-a", "fg-c")
SLICE_SECONDS = 900


def iso(at):
    """Seconds since traffic.START as an instant."""
    return (traffic.START + timedelta(seconds=at)).strftime("%Y-%m-%dT%H:%M:%SZ")


def batch_id(slot):
    """Of a slot, by number since traffic.START: as a replay names it."""
    return (traffic.START + timedelta(seconds=slot * SLICE_SECONDS)).strftime("%Y%m%dT%H%M%SZ")


def slot_of(record):
    at = datetime.fromisoformat(record["event_start"].replace("Z", "+00:00"))
    return int((at - traffic.START).total_seconds()) // SLICE_SECONDS


def deliver(records, prefix, slots_per_file=1):
    """A folder for each mini-batch with one file: the records of so many slots, delivered with the last of them."""
    by_slot = {}
    for record in records:
        slot = slot_of(record)
        by_slot.setdefault(slot - slot % slots_per_file + slots_per_file - 1, []).append(record)
    for slot, part in by_slot.items():
        traffic.write(part, Path(prefix) / batch_id(slot) / f"sessions-{batch_id(slot)}.json")
    return sorted(by_slot)


def project(path, **keys):
    Path(path).write_text(json.dumps(keys))
    return path


def slice_flags(root, slot, project_file, name="default", version="v1"):
    return ["--project-name", name, "--feature-spec-version", version, "--project", project_file, "--root", root,
            "--mini-batch-id", batch_id(slot), "--batch-start-ts-iso", iso(slot * SLICE_SECONDS),
            "--batch-end-ts-iso", iso((slot + 1) * SLICE_SECONDS)]


def run_job(job, root, slot, project_file, *flags, expect=0, **identity):
    return engine.run(job, *slice_flags(root, slot, project_file, **identity), *flags, expect=expect)


def run_batch(root, prefix, slot, project_file, jobs=JOBS):
    for job in jobs:
        run_job(job, root, slot, project_file, *(["--raw-parsed-logs-prefix", prefix] if job == "delta" else []))


def build_baselines(root, slot, project_file, *flags, expect=0, name="default", version="v1"):
    return engine.run("fg-b", "--project-name", name, "--feature-spec-version", version, "--project", project_file, "--root", root,
                      "--reference-time-iso", iso(slot * SLICE_SECONDS), *flags, expect=expect)


def job_report(root, family, unit, version="v1"):
    return json.loads((Path(root) / "_reports" / family / f"feature_spec_version={version}" / f"{unit}.json").read_text())


def commit(root, family, unit, version="v1"):
    return json.loads((Path(root) / "_commits" / family / f"feature_spec_version={version}" / f"{unit}.json").read_text())
