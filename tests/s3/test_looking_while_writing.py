# SPDX-License-Identifier: Apache-2.0
"""A batch that is replaced again and again while somebody looks: the one delivery, the other, or none; never a part, never an error."""
import os
import subprocess

import pytest

import roots
import story
import writers
import engine

REPLACEMENTS = 8


@pytest.fixture(params=["folder", "versitygw"])
def root(request, told, tmp_path):
    if request.param == "folder":
        return roots.Folder(tmp_path / "root").fill(told.before)
    return roots.Prefix(request.getfixturevalue("versitygw"), request.getfixturevalue("bucket")).fill(told.before)


def of_last_slot(root):
    start = story.batches.iso(story.LAST * 900)
    return [row for row in root.show("delta/pair") if row["slice_start_ts"] == start]


def test_a_batch_that_is_replaced(told, root, tmp_path):
    logs, states = writers.deliveries(told, tmp_path, differ=True), [[]]
    for of_one in logs:
        root.run(*story.flags("delta", story.LAST, told.project), "--input", of_one)
        states.append(of_last_slot(root))
    assert states[1] != states[2] and [] not in states[1:]
    seen = set()
    for n in range(REPLACEMENTS):
        writer = subprocess.Popen([engine.BINARY, *map(str, story.flags("delta", story.LAST, told.project)), "--input", str(logs[n % 2]), "--root",
                                   root.location], env={**os.environ, **root.environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        while writer.poll() is None:
            rows = of_last_slot(root)
            assert rows in states
            seen.add(states.index(rows))
        assert writer.returncode == 0, writer.stdout.read()
    assert seen & {1, 2}
