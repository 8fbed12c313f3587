# SPDX-License-Identifier: Apache-2.0
"""`ndr gc` and `ndr verify` on a folder and on S3: what nobody will see goes, what was committed stays, and what was spoilt is named."""
import pytest

import roots
import engine  # of tests/e2e, which roots puts on the path

GARBAGE = {"_staging/4711-1/0/a.parquet": b"left", "fg_a/feature_spec_version=v1/dt=2026-01-01/hh=00/mm=00/never=1.parquet": b"x" * 10}


@pytest.fixture(params=["folder", "s3"])
def root(request, told, tmp_path):
    if request.param == "folder":
        return roots.Folder(tmp_path / "root").fill(told.after)
    return roots.Prefix(request.getfixturevalue("versitygw"), request.getfixturevalue("bucket")).fill(told.after)


def uploads(root):
    return [u["Key"] for u in root.client.list_multipart_uploads(Bucket=root.bucket).get("Uploads", [])] if isinstance(root, roots.Prefix) else []


def test_gc_lists_and_then_removes_what_no_commit_record_lists(root, told):
    assert root.run("gc", "--older-than", "0m").stdout == "Found 0 files, 0 bytes\n"
    for path, content in GARBAGE.items():
        root.write(path, content)
    if isinstance(root, roots.Prefix):
        root.client.create_multipart_upload(Bucket=root.bucket, Key=f"{root.prefix}/half")
        root.client.create_multipart_upload(Bucket=root.bucket, Key="elsewhere")
    before, found = root.files(), len(GARBAGE) + len([u for u in uploads(root) if u != "elsewhere"])
    assert root.run("gc").stdout == "Found 0 files, 0 bytes\n"  # all of it is new
    listed = root.run("gc", "--older-than", "0m").stdout
    assert listed.splitlines()[-1].startswith(f"Found {found} files, 14 bytes. ")  # 4 and 10
    assert all(path in listed for path in GARBAGE)
    assert root.files() == before
    assert f"Removed {found} files, 14 bytes" in root.run("gc", "--older-than", "0m", "--delete").stdout
    assert root.published() == told.after.published()
    assert not set(root.files()) & set(GARBAGE)
    assert uploads(root) == (["elsewhere"] if isinstance(root, roots.Prefix) else [])


def test_verify_names_what_was_spoilt(root):
    committed = [file["path"] for record in root.commits().values() for file in record["files"]]
    whole = root.run("verify").stdout
    assert whole.startswith(f"As committed: {len(committed)} files of {len(root.commits())} commits, ")
    changed, shorter, gone = committed[0], committed[1], committed[-1]
    data = root.read(changed)
    root.write(changed, data[:-1] + bytes([data[-1] ^ 1]))
    root.write(shorter, root.read(shorter)[:-1])
    root.delete(gone)
    run = root.run("verify", expect=3)
    assert f"{changed} differs in its SHA-256 (" in run.stdout
    assert f"{shorter} has " in run.stdout and f"{gone} does not exist (" in run.stdout
    assert len(run.stdout.splitlines()) == 3
    assert f"3 of {len(committed)} files of " in run.stderr


@pytest.mark.parametrize("verb", ["gc", "verify"])
def test_a_root_that_is_none_is_a_wrong_flag(tmp_path, verb):
    assert "(--root)" in engine.run(verb, "--root", tmp_path / "none", expect=2).stderr
