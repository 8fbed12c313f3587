# SPDX-License-Identifier: Apache-2.0
"""An offline feature store below an s3:// prefix is the one that a folder has."""
import pytest

import engine
import roots
import traffic

WRITTEN = ("--write-time", "2026-03-03T05:00:00Z")


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replayed")
    traffic.write(traffic.history(4), folder / "sessions.json")
    engine.replay(folder / "sessions.json", folder / "root", "--reference-time", "2026-03-03T03:00:00Z", "--horizons", "3h:0h")
    return folder / "root"


def write(replayed, place, *flags):
    return engine.run("features", "offline", "--root", replayed, "--prefix", place.location, *WRITTEN, *flags, env=place.environment)


def test_the_objects_are_a_folders_files(replayed, versitygw, bucket, tmp_path):
    folder, prefix = roots.Folder(tmp_path / "offline"), roots.Prefix(versitygw, bucket)
    for place in (folder, prefix):
        write(replayed, place)
    assert len(folder.files()) > 16 and prefix.contents() == folder.contents()
    # What stands there is left alone, and what is missing is written again.
    assert " 0 files written" in write(replayed, prefix, "--dataset", "fg_a").stdout
    prefix.delete(prefix.files()[5])
    write(replayed, prefix)
    assert prefix.contents() == folder.contents()


def test_a_join_over_a_prefix_is_that_over_a_folder(replayed, versitygw, bucket, tmp_path):
    folder, prefix = roots.Folder(tmp_path / "offline"), roots.Prefix(versitygw, bucket)
    spine = tmp_path / "spine.csv"
    spine.write_text("host_ip,time\n10.1.0.11,2026-03-03T02:20:00Z\n10.1.7.20,2026-03-03T01:00:00Z\n10.1.0.99,2026-03-03T02:20:00Z\n")
    joined = []
    for place, out in ((folder, tmp_path / "folder.parquet"), (prefix, tmp_path / "prefix.parquet")):
        write(replayed, place)
        done = engine.run("features", "join", "--prefix", place.location, "--spine", spine, "--out", out, "--as-of",
                          "2026-03-04T00:00:00Z", env=place.environment)
        assert done.stdout.startswith("3 rows, ") and " 0 with features" not in done.stdout
        joined.append(out.read_bytes())
    assert joined[0] == joined[1]


def test_feast_is_told_the_horizons_that_a_prefix_has(replayed, versitygw, bucket, tmp_path):
    prefix = roots.Prefix(versitygw, bucket).fill(roots.Folder(replayed))
    engine.run("features", "groups", "--format", "feast", "--root", prefix.location, "--out", tmp_path, env=prefix.environment)
    text = (tmp_path / "features.py").read_text()
    assert f'path="{prefix.location}/fg_c/host/feature_spec_version=v1/baseline_horizon=3h/**/*.parquet"' in text
    assert "baseline_horizon=30d" not in text


def test_a_bucket_that_is_not_there_is_said(replayed, versitygw, bucket):
    nowhere = roots.Prefix(versitygw, bucket + "-nowhere")
    done = engine.run("features", "offline", "--root", replayed, "--prefix", nowhere.location, expect=1, env=nowhere.environment)
    assert nowhere.bucket in done.stderr
