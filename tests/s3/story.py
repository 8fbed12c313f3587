# SPDX-License-Identifier: Apache-2.0
"""Two hours of a few hosts, a delivery for each slice, baselines in between: what the tests of storage do over and over."""
from types import SimpleNamespace

import roots
import batches  # of tests/e2e, which roots puts on the path
import traffic

HOURS = 2
SLOTS = HOURS * 4
REFERENCE = 4  # the slot at whose start baselines are built
LAST = SLOTS - 1
HORIZONS = [{"label": "1h", "length_days": 1 / 24, "gap_days": 0}]
JOBS = batches.JOBS


def flags(job, slot, project):
    """Of a job on a slot, without --root; one thread, so that each run makes the same calls in the same order."""
    if job == "fg-b":
        return ["fg-b", "--project-name", "default", "--feature-spec-version", "v1", "--project", project, "--reference-time-iso",
                batches.iso(slot * batches.SLICE_SECONDS), "--threads", 1]
    of_slice = batches.slice_flags("", slot, project)
    at = of_slice.index("--root")
    return [job, *of_slice[:at], *of_slice[at + 2:], "--threads", 1]


def run_job(root, job, slot, project, logs=None, *more, expect=0, env=None):
    return root.run(*flags(job, slot, project), *(["--raw-parsed-logs-prefix", logs] if job == "delta" else []), *more, expect=expect, env=env)


def run_slots(root, slots, project, logs):
    for slot in slots:
        if slot == REFERENCE:
            run_job(root, "fg-b", slot, project)
        for job in JOBS:
            run_job(root, job, slot, project, logs)


def make(folder):
    """`before`: everything but the last slot; `after`: that too. Both are folders, not to be written to."""
    records = traffic.history(HOURS)
    batches.deliver(records, folder / "logs")
    project = batches.project(folder / "project.json", horizons=HORIZONS, keep={"pair_counts": True})
    before, after = roots.Folder(folder / "before"), roots.Folder(folder / "after")
    run_slots(before, range(LAST), project, folder / "logs")
    after.fill(before)
    run_slots(after, [LAST], project, folder / "logs")
    return SimpleNamespace(logs=folder / "logs", project=project, records=records, before=before, after=after)
