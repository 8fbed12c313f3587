# SPDX-License-Identifier: Apache-2.0
"""Killed at any call that changes the disk and run again, a root is as never killed, and nobody saw a part in between.
NDR_TEST_KILL_ALL=1 tries every call, otherwise a few."""
import pytest

import kills
import roots
import story
import engine

FEW = 3


def copy(root, to):
    return roots.Folder(to).fill(root)


def assert_kills_leave_nothing(tmp_path, before, after, command, shown, few):
    """`command(root)`: what makes `after` of `before`; `shown(root)`: what readers see, before or after and nothing else."""
    points = kills.calls_of(command(copy(before, tmp_path / "counted")), tmp_path)
    expected, states = after.contents(), (shown(before), shown(after))
    assert states[0] != states[1]
    chosen = kills.some(points, few)
    print(f"{len(chosen)} of {len(points)} kills")
    for call, n in chosen:
        root = copy(before, tmp_path / f"{call}-{n}")
        kills.kill_at(command(root), tmp_path, call, n)
        root_sees = shown(root)
        assert root_sees in states, (call, n)
        engine.run(*command(root)[1:])
        assert root.contents() == expected, (call, n)
        assert root.run("gc", "--older-than", "0m").stdout.startswith("Found 0 files"), (call, n)


@pytest.mark.parametrize("job, dataset", [("delta", "delta/host"), ("pair-counts", "pair_counts"), ("fg-a", "fg_a"), ("fg-c", "fg_c/host")])
def test_a_batch(told, tmp_path, job, dataset):
    """A job of the last slot, the jobs that it needs having run."""
    before = copy(told.before, tmp_path / "before")
    for needed in story.JOBS[:story.JOBS.index(job)]:
        story.run_job(before, needed, story.LAST, told.project, told.logs)
    after = copy(before, tmp_path / "after")
    logs = ["--raw-parsed-logs-prefix", told.logs] if job == "delta" else []
    story.run_job(after, job, story.LAST, told.project, told.logs)

    def command(root):
        return [engine.BINARY, *story.flags(job, story.LAST, told.project), *logs, "--root", root.location]
    assert_kills_leave_nothing(tmp_path, before, after, command, lambda root: root.show(dataset), FEW)


def test_a_reference(told, tmp_path):
    """Baselines of another time: several tables and horizons, one commit."""
    before, after = told.before, copy(told.before, tmp_path / "after")
    story.run_job(after, "fg-b", story.REFERENCE + 1, told.project)

    def command(root):
        return [engine.BINARY, *story.flags("fg-b", story.REFERENCE + 1, told.project), "--root", root.location]
    assert_kills_leave_nothing(tmp_path, before, after, command, lambda root: [root.show("fg_b/host"), root.show("fg_b/pair/host")], FEW)


def test_a_replaced_batch(told, tmp_path):
    """Another delivery of the slot: between the old and the new a reader may find no batch, but never a part of one."""
    before, after, gone = told.after, copy(told.after, tmp_path / "after"), copy(told.after, tmp_path / "gone")
    changed = tmp_path / "changed.json"
    changed.write_text(story.traffic.text([story.traffic.record(1, story.LAST * 900 + 5, "10.1.0.10", "203.0.113.99")]))
    gone.delete(f"_commits/delta/feature_spec_version=v1/{story.batches.batch_id(story.LAST)}.json")

    def command(root):
        return [engine.BINARY, *story.flags("delta", story.LAST, told.project), "--input", changed, "--root", root.location]
    engine.run(*command(after)[1:])
    without = gone.show("delta/host")

    def shown(root):
        seen = root.show("delta/host")
        return shown.before if seen == without else seen
    shown.before = before.show("delta/host")
    assert_kills_leave_nothing(tmp_path, before, after, command, shown, FEW)
