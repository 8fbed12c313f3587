# SPDX-License-Identifier: Apache-2.0
"""What one streaming batch asks of S3: requests by kind and bytes. NDR_TEST_REQUESTS=1 measures with 33 and with 43 days behind it."""
import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import pytest

import roots
import story
import traffic
from story import batches

MOST = 300  # requests of delta, pair-counts, fg-a and fg-c together
DAY = 86_400


def folder(request, root):
    """The request's kind and the dataset that it is about."""
    parts = unquote(request.key if request.kind != "LIST" else "/" + root.bucket + "/" + unquote(request.query).split("prefix=")[-1].split("&")[0])
    inside = parts.replace(f"/{root.bucket}/{root.prefix}/", "").split("/feature_spec_version")
    return f"{request.kind} {inside[0]}{' index' if '_days' in parts else ''}"


def measure(root, proxy, slot, project, logs):
    """The batch's four jobs: (kind -> requests, bytes sent, bytes received) of each, printed."""
    total = Counter()
    for job in story.JOBS:
        proxy.requests.clear()
        story.run_job(root, job, slot, project, logs)
        kinds, sent, received = proxy.counts(), sum(r.sent for r in proxy.requests), sum(r.received for r in proxy.requests)
        print(f"{job:12} {sum(kinds.values()):5} requests {sent / 1e3:9.1f} kB up {received / 1e3:9.1f} kB down  "
              + ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items())))
        print(" " * 13 + ", ".join(f"{where} {n}" for where, n in Counter(folder(r, root) for r in proxy.requests).most_common(8)))
        total += kinds
    print(f"{'all':12} {total.total():5} requests  " + ", ".join(f"{kind} {n}" for kind, n in sorted(total.items())))
    return total


def test_a_batch_with_two_hours_behind_it(told, versitygw, bucket, proxy):
    root = roots.Prefix(versitygw, bucket, url=proxy.url).fill(told.before)
    total = measure(root, proxy, story.LAST, told.project, told.logs)
    assert 0 < total.total() <= MOST
    assert root.published() == told.after.published()


@pytest.mark.skipif(os.environ.get("NDR_TEST_REQUESTS") != "1", reason="NDR_TEST_REQUESTS=1 measures a batch with a month behind it")
def test_a_batch_with_a_month_behind_it(versitygw, proxy, tmp_path):
    """Ten days more behind it than the look-back holds cost nothing more."""
    totals = []
    project = batches.project(tmp_path / "project.json", keep={"pair_counts": True})
    records = traffic.history(24 * 44)
    for days in (33, 43):  # the look-back and the horizon reach 32 days at most
        last, folder = days * 96 + 40, roots.Folder(tmp_path / f"root-{days}")
        traffic.write([r for r in records if batches.slot_of(r) < last], tmp_path / f"logs-{days}.json")
        folder.run("replay", "--input", tmp_path / f"logs-{days}.json", "--project", project, "--horizons", "7d:2d", "--reference-time",
                   batches.iso((days - 1) * DAY), "--from", batches.iso(0), "--to", batches.iso(last * 900))
        for slot in (last, last + 1, last + 2):
            traffic.write([r for r in records if batches.slot_of(r) == slot], tmp_path / "new" / batches.batch_id(slot) / "sessions.json")
        root = roots.Prefix(versitygw, versitygw.bucket(f"month-{days}"), url=proxy.url)
        root.environment = root.environment | {"NDR_CACHE_MIB": "1024", "NDR_CACHE": str(tmp_path / "cache")}
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda path: root.write(path, folder.read(path)), folder.files()))
        print(f"\n{days} days, {len(folder.files())} objects behind")
        # The first batch after the copy reads every commit record, once, and leaves an index of them.
        story.run_slots(root, [last], project, tmp_path / "new")
        totals.append(measure(root, proxy, last + 1, project, tmp_path / "new"))
        print("the next batch, by a machine without local copies:")
        root.environment = root.environment | {"NDR_CACHE_MIB": "0"}
        measure(root, proxy, last + 2, project, tmp_path / "new")
        assert json.loads(root.read(f"_commits/fg_c/feature_spec_version=v1/{batches.batch_id(last + 1)}.json"))["reference"]
    assert totals[1].total() <= totals[0].total() <= MOST
