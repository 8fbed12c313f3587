# SPDX-License-Identifier: Apache-2.0
"""Killed at any request to S3, before the server saw it or after, and run again, a root is as never killed, and nobody saw a part.
NDR_TEST_KILL_ALL=1 tries every request from the first that writes on, otherwise a few."""
import os
import signal

import pytest

import fault_proxy
import kills
import roots
import story
import engine

FEW = 3
WRITES = ("PUT", "POST", "COPY", "DELETE", "DELETES")


@pytest.fixture
def fresh(versitygw, proxy):
    """A function that gives a root of its own behind the proxy."""
    def make(name, content):
        return roots.Prefix(versitygw, versitygw.bucket(f"kill-{name}-{os.getpid()}"), url=proxy.url).fill(content)
    return make


def killed(proxy, root, command, at, after):
    """The command, killed at the at-th request."""
    proxy.reset()
    process = engine.start(*command, "--root", root.location, env=root.environment)
    proxy.on(fault_proxy.call(lambda: os.kill(process.pid, signal.SIGKILL), after=after), at=at)
    engine.ended(process, 120)
    proxy.reset()
    assert process.returncode == -signal.SIGKILL, f"request {at}: not killed but {process.returncode}"


def assert_kills_leave_nothing(proxy, fresh, before, after, command, shown, name, again):
    """`again`: a command that makes once more what is there, so that the root has its index of commit records, as one in use has."""
    used = fresh(f"{name}-used", before)
    used.run(*again, "--replace")
    assert used.published() == before.published()
    content = roots.Snapshot(used)
    counted = fresh(f"{name}-0", content)
    proxy.reset()
    counted.run(*command)
    kinds = [r.kind for r in proxy.requests]
    assert counted.published() == after.published()
    first = next(i for i, kind in enumerate(kinds) if kind in WRITES)
    points = kills.some([(at + 1, then) for at in range(first, len(kinds)) for then in (False, True)], FEW)
    print(f"{len(points)} kills, {len(kinds)} requests, {len(kinds) - first} from the first that writes on")
    expected, states = after.published(), (shown(before), shown(after))
    assert states[0] != states[1]
    for number, (at, then) in enumerate(points):
        root = fresh(f"{name}-{number + 1}", content)
        killed(proxy, root, command, at, then)
        where = (at, kinds[at - 1], "after" if then else "before")
        assert shown(root) in states, where
        root.run(*command)
        assert root.published() == expected and shown(root) == states[1], where
        root.assert_whole()
        assert root.run("gc", "--older-than", "0m").stdout.startswith("Found 0 files"), where


@pytest.mark.parametrize("job, dataset", [("delta", "delta/host"), ("pair-counts", "pair_counts"), ("fg-a", "fg_a"), ("fg-c", "fg_c/host")])
def test_a_batch(told, tmp_path, proxy, fresh, job, dataset):
    before = roots.Folder(tmp_path / "before").fill(told.before)
    for needed in story.JOBS[:story.JOBS.index(job)]:
        story.run_job(before, needed, story.LAST, told.project, told.logs)
    after = roots.Folder(tmp_path / "after").fill(before)
    story.run_job(after, job, story.LAST, told.project, told.logs)
    logs = ["--raw-parsed-logs-prefix", told.logs] if job == "delta" else []
    assert_kills_leave_nothing(proxy, fresh, before, after, [*story.flags(job, story.LAST, told.project), *logs],
                               lambda root: root.show(dataset), job, [*story.flags(job, story.LAST - 1, told.project), *logs])


def test_a_reference(told, tmp_path, proxy, fresh):
    after = roots.Folder(tmp_path / "after").fill(told.before)
    story.run_job(after, "fg-b", story.REFERENCE + 1, told.project)
    assert_kills_leave_nothing(proxy, fresh, told.before, after, story.flags("fg-b", story.REFERENCE + 1, told.project),
                               lambda root: [root.show("fg_b/host"), root.show("fg_b/pair/host")], "reference",
                               story.flags("fg-b", story.REFERENCE, told.project))


def test_a_replaced_batch(told, tmp_path, proxy, fresh):
    """Another delivery of the slot: between the old and the new a reader may find no batch, but never a part of one."""
    changed = story.traffic.write([story.traffic.record(1, story.LAST * 900 + 5, "10.1.0.10", "203.0.113.99")], tmp_path / "changed.json")
    command = [*story.flags("delta", story.LAST, told.project), "--input", changed]
    after, gone = roots.Folder(tmp_path / "after").fill(told.after), roots.Folder(tmp_path / "gone").fill(told.after)
    after.run(*command)
    gone.delete(f"_commits/delta/feature_spec_version=v1/{story.batches.batch_id(story.LAST)}.json")
    without, old = gone.show("delta/host"), told.after.show("delta/host")

    def shown(root):
        seen = root.show("delta/host")
        return old if seen == without else seen
    assert_kills_leave_nothing(proxy, fresh, told.after, after, command, shown, "replaced",
                               [*story.flags("delta", story.LAST - 1, told.project), "--raw-parsed-logs-prefix", told.logs])
