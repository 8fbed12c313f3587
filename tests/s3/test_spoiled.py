# SPDX-License-Identifier: Apache-2.0
"""A committed file with one byte that is not what was committed: named, never read as if it were."""
import os

import pytest

import roots
import engine

FLIPS = 200 if os.environ.get("NDR_TEST_KILL_ALL") == "1" else 12


@pytest.fixture(params=["folder", "versitygw"])
def root(request, told, tmp_path):
    if request.param == "folder":
        return roots.Folder(tmp_path / "root").fill(told.after)
    return roots.Prefix(request.getfixturevalue("versitygw"), request.getfixturevalue("bucket")).fill(told.after)


def flips(size, number):
    """Places spread evenly over a file, its first and last byte too."""
    return sorted({i * (size - 1) // (number - 1) for i in range(number)})


@pytest.mark.parametrize("dataset", ["delta/host", "fg_a"])
def test_a_flipped_byte_is_named(root, dataset):
    """`ndr show` of the batch: the whole answer as before, or an error that names the file."""
    path = next(p for p in reversed(root.files()) if p.startswith(dataset + "/"))
    content, expected = root.read(path), root.show(dataset)
    for place in flips(len(content), FLIPS):
        root.write(path, content[:place] + bytes([content[place] ^ 1]) + content[place + 1:])
        done = root.run("show", dataset, *engine.EVER, "--format", "json", expect=None)
        assert done.returncode != 0 and path in done.stderr, f"byte {place} of {len(content)}: {done.stderr[-300:]}"
    root.write(path, content)
    assert root.show(dataset) == expected


def test_verify_names_what_is_not_as_committed(root):
    """A flipped byte in one file, another one gone; what is put right again is as committed."""
    assert root.run("verify").stdout.startswith("As committed: ")
    flipped, gone = (next(p for p in reversed(root.files()) if p.startswith(dataset + "/")) for dataset in ("delta/pair", "fg_a"))
    kept = {path: root.read(path) for path in (flipped, gone)}
    root.write(flipped, kept[flipped][:-1] + bytes([kept[flipped][-1] ^ 1]))
    root.delete(gone)
    done = root.run("verify", expect=3)
    assert sorted(line.split(" ")[0] for line in done.stdout.splitlines()) == sorted([flipped, gone])
    assert "--replace" in done.stderr
    for path, content in kept.items():
        root.write(path, content)
    root.run("verify")


@pytest.mark.parametrize("spoil", [lambda c: c[:-1], lambda c: c + b"x", lambda c: b""], ids=["shorter", "longer", "empty"])
def test_another_length_is_named(root, spoil):
    path = next(p for p in reversed(root.files()) if p.startswith("delta/host/"))
    root.write(path, spoil(root.read(path)))
    done = root.run("show", "delta/host", *engine.EVER, expect=None)
    assert done.returncode != 0 and path in done.stderr
