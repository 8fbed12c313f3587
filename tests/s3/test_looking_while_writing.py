# SPDX-License-Identifier: Apache-2.0
"""A batch that is replaced again and again while somebody looks, or a job reads it: the one delivery, the other, or none; never a
part, never an error."""
import hashlib

import pytest

import fault_proxy
import roots
import story
import writers
import engine

REPLACEMENTS = 8
UNIT, END = story.batches.batch_id(story.LAST), story.batches.iso((story.LAST + 1) * 900)
DELTA, PAIR_COUNTS = (f"_commits/{family}/feature_spec_version=v1/{UNIT}.json" for family in ("delta", "pair_counts"))


@pytest.fixture(params=["folder", "versitygw"])
def root(request, told, tmp_path):
    if request.param == "folder":
        return roots.Folder(tmp_path / "root").fill(told.before)
    return roots.Prefix(request.getfixturevalue("versitygw"), request.getfixturevalue("bucket")).fill(told.before)


def of_last_slot(root, dataset="delta/pair"):
    return root.show(dataset, "--at", END)


def hash_of(root, path):
    return hashlib.sha256(root.read(path)).hexdigest()


def replacing(told, root, logs):
    """A process that puts this delivery in the place of what stands there."""
    return engine.start(*story.flags("delta", story.LAST, told.project), "--input", logs, "--root", root.location, env=root.environment)


def test_a_batch_that_is_replaced(told, root, tmp_path):
    logs, states = writers.deliveries(told, tmp_path, differ=True), [[]]
    for of_one in logs:
        root.run(*story.flags("delta", story.LAST, told.project), "--input", of_one)
        states.append(of_last_slot(root))
    assert states[1] != states[2] and [] not in states[1:]
    seen = set()
    for n in range(REPLACEMENTS):
        writer = replacing(told, root, logs[n % 2])
        while writer.poll() is None:
            rows = of_last_slot(root)
            assert rows in states
            seen.add(states.index(rows))
        assert engine.ended(writer) and writer.returncode == 0
    assert seen & {1, 2}


def test_a_job_that_reads_a_batch_that_is_replaced(told, root, tmp_path):
    """What it commits names the delivery that it was made from. Between the two it may find none, and says so."""
    logs, made_of = writers.deliveries(told, tmp_path, differ=True), {}
    for of_one in logs:
        root.run(*story.flags("delta", story.LAST, told.project), "--input", of_one)
        story.run_job(root, "pair-counts", story.LAST, told.project)
        made_of[hash_of(root, DELTA)] = of_last_slot(root, "pair_counts")
    assert len(made_of) == 2
    for n in range(REPLACEMENTS):
        writer = replacing(told, root, logs[n % 2])
        while writer.poll() is None:
            done = story.run_job(root, "pair-counts", story.LAST, told.project, expect=None)
            assert done.returncode == 0 or (done.returncode == 3 and "is not committed" in done.stderr), done
            [made] = root.commits()[PAIR_COUNTS]["inputs"]
            assert of_last_slot(root, "pair_counts") == made_of[made["sha256"]]
        assert engine.ended(writer) and writer.returncode == 0


@pytest.fixture
def watched(told, versitygw, bucket, proxy):
    """(a root behind the proxy, the same root past it)."""
    past = roots.Prefix(versitygw, bucket).fill(told.after)
    return roots.Prefix(versitygw, bucket, url=proxy.url), past


def test_a_job_begins_again_where_its_file_goes(told, watched, proxy, tmp_path):
    """The batch is replaced after the job read its record, at the moment at which it asks for its file."""
    root, past = watched
    changed = story.traffic.write([story.traffic.record(1, story.LAST * 900 + 5, "10.1.0.10", "203.0.113.99")], tmp_path / "changed.json")

    def replace():
        past.run(*story.flags("delta", story.LAST, told.project), "--input", changed)
    proxy.on(fault_proxy.look(replace), method="GET", key="/delta/pair/")
    done = story.run_job(root, "pair-counts", story.LAST, told.project, None, "--replace")
    assert "began again" in done.stdout
    assert [row["dst_ip"] for row in of_last_slot(past, "pair_counts")] == ["203.0.113.99"]
    assert [made["sha256"] for made in past.commits()[PAIR_COUNTS]["inputs"]] == [hash_of(past, DELTA)]
    assert [step["rows_in"] for step in past.report("pair_counts", UNIT)["steps"] if step["name"] == "pair_counts"] == [1]


def test_a_file_that_is_gone_for_good_ends_a_job(told, watched):
    root, past = watched
    gone = next(p for p in past.files() if p.startswith("delta/pair/") and UNIT in p)
    past.delete(gone)
    done = story.run_job(root, "pair-counts", story.LAST, told.project, None, "--replace", expect=1)
    assert gone in done.stderr and "removed by hand" in done.stderr and "began again" not in done.stdout


def test_a_reference_that_is_built_anew_is_explained_as_it_is_now(told, watched, proxy, tmp_path):
    root, past = watched
    host = past.show("fg_c/host", "--at", END)[0]["host_ip"]
    shorter = [horizon | {"length_days": horizon["length_days"] / 2} for horizon in story.HORIZONS]
    other = story.batches.project(tmp_path / "other.json", horizons=shorter, keep={"pair_counts": True})
    ask = ("explain", "--host", host, "--at", END, "--format", "json")

    def rebuild():
        past.run(*story.flags("fg-b", story.REFERENCE, other), "--replace")
    before = root.run(*ask).stdout
    proxy.on(fault_proxy.look(rebuild), method="GET", key="/fg_b/host/")
    meanwhile = root.run(*ask).stdout
    assert 404 in [r.status for r in proxy.requests if "/fg_b/host/" in r.key]
    assert meanwhile == past.run(*ask).stdout and meanwhile != before
