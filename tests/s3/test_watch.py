# SPDX-License-Identifier: Apache-2.0
"""`ndr watch` on a prefix where deliveries arrive, into a root on S3: the same data as a watch of a folder into a folder."""
import json
import shutil

import batches  # of tests/e2e, which roots puts on the path
import roots

SLOTS = (0, 1, 2)


def watch(folder, project):
    return ["watch", "--folder", folder, "--project-name", "default", "--feature-spec-version", "v1", "--project", project, "--layout",
            "folders", "--settle-seconds", 0, "--closing-seconds", 0, "--once"]


def test_a_prefix_is_watched_as_a_folder_is(told, versitygw, bucket, tmp_path):
    folder, expected = tmp_path / "logs", roots.Folder(tmp_path / "root")
    arriving = roots.Prefix(versitygw, bucket, "arriving/here")
    lake = roots.Prefix(versitygw, bucket)
    for slot in SLOTS[:2]:
        shutil.copytree(told.logs / batches.batch_id(slot), folder / batches.batch_id(slot))
    expected.run(*watch(folder, told.project))
    arriving.fill(roots.Folder(folder))
    lines = lake.run(*watch(arriving.location, told.project)).stdout.splitlines()
    assert [json.loads(line)["batch"] for line in lines] == [batches.batch_id(slot) for slot in SLOTS[:2]]
    assert lake.run(*watch(arriving.location, told.project)).stdout == ""  # it remembers

    shutil.copytree(told.logs / batches.batch_id(SLOTS[2]), folder / batches.batch_id(SLOTS[2]))
    expected.run(*watch(folder, told.project))
    arriving.fill(roots.Folder(folder))
    for path in lake.files():  # without its memory the commit records tell
        if path.startswith("_watch/"):
            lake.delete(path)
    lines = lake.run(*watch(arriving.location, told.project)).stdout.splitlines()
    assert batches.batch_id(SLOTS[2]) in [json.loads(line)["batch"] for line in lines]
    assert {p: d for p, d in lake.published().items() if not p.startswith("_")} == {
        p: d for p, d in expected.published().items() if not p.startswith("_")}


def test_a_root_inside_the_watched_prefix_is_refused(told, versitygw, bucket):
    lake = roots.Prefix(versitygw, bucket, "logs/out")
    run = lake.run(*watch(f"s3://{bucket}/logs/", told.project), expect=2)
    assert "lies in the watched folder" in run.stderr
