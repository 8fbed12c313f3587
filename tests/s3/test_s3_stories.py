# SPDX-License-Identifier: Apache-2.0
"""The same commands on a folder and on S3 leave the same data and commit records, and print the same."""
import itertools
from datetime import timedelta
from types import SimpleNamespace

import pytest

import roots
import story
import engine
import traffic
from story import batches


def upload(server, bucket, folder, prefix):
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        server.client.put_object(Bucket=bucket, Key=f"{prefix}/{path.relative_to(folder)}", Body=path.read_bytes())
    return f"s3://{bucket}/{prefix}"


@pytest.fixture
def lake(versitygw, bucket):
    return roots.Prefix(versitygw, bucket)


def test_jobs_batch_by_batch(told, lake, versitygw, bucket):
    """Root and deliveries on S3."""
    logs = upload(versitygw, bucket, told.logs, "raw logs/by batch")
    story.run_slots(lake, range(story.SLOTS), told.project, logs)
    assert lake.published() == told.after.published()
    lake.assert_whole()
    assert not [p for p in lake.files() if p.startswith("_staging/")]


def test_a_second_run_writes_nothing(told, versitygw, bucket, proxy):
    lake = roots.Prefix(versitygw, bucket, url=proxy.url).fill(told.after)
    before = lake.contents()
    for job in story.JOBS:
        assert "nothing to do" in story.run_job(lake, job, story.LAST, told.project, told.logs).stdout, job
    assert lake.contents() == before
    written = {r.key for r in proxy.requests if r.kind in ("PUT", "POST", "COPY", "DELETE", "DELETES") and "_reports" not in r.key}
    assert not written


def test_a_changed_delivery_replaces_its_batch(told, lake, tmp_path):
    lake.fill(told.after)
    folder = roots.Folder(tmp_path / "folder").fill(told.after)
    changed = traffic.write([traffic.record(1, story.LAST * 900 + 5, "10.1.0.10", "203.0.113.99")], tmp_path / "changed.json")
    for root in (folder, lake):
        done = root.run(*story.flags("delta", story.LAST, told.project), "--input", changed)
        assert "of fg_a" in done.stdout
        story.run_job(root, "fg-a", story.LAST, told.project)
    assert lake.published() == folder.published() != told.after.published()
    assert lake.show("delta/host") == folder.show("delta/host")


@pytest.fixture(scope="module")
def replayed(versitygw, tmp_path_factory):
    """A replay of fourteen hours into a folder, and one from S3 to S3."""
    folder, bucket = tmp_path_factory.mktemp("replayed"), versitygw.bucket("replayed")
    logs = traffic.write_hourly(traffic.history(14), folder / "logs")
    flags = ("--horizons", "6h:0h", "--reference-time", batches.iso(10 * 3600))
    disk, lake = roots.Folder(folder / "root"), roots.Prefix(versitygw, bucket)
    outputs = [disk.run("replay", "--input", logs, *flags).stdout,
               lake.run("replay", "--input", upload(versitygw, bucket, logs, "logs"), *flags).stdout]
    return SimpleNamespace(disk=disk, lake=lake, outputs=outputs, flags=flags, logs=logs, bucket=bucket)


def test_a_replay(replayed):
    assert replayed.lake.published() == replayed.disk.published()
    assert "_staging" not in {p.split("/")[0] for p in replayed.lake.files()}
    assert engine.findings_table(replayed.outputs[0]) == engine.findings_table(replayed.outputs[1])


def test_a_replay_again_has_nothing_to_do(replayed):
    before = replayed.lake.published()
    done = replayed.lake.run("replay", "--input", f"s3://{replayed.bucket}/logs", *replayed.flags)
    assert "Nothing to do: everything is there" in done.stdout
    assert replayed.lake.published() == before


@pytest.mark.parametrize("command", [
    ("findings", "--all", "--format", "json"),
    ("findings", "--all", "--format", "csv"),
    *(("show", dataset, *engine.EVER, "--format", "json")
      for dataset in ("delta/host", "delta/pair", "fg_a", "fg_b/host", "fg_b/pair/host", "fg_c/host", "fg_c/pair", "fg_c/evidence")),
    ("explain", "--host", traffic.BEACON["host"], "--at", batches.iso(13 * 3600)),
], ids=lambda command: " ".join(command[:2]) if command[0] == "show" else command[0])
def test_what_is_printed(replayed, command):
    disk, lake = (root.run(*command).stdout for root in (replayed.disk, replayed.lake))
    assert lake.replace(replayed.lake.location, "ROOT") == disk.replace(replayed.disk.location, "ROOT") != ""


def test_a_pipeline(told, lake, versitygw, bucket):
    """The streaming pipeline on the last slot, then again: what is committed stays."""
    lake.fill(told.before)
    logs = upload(versitygw, bucket, told.logs, "logs")
    start = traffic.START + timedelta(seconds=story.LAST * 900)
    begin, end = (at.strftime("%Y-%m-%dT%H:%M:%SZ") for at in (start, start + timedelta(minutes=15)))
    parameters = {"ProjectName": "default", "FeatureSpecVersion": "v1", "MiniBatchId": batches.batch_id(story.LAST), "BatchStartTsIso": begin,
                  "BatchEndTsIso": end, "RawParsedLogsPrefix": logs}
    given = itertools.chain.from_iterable(("-p", f"{name}={value}") for name, value in parameters.items())
    command = ("pipeline", "run", "streaming_15m", "--project", told.project, *given)
    lake.run(*command)
    assert lake.published() == told.after.published()
    lake.run(*command)
    assert lake.published() == told.after.published()
