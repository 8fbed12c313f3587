# SPDX-License-Identifier: Apache-2.0
"""Jobs that hand their rows to the feature store once they have published."""
import json
import shutil
from types import SimpleNamespace

import pyarrow.parquet as parquet
import pytest

import batches
import engine
import runtime as runtimes
import traffic

SLOT = 30      # half past seven
REFERENCE = 24
HORIZONS = [{"label": "6h", "length_days": 0.25, "gap_days": 0}]


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Eight hours of which SLOT is not there yet beyond its delta, and its baselines. Not to be written to."""
    folder = tmp_path_factory.mktemp("judged")
    records = traffic.history(8)
    batches.deliver(records, folder / "logs")
    project = batches.project(folder / "project.json", horizons=HORIZONS)
    traffic.write([r for r in records if batches.slot_of(r) < SLOT], folder / "before.json")
    engine.replay(folder / "before.json", folder / "root", "--project", project, "--reference-time", batches.iso(REFERENCE * 900),
                  "--from", batches.iso(0), "--to", batches.iso(SLOT * 900))
    batches.run_batch(folder / "root", folder / "logs", SLOT, project, jobs=["delta"])
    return SimpleNamespace(root=folder / "root", logs=folder / "logs")


@pytest.fixture
def root(judged, tmp_path):
    return shutil.copytree(judged.root, tmp_path / "root")


def served(tmp_path, **groups):
    return batches.project(tmp_path / "served.json", horizons=HORIZONS, feature_groups=groups)


def records(root, host, project):
    done = engine.run("features", "get", "--root", root, "--host", host, "--project", project)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_job_serves_what_it_published(root, tmp_path):
    project = served(tmp_path, enabled=True, names={"fg_a": "now"}, offline={"prefix": str(tmp_path / "offline")})
    for job in ("fg-a", "fg-c"):
        batches.run_job(job, root, SLOT, project)
    for family, group in (("fg_a", "now"), ("fg_c", "default-v1-fg-c")):
        report = batches.job_report(root, family, batches.batch_id(SLOT))
        counters = report["counters"]
        assert counters["features_attempted"] == counters["features_accepted"] == counters["features_offline_records"] > 10
        assert counters["features_retried"] == counters["features_dead_lettered"] == 0
        assert float(report["facts"]["features_p99_ms"]) >= float(report["facts"]["features_p50_ms"]) > 0
        assert [s["rows_out"] for s in report["steps"] if s["name"] == "features"] == [counters["features_accepted"]]
        found = [r for r in records(root, "10.1.0.11", project) if r["feature_group"] == group]
        assert {r["window_end_ts"] for r in found} == {batches.iso((SLOT + 1) * 900)}
        assert list((tmp_path / "offline").glob(f"**/{group}-0/data/**/*.parquet"))
    # A job that runs again finds nothing to do, and nothing to serve.
    before = engine.times(tmp_path / "offline")
    batches.run_job("fg-a", root, SLOT, project)
    assert batches.job_report(root, "fg_a", batches.batch_id(SLOT))["counters"]["features_attempted"] == 0
    assert engine.times(tmp_path / "offline") == before


def test_a_job_writes_offline_where_its_spec_says(root, tmp_path):
    """Account, region and creation time of a group that SageMaker made: its own folder, down to the file."""
    prefix = tmp_path / "offline"
    settings = {"enabled": True, "names": {"fg_a": "now"}, "account": "123456789012", "region": "eu-central-1",
                "offline": {"prefix": str(prefix), "created": {"now": 1700000000, "default-v1-fg-c": 1700000001}}}
    project = served(tmp_path, **settings)
    for job in ("fg-a", "fg-c"):
        batches.run_job(job, root, SLOT, project)
    end = batches.iso((SLOT + 1) * 900)
    hour = f"year={end[:4]}/month={end[5:7]}/day={end[8:10]}/hour={end[11:13]}"
    found = sorted(str(path.relative_to(prefix).parent) for path in prefix.glob("**/*.parquet"))
    assert found == [f"123456789012/sagemaker/eu-central-1/offline-store/{name}/data/{hour}"
                     for name in ("default-v1-fg-c-1700000001", "now-1700000000")]
    # By hand, under the same settings, it is all there.
    done = engine.run("features", "offline", "--root", root, "--project", project, "--dataset", "fg_a", "--since", end, "--until", end)
    assert " 0 files written" in done.stdout


def test_a_job_serves_into_sagemaker(root, tmp_path, monkeypatch):
    runtime = runtimes.Runtime(tmp_path / "runtime", unprocessed=0.2)
    try:
        for name, value in runtime.environment().items():
            monkeypatch.setenv(name, value)
        online = {"kind": "sagemaker", "requests_per_second": 1000, "write_units_per_second": 100000}
        project = served(tmp_path, enabled=True, names={"fg_a": "now"}, online=online)
        batches.run_job("fg-a", root, SLOT, project)
        counters = batches.job_report(root, "fg_a", batches.batch_id(SLOT))["counters"]
        assert counters["features_attempted"] == counters["features_accepted"] == len(runtime.accepted()) > 10
        assert counters["features_retried"] == sum(line["unprocessed"] for line in runtime.lines())
        assert counters["features_requests"] == len(runtime.lines()) and counters["features_throttled"] == 0
        assert {(group, time) for group, _, time in runtime.accepted()} == {("now", batches.iso((SLOT + 1) * 900))}
        assert runtime.problems() == []
        # What fails comes after the data, and the message has the command for the rest.
        runtime.again(forbidden=True)
        batches.run_job("fg-c", root, SLOT, project, expect=1)
        assert engine.show(root, "fg_c/host", *engine.EVER)
    finally:
        runtime.stop()


def known(prefix, end, folder, *flags):
    """What a join finds of the host's last quarter of an hour."""
    spine, out = folder / "spine.csv", folder / "joined.parquet"
    spine.write_text(f"host_ip,time\n{traffic.BEACON['host']},{end}\n")
    engine.run("features", "join", "--prefix", prefix, "--spine", spine, "--out", out, "--window", "w_15m", *flags)
    (row,) = parquet.read_table(out).to_pylist()
    return row["window_end_ts"]


def test_a_host_that_is_not_in_a_corrected_batch_keeps_its_record(judged, root, tmp_path):
    """What was served was served; a new store has what is committed now."""
    host, end, before = traffic.BEACON["host"], batches.iso((SLOT + 1) * 900), batches.iso(SLOT * 900)
    logs = shutil.copytree(judged.logs, tmp_path / "logs")
    project = served(tmp_path, enabled=True, offline={"prefix": str(tmp_path / "offline")})
    quarter = f"{host}|outbound|w_15m"

    def times(project_file, *flags):
        done = engine.run("features", "get", "--root", root, "--host", host, "--project", project_file, *flags)
        return {r["entity_id"]: r["window_end_ts"] for r in map(json.loads, done.stdout.splitlines())}

    batches.run_job("fg-a", root, SLOT, project)
    (delivered,) = (logs / batches.batch_id(SLOT)).iterdir()
    kept = [r for r in map(json.loads, delivered.read_text().splitlines()) if host not in (r["source_ip"], r["destination_ip"])]
    traffic.write(kept, delivered)
    for job, flags in (("delta", ["--raw-parsed-logs-prefix", logs]), ("fg-a", [])):
        batches.run_job(job, root, SLOT, project, *flags)
    assert not [r for r in engine.show(root, "fg_a", *engine.EVER) if r["record_id"] == f"{quarter}|{end}"]
    # Both versions of the batch stand offline, and the host's record in the first one.
    assert len(list((tmp_path / "offline").rglob(f"{end.replace('-', '').replace(':', '')}_*.parquet"))) == 2
    assert times(project)[quarter] == end == known(tmp_path / "offline", end, tmp_path, "--as-of", "2100-01-01T00:00:00Z")
    # New stores have what is committed now.
    engine.run("features", "ingest", "--root", root, "--dataset", "fg_a", "--store", tmp_path / "new.sqlite")
    engine.run("features", "offline", "--root", root, "--dataset", "fg_a", "--prefix", tmp_path / "new")
    assert times(project, "--store", tmp_path / "new.sqlite")[quarter] == before
    assert known(tmp_path / "new", end, tmp_path, "--as-of", "2100-01-01T00:00:00Z") == before
    # The next batch that has the host replaces the record.
    for job, flags in (("delta", ["--raw-parsed-logs-prefix", logs]), ("fg-a", [])):
        batches.run_job(job, root, SLOT + 1, project, *flags)
    assert times(project)[quarter] == batches.iso((SLOT + 2) * 900)


def test_it_is_off_unless_somebody_enables_it(root, tmp_path):
    batches.run_job("fg-a", root, SLOT, served(tmp_path))
    assert not (root / "_features").exists()
    assert "features_attempted" not in batches.job_report(root, "fg_a", batches.batch_id(SLOT))["counters"]


def test_what_is_served_changes_no_published_byte(judged, root, tmp_path):
    batches.run_job("fg-a", root, SLOT, served(tmp_path, enabled=True))
    plain = shutil.copytree(judged.root, tmp_path / "plain")
    batches.run_job("fg-a", plain, SLOT, batches.project(tmp_path / "plain.json", horizons=HORIZONS))
    assert {p: d for p, d in engine.contents(root).items() if not p.startswith("_features/")} == engine.contents(plain)


def test_a_store_that_fails_unpublishes_nothing(root, tmp_path):
    store = tmp_path / "online.sqlite"
    store.write_text("this is no database, but it is long enough for SQLite to find that out by its first bytes" * 10)
    project = served(tmp_path, enabled=True, online={"store": str(store)})
    failed = batches.run_job("fg-a", root, SLOT, project, expect=1)
    end = batches.iso((SLOT + 1) * 900)
    assert "The batch is published" in failed.stderr
    assert f"ndr features ingest --root {root} --dataset fg_a --since {end} --until {end}" in failed.stderr
    assert batches.commit(root, "fg_a", batches.batch_id(SLOT))["files"]
    report = batches.job_report(root, "fg_a", batches.batch_id(SLOT))
    assert report["failed"]["step"] == "features" and "not a database" in report["failed"]["cause"]
    published = engine.data(root)
    # What the message says, once the cause is gone.
    store.unlink()
    engine.run("features", "ingest", "--root", root, "--dataset", "fg_a", "--since", end, "--until", end, "--project", project)
    by_hand = records(root, "10.1.0.11", project)
    assert {r["window_end_ts"] for r in by_hand} == {end}
    # Or the job again.
    store.unlink()
    batches.run_job("fg-a", root, SLOT, project)
    assert records(root, "10.1.0.11", project) == by_hand and engine.data(root) == published


def test_a_job_spec_enables_it_for_its_job_alone(root, tmp_path):
    specs = tmp_path / "specs"
    engine.run("spec", "init", "--project-name", "default", "--feature-spec-version", "v1", "--out", specs)
    folder = specs / "default" / "v1"
    edit(folder / "project_parameters.json", horizons=HORIZONS)
    edit(folder / "fg_a_builder.json", feature_groups={"enabled": True, "names": {"fg_a": "mine"}})
    flags = ["--project-name", "default", "--feature-spec-version", "v1", "--spec-store", f"files:{specs}", "--root", root,
             "--mini-batch-id", batches.batch_id(SLOT), "--batch-start-ts-iso", batches.iso(SLOT * 900),
             "--batch-end-ts-iso", batches.iso((SLOT + 1) * 900)]
    for job in ("fg-a", "fg-c"):
        engine.run(job, *flags)
    done = engine.run("features", "status", "--root", root)
    assert "mine" in done.stdout and "fg-c" not in done.stdout


def edit(path, **keys):
    path.write_text(json.dumps(json.loads(path.read_text()) | keys))


def test_what_a_job_spec_names_is_served_by_hand_under_that_name(judged, root, tmp_path):
    specs = tmp_path / "specs"
    engine.run("spec", "init", "--project-name", "default", "--feature-spec-version", "v1", "--out", specs)
    folder = specs / "default" / "v1"
    edit(folder / "project_parameters.json", horizons=HORIZONS)
    edit(folder / "fg_a_builder.json", feature_groups={"names": {"fg_a": "mine"}})
    flags = ["--project-name", "default", "--spec-store", f"files:{specs}"]
    engine.run("features", "ingest", "--root", root, "--dataset", "fg_a", *flags)
    assert "mine" in engine.run("features", "status", "--root", root, *flags).stdout
    engine.run("features", "offline", "--root", root, "--dataset", "fg_a", "--prefix", tmp_path / "offline", *flags)
    assert list((tmp_path / "offline").glob("**/mine-0/data/**/*.parquet"))
    (call,) = engine.run("features", "groups", "--dataset", "fg_a", *flags).stdout.splitlines()
    assert json.loads(call)["FeatureGroupName"] == "mine"
