# SPDX-License-Identifier: Apache-2.0
"""A full disk, a read-only one, and two writers of one batch, in folders."""
import subprocess

import pytest

import roots
import story
import writers

SMALL_KB = 2048


def mounted(*arguments):
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"a file system of the test's own needs mount: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted("-t", "tmpfs", "-o", f"size={SMALL_KB}k", "none", folder)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def read_only(told, tmp_path):
    """The finished root, mounted where nobody may write, not even root."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    mounted("--bind", told.after.path, folder)
    mounted("-o", "remount,ro,bind", folder)
    yield roots.Folder(folder)
    subprocess.run(["umount", "-l", folder], check=True)


def fill_up(folder, leave):
    """Leaves so many bytes free."""
    with open(folder / "ballast", "wb") as ballast:
        while True:
            left = subprocess.run(["stat", "-f", "-c", "%a %S", folder], capture_output=True, text=True, check=True).stdout.split()
            free = int(left[0]) * int(left[1])
            if free <= leave:
                return
            ballast.write(b"x" * min(free - leave, 1 << 16))
            ballast.flush()


@pytest.mark.parametrize("leave", [0, 4096, 8192, 16384])
def test_a_full_disk(told, small_disk, leave):
    """Full at one moment or another: named, with the place, nothing half-published; with room again it goes on."""
    root = roots.Folder(small_disk / "root").fill(told.before)
    before, seen = root.commits(), root.show("delta/host")
    fill_up(small_disk, leave)
    done = story.run_job(root, "delta", story.LAST, told.project, told.logs, expect=1)
    assert "No space left on device" in done.stderr and root.location in done.stderr
    assert root.commits() == before and root.show("delta/host") == seen
    (small_disk / "ballast").unlink()
    story.run_slots(root, [story.LAST], told.project, told.logs)
    assert root.contents() == told.after.contents()
    assert not [p for p in root.files() if p.startswith("_staging/")]


def test_a_read_only_disk(told, read_only):
    before = read_only.contents()
    done = story.run_job(read_only, "delta", story.LAST, told.project, told.logs, "--replace", expect=1)
    assert "Read-only file system" in done.stderr and read_only.location in done.stderr
    assert read_only.contents() == before
    # Looking needs no right to write.
    assert read_only.show("delta/host") == told.after.show("delta/host")
    read_only.run("findings", "--all")


@pytest.mark.parametrize("differ", [False, True], ids=["the same", "another"])
def test_two_writers_of_one_batch(told, tmp_path, differ):
    def fresh(n):
        return roots.Folder(tmp_path / f"root-{n}")
    writers.race_often(told, tmp_path, fresh, differ)
