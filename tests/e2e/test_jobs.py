# SPDX-License-Identifier: Apache-2.0
"""The five jobs, batch by batch: what they write, what they refuse, and that a batch once made stays as it is."""
import os
import shutil
import time
from types import SimpleNamespace

import pyarrow.parquet as parquet
import pytest

import batches
import engine
import traffic

HOURS = 9
SLOTS = HOURS * 4
REFERENCE = 24  # the slot at whose start baselines are built: six hours in
HORIZONS = [{"label": "6h", "length_days": 0.25, "gap_days": 0}]


@pytest.fixture(scope="module")
def streamed(tmp_path_factory):
    """Nine hours, a delivery for each slice, through the job commands; baselines in between. Not to be written to."""
    folder = tmp_path_factory.mktemp("streamed")
    records = traffic.history(HOURS)
    batches.deliver(records, folder / "logs")
    project = batches.project(folder / "project.json", horizons=HORIZONS, keep={"pair_counts": True})
    for slot in range(SLOTS):
        if slot == REFERENCE:
            batches.build_baselines(folder / "root", slot, project)
        batches.run_batch(folder / "root", folder / "logs", slot, project)
    return SimpleNamespace(root=folder / "root", logs=folder / "logs", project=project, records=records)


@pytest.fixture
def copy(streamed, tmp_path):
    root = shutil.copytree(streamed.root, tmp_path / "root")
    return SimpleNamespace(root=root, logs=streamed.logs, project=streamed.project, records=streamed.records)


def test_batches_give_the_bytes_of_a_replay(streamed, tmp_path):
    engine.replay(streamed.logs, tmp_path / "root", "--project", streamed.project, "--reference-time",
                  batches.iso(REFERENCE * 900), "--from", batches.iso(0), "--to", batches.iso(SLOTS * 900))
    assert engine.data(streamed.root) == engine.data(tmp_path / "root")
    replayed, jobs = engine.commits(tmp_path / "root"), engine.commits(streamed.root)
    # Before the reference time a replay judges nothing, where a job says that there was no reference.
    judged_nothing = {path for path, record in jobs.items() if record["facts"].get("no_reference")}
    assert len(judged_nothing) == REFERENCE
    assert {p: r for p, r in jobs.items() if p not in judged_nothing} == replayed


def test_every_record_is_accounted_for(streamed):
    lines = {batches.batch_id(s): 0 for s in range(SLOTS)}
    for record in streamed.records:
        lines[batches.batch_id(batches.slot_of(record))] += 1
    for unit, n in lines.items():
        counters = batches.job_report(streamed.root, "delta", unit)["counters"]
        refused = sum(counters.get(name, 0) for name in ("duplicates", "superseded", "outside_batch", "no_host", "unparsable"))
        assert counters.get("lines_read", 0) == n == counters["used"] + refused, unit


@pytest.mark.parametrize("family, slot", [("delta", 30), ("pair_counts", 30), ("fg_a", 30), ("fg_c", 30), ("fg_b", REFERENCE)])
def test_the_report_has_the_five_steps(streamed, family, slot):
    report = batches.job_report(streamed.root, family, batches.batch_id(slot))
    steps = {s["name"]: s for s in report["steps"]}
    assert {"read", "data quality", "build", "validate", "write"} <= set(steps)
    assert steps["build"]["seconds"] > 0 and report["peak_memory_bytes"] > 1e6
    assert report["job"] == f"{family}_builder" and report["facts"]["run_id"].startswith(batches.batch_id(slot))
    assert "failed" not in report


@pytest.mark.parametrize("family, slot, names", [
    ("delta", 30, ["delta"]), ("pair_counts", 30, ["pair_counts"]), ("fg_a", 30, ["windows"]), ("fg_c", 30, ["correlation"]),
    ("fg_b", REFERENCE, ["baselines", "pair rarity"])])
def test_the_reports_rows_are_those_of_the_commit(streamed, family, slot, names):
    steps = {s["name"]: s for s in batches.job_report(streamed.root, family, batches.batch_id(slot))["steps"]}
    published = sum(file["rows"] for file in batches.commit(streamed.root, family, batches.batch_id(slot))["files"])
    assert sum(steps[name]["rows_out"] for name in names) == published > 0
    for name in names:
        assert steps[name]["seconds"] > 0 and steps[name]["rows_in"] > 0


def test_a_batch_that_runs_again_changes_nothing(copy):
    before = engine.contents(copy.root)
    logs = {job: ["--raw-parsed-logs-prefix", copy.logs] if job == "delta" else [] for job in batches.JOBS}
    for job in batches.JOBS:
        done = batches.run_job(job, copy.root, 30, copy.project, *logs[job])
        assert "nothing to do" in done.stdout
    assert engine.contents(copy.root) == before
    for job in batches.JOBS:
        batches.run_job(job, copy.root, 30, copy.project, "--replace", *logs[job])
    assert engine.contents(copy.root) == before


def test_a_reference_built_later_changes_no_older_batch(copy):
    before = engine.contents(copy.root)
    batches.build_baselines(copy.root, 30, copy.project)
    for slot in (20, 26, 33):
        batches.run_job("fg-c", copy.root, slot, copy.project)
    after = engine.contents(copy.root)
    assert all(after[path] == digest for path, digest in before.items())
    # A batch that comes for the first time takes the newest, and so does one that is made anew.
    batches.run_job("fg-c", copy.root, 33, copy.project, "--replace")
    assert batches.commit(copy.root, "fg_c", batches.batch_id(33))["reference"] == batches.batch_id(30)
    batches.run_job("fg-c", copy.root, 33, copy.project, "--reference-time-iso", batches.iso(REFERENCE * 900))
    assert engine.data(copy.root).items() >= {p: h for p, h in before.items() if not p.startswith("_")}.items()


def test_without_a_reference_an_empty_batch_says_so(streamed):
    record = batches.commit(streamed.root, "fg_c", batches.batch_id(3))
    assert record["facts"]["no_reference"] == "true" and record["files"] == [] and record["reference"] == ""


def test_a_batch_without_logs_is_an_empty_commit(copy):
    slot = SLOTS
    done = batches.run_job("delta", copy.root, slot, copy.project, "--raw-parsed-logs-prefix", copy.logs)
    assert "taken as empty" in done.stdout
    assert batches.commit(copy.root, "delta", batches.batch_id(slot))["files"] == []
    batches.run_job("fg-a", copy.root, slot, copy.project)
    shown = engine.show(copy.root, "fg_a", "--at", batches.iso((slot + 1) * 900), "--window", "w_15m")
    assert shown == []


def test_hourly_files_are_the_batches_of_their_last_slots(streamed, tmp_path):
    logs, root = tmp_path / "logs", tmp_path / "root"
    slots = batches.deliver(streamed.records, logs, slots_per_file=4)
    for slot in slots:
        batches.run_batch(root, logs, slot, streamed.project, jobs=("delta", "pair-counts", "fg-a"))
    by_slice = {}
    for row in engine.show(root, "delta/host", *engine.EVER):
        by_slice[row["slice_start_ts"]] = by_slice.get(row["slice_start_ts"], 0) + row["sessions_cnt"]
    cut = {}
    for row in engine.show(streamed.root, "delta/host", *engine.EVER):
        cut[row["slice_start_ts"]] = cut.get(row["slice_start_ts"], 0) + row["sessions_cnt"]
    assert by_slice == cut
    late = sum(batches.job_report(root, "delta", batches.batch_id(s))["counters"].get("late", 0) for s in slots)
    assert late == sum(batches.slot_of(r) % 4 != 3 for r in streamed.records)
    # The windows of an hour's end are those of the same records delivered in time.
    end = ("--at", batches.iso(8 * 3600), "--window", "w_1h")
    delivery = ("slices_covered", "lookback_days_covered", "mini_batch_id")

    def metrics(root):
        return [{k: v for k, v in row.items() if k not in delivery} for row in engine.show(root, "fg_a", *end)]
    assert metrics(root) == metrics(streamed.root) != []


def test_late_data_that_came_in_since_changes_no_batch(copy, tmp_path):
    late = [traffic.record(10**6, 33 * 900 + 5, "10.1.0.10", "203.0.113.99")]
    slot = SLOTS
    traffic.write(late, tmp_path / "logs" / batches.batch_id(slot) / "late.json")
    before = engine.contents(copy.root)
    batches.run_job("delta", copy.root, slot, copy.project, "--raw-parsed-logs-prefix", tmp_path / "logs")
    assert batches.job_report(copy.root, "delta", batches.batch_id(slot))["counters"]["late"] == 1
    batches.run_job("fg-a", copy.root, 33, copy.project, "--replace")
    batches.run_job("fg-c", copy.root, 33, copy.project)
    after = engine.contents(copy.root)
    assert all(after[path] == digest for path, digest in before.items())
    # A batch of its slot or later sees it.
    batches.run_job("fg-a", copy.root, slot, copy.project)
    in_time = sum(batches.slot_of(r) in (33, 34, 35) and r["source_ip"] == "10.1.0.10" for r in copy.records)
    rows = engine.show(copy.root, "fg_a", "--at", batches.iso((slot + 1) * 900), "--window", "w_1h", "--host", "10.1.0.10")
    assert [r["sessions_cnt"] for r in rows if r["role"] == "outbound"] == [in_time + 1]


def test_too_late_a_record_goes_to_quarantine_once(tmp_path):
    project = batches.project(tmp_path / "project.json", horizons=HORIZONS, keep={"pair_counts": True},
                              data_quality={"allowed_lateness_hours": 1})
    records = [traffic.record(1, 10, "10.1.0.10", "203.0.113.9"), traffic.record(2, 20 * 900, "10.1.0.10", "203.0.113.9")]
    traffic.write(records, tmp_path / "logs" / batches.batch_id(20) / "a.json")
    for _ in range(2):
        batches.run_job("delta", tmp_path / "root", 20, project, "--raw-parsed-logs-prefix", tmp_path / "logs")
        (path,) = (tmp_path / "root" / "_quarantine").rglob("*.parquet")
    counters = batches.job_report(tmp_path / "root", "delta", batches.batch_id(20))["counters"]
    rows = parquet.read_table(path).to_pylist()
    assert [(r["rule"], r["byte_offset"]) for r in rows] == [("outside_batch", 0)]
    assert rows[0]["first_bytes"].startswith(b'{"event_start"')
    assert counters["files_read"] == 1


def test_a_slot_has_one_batch(copy):
    flags = batches.slice_flags(copy.root, 5, copy.project)
    flags[flags.index("--mini-batch-id") + 1] = "another"
    done = engine.run("delta", *flags, "--raw-parsed-logs-prefix", copy.logs, expect=3)
    assert f"holds the mini-batch '{batches.batch_id(5)}' already" in done.stderr
    done = engine.run("fg-a", *flags, expect=3)
    assert "not 'another'" in done.stderr


def test_an_id_has_one_slot(copy):
    """No race, so no advice to run again: it would fail each time."""
    flags = batches.slice_flags(copy.root, 1000, copy.project)
    flags[flags.index("--mini-batch-id") + 1] = batches.batch_id(5)
    done = engine.run("delta", *flags, "--input", copy.logs / batches.batch_id(5), expect=3)
    assert f"the mini-batch id '{batches.batch_id(5)}' belongs to the slot {batches.iso(5 * 900)}" in done.stderr


def test_an_older_batch_may_come_later(streamed, tmp_path):
    root = tmp_path / "root"
    logs = ("--raw-parsed-logs-prefix", streamed.logs)
    batches.run_batch(root, streamed.logs, 1, streamed.project, jobs=("delta", "fg-a"))
    done = batches.run_job("delta", root, 0, streamed.project, *logs)
    assert f"stale, since what it was made from changed: the batch {batches.batch_id(1)} of fg_a;" in done.stdout
    # The same bytes once more make nothing stale.
    assert "stale" not in batches.run_job("delta", root, 0, streamed.project, *logs, "--replace").stdout
    batches.run_job("fg-a", root, 0, streamed.project)
    # Made again, the later batch is what it would have been in order.
    batches.run_job("fg-a", root, 1, streamed.project)
    ordered = tmp_path / "ordered"
    for slot in (0, 1):
        batches.run_batch(ordered, streamed.logs, slot, streamed.project, jobs=("delta", "fg-a"))
    assert engine.contents(root) == engine.contents(ordered)


def test_a_changed_delivery_replaces_its_batch_and_names_what_is_stale(copy, tmp_path):
    records = [traffic.record(10**6, 10 * 900 + 5, "10.1.0.10", "203.0.113.99")]
    traffic.write(records, tmp_path / "logs" / batches.batch_id(10) / "other.json")
    done = batches.run_job("delta", copy.root, 10, copy.project, "--raw-parsed-logs-prefix", tmp_path / "logs")
    for family in ("pair_counts", "fg_a", "fg_c", "fg_b"):
        assert f" of {family}" in done.stdout, family
    rows = engine.show(copy.root, "delta/host", "--at", batches.iso(11 * 900))
    assert sum(r["sessions_cnt"] for r in rows if r["role"] == "outbound") == 1


def test_a_gap_is_missing_and_not_empty(streamed, tmp_path):
    root = tmp_path / "root"
    for slot in (0, 1, 3):
        batches.run_job("delta", root, slot, streamed.project, "--raw-parsed-logs-prefix", streamed.logs)
    done = batches.run_job("fg-a", root, 3, streamed.project)
    assert "1 slices of the longest window are missing" in done.stdout
    covered = {r["slices_covered"] for r in engine.show(root, "fg_a", "--window", "w_1h")}
    assert covered == {3}


@pytest.mark.parametrize("job, what", [("fg-a", "delta of mini-batch"), ("pair-counts", "delta of mini-batch"),
                                       ("fg-c", "fg_a of mini-batch")])
def test_a_missing_dependency_is_named(streamed, tmp_path, job, what):
    done = batches.run_job(job, tmp_path / "root", 0, streamed.project, expect=3)
    assert what in done.stderr and "is not committed" in done.stderr and "in its step 'read'" in done.stderr


def test_a_reference_that_is_named_must_be_there(copy):
    done = batches.run_job("fg-c", copy.root, 30, copy.project, "--reference-time-iso", batches.iso(0), expect=3)
    assert "there is no reference" in done.stderr


def test_baselines_need_history(streamed, tmp_path):
    done = batches.build_baselines(tmp_path / "root", 4, streamed.project, expect=3)
    assert "no horizon" in done.stderr
    batches.run_job("delta", tmp_path / "root", 0, streamed.project, "--raw-parsed-logs-prefix", streamed.logs)
    done = batches.build_baselines(tmp_path / "root", 4, streamed.project, expect=3)
    assert "--from delta" in done.stderr
    batches.build_baselines(tmp_path / "root", 4, streamed.project, "--from", "delta")


def test_baselines_from_delta_are_those_from_fg_a(copy):
    before = engine.data(copy.root)
    batches.build_baselines(copy.root, REFERENCE, copy.project, "--from", "delta")
    assert engine.data(copy.root) == before
    assert batches.commit(copy.root, "fg_b", batches.batch_id(REFERENCE))["facts"]["source"] == "delta"


def test_a_backfill_never_stands_where_a_regular_reference_does(copy):
    window = ("--mode", "BACKFILL", "--start", batches.iso(0))
    done = batches.build_baselines(copy.root, REFERENCE, copy.project, *window, "--end", batches.iso(REFERENCE * 900), expect=3)
    assert "stands already" in done.stderr
    batches.build_baselines(copy.root, 28, copy.project, *window, "--end", batches.iso(28 * 900))
    record = batches.commit(copy.root, "fg_b", batches.batch_id(28))
    assert record["facts"]["horizon.range"] == f"{batches.iso(0)}..{batches.iso(28 * 900)}"
    done = batches.build_baselines(copy.root, 28, copy.project, expect=3)
    assert "is a backfill" in done.stderr


def test_another_configuration_is_refused_by_its_keys(copy, tmp_path):
    other = batches.project(tmp_path / "other.json", horizons=HORIZONS, host_networks=["10.0.0.0/8"])
    logs = ("--raw-parsed-logs-prefix", copy.logs)
    done = batches.run_job("delta", copy.root, SLOTS, other, *logs, expect=3)
    assert "host_networks (there" in done.stderr and "--replace" in done.stderr and "in its step 'read'" in done.stderr
    done = batches.run_job("fg-a", copy.root, 30, other, expect=3)
    assert "host_networks" in done.stderr
    # Another version lives beside it, and neither reads nor writes the other's data.
    before = engine.contents(copy.root)
    batches.run_job("delta", copy.root, 30, other, *logs, version="v2")
    after = engine.contents(copy.root)
    assert all(after[p] == h for p, h in before.items())
    assert {p for p in after if p not in before and not p.startswith("_")} <= {p for p in after if "feature_spec_version=v2" in p}
    batches.run_job("delta", copy.root, 30, other, *logs, "--replace")


@pytest.mark.parametrize("change, message", [
    ({"--batch-end-ts-iso": batches.iso(1800)}, "is not one slice"),
    ({"--batch-start-ts-iso": batches.iso(60)}, "is not one slice"),
    ({"--batch-start-ts-iso": batches.iso(900)}, "not after its start"),
    ({"--batch-start-ts-iso": "2026-03-03T00:00:00"}, "with a zone"),
    ({"--mini-batch-id": "a/b"}, "mini_batch_id 'a/b'"),
    ({"--feature-spec-version": ".v1"}, "feature_spec_version '.v1'"),
    ({"--project-name": "a#b"}, "project_name 'a#b'"),
])
def test_a_wrong_value_says_what_is_right(streamed, tmp_path, change, message):
    flags = batches.slice_flags(tmp_path / "root", 0, streamed.project)
    for flag, value in change.items():
        flags[flags.index(flag) + 1] = value
    done = engine.run("delta", *flags, "--raw-parsed-logs-prefix", streamed.logs, expect=2)
    assert message in done.stderr
    # `--flag=value` is the same.
    joined = [f"{a}={b}" for a, b in zip(flags[::2], flags[1::2])]
    assert message in engine.run("delta", *joined, expect=2).stderr


def test_input_errors_of_a_batch(streamed, tmp_path):
    root = tmp_path / "root"
    assert "give --input" in batches.run_job("delta", root, 0, streamed.project, expect=2).stderr
    bad = tmp_path / "bad.json"
    bad.write_text(traffic.text(streamed.records[:3]) + "{]\n" * 3)
    done = batches.run_job("delta", root, 0, streamed.project, "--input", bad, expect=1)
    assert "max_malformed_ratio" in done.stderr and "in its step 'data quality'" in done.stderr
    assert engine.files(root) == []
    failed = batches.job_report(root, "delta", batches.batch_id(0))["failed"]
    assert failed["step"] == "data quality" and "bad.json" in failed["cause"]


def test_the_wide_features_come_with_fg_a(streamed, tmp_path):
    project = batches.project(tmp_path / "project.json", keep={"fg_a_wide": True})
    root = tmp_path / "root"
    batches.run_batch(root, streamed.logs, 0, project, jobs=("delta", "fg-a"))
    assert engine.show(root, "fg_a_wide")
    # A run that was killed between the two leaves the second to the next.
    before = engine.contents(root)
    engine.forget(root, "fg_a_wide", batches.batch_id(0))
    batches.run_job("fg-a", root, 0, project)
    assert engine.contents(root) == before


KILLS_PER_JOB = int(os.environ.get("NDR_TEST_KILLS", "6"))


@pytest.mark.parametrize("job", [*batches.JOBS, "fg-b"])
def test_killed_at_any_step_and_run_again_it_is_as_never_killed(streamed, tmp_path, job):
    """The job of one batch, or the baselines, taken out of a root and made again; killed the earlier the first time, the later the last."""
    if job == "fg-b":
        flags = ["--project-name", "default", "--feature-spec-version", "v1", "--project", streamed.project,
                 "--reference-time-iso", batches.iso(REFERENCE * 900)]
    else:
        flags = batches.slice_flags("", SLOTS - 1, streamed.project)
        del flags[flags.index("--root"):flags.index("--root") + 2]
        flags += ["--raw-parsed-logs-prefix", streamed.logs]
    expected = engine.contents(streamed.root)
    for kill in range(KILLS_PER_JOB):
        root = shutil.copytree(streamed.root, tmp_path / f"{job}-{kill}")
        command = [job, *flags, "--root", root, "--replace"]
        begin = time.monotonic()
        if kill == 0:
            engine.run(*command)
            seconds = time.monotonic() - begin
            # Made anew, so that there is something to publish.
            shutil.rmtree(root)
            continue
        engine.forget(root, job.replace("-", "_"), batches.batch_id(REFERENCE if job == "fg-b" else SLOTS - 1))
        process = engine.start(*command)
        time.sleep(seconds * kill / KILLS_PER_JOB)
        process.kill()
        process.communicate()
        engine.run(*command)
        assert engine.contents(root) == expected, kill


def test_a_wrong_format_is_put_right(streamed, tmp_path):
    """Lines that no format knows give no session, which is said; read as what they are, the batch is made again."""
    root, logs = tmp_path / "root", ("--raw-parsed-logs-prefix", streamed.logs)
    batches.run_job("delta", root, 30, streamed.project, *logs, "--source", "zeek", expect=None)
    batches.run_job("delta", root, 30, streamed.project, *logs)
    assert engine.show(root, "delta/host")
    assert engine.contents(root)[f"_commits/delta/feature_spec_version=v1/{batches.batch_id(30)}.json"] == \
        engine.contents(streamed.root)[f"_commits/delta/feature_spec_version=v1/{batches.batch_id(30)}.json"]
    assert "argus" in batches.run_job("delta", root, 30, streamed.project, *logs, "--source", "arguss", expect=2).stderr


def test_what_is_odd_about_a_delivery_is_said(streamed, copy, tmp_path):
    logs = streamed.logs / batches.batch_id(30)
    done = batches.run_job("delta", tmp_path / "other", 33, streamed.project, "--input", logs)
    assert "late" in done.stdout
    done = batches.run_job("delta", tmp_path / "early", 20, streamed.project, "--input", logs)
    assert "start outside what the slot" in done.stdout
    done = batches.run_job("delta", copy.root, 30, copy.project, "--raw-parsed-logs-prefix", tmp_path)
    assert "is empty now" in done.stdout


@pytest.mark.folders_only("a prefix of S3 without objects is an empty batch: there is no folder to miss")
def test_the_folder_of_deliveries_must_be_there_and_the_right_one(streamed, copy, tmp_path):
    done = batches.run_job("delta", tmp_path / "root", 0, streamed.project, "--raw-parsed-logs-prefix", tmp_path / "absent", expect=2)
    assert "is no folder" in done.stderr
    logs = streamed.logs / batches.batch_id(30)
    done = batches.run_job("delta", copy.root, 30, copy.project, "--raw-parsed-logs-prefix", logs, expect=2)
    assert f"give its parent, '{streamed.logs}'" in done.stderr


def test_findings_of_batches_that_nothing_judged(streamed, tmp_path):
    batches.run_batch(tmp_path / "root", streamed.logs, 0, streamed.project)
    done = engine.run("findings", "--root", tmp_path / "root", expect=2)
    assert "1 batch, which is not judged" in done.stderr and "ndr fg-b" in done.stderr
