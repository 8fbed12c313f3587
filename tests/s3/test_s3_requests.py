# SPDX-License-Identifier: Apache-2.0
"""What one streaming batch asks of S3: requests by kind and bytes. NDR_TEST_REQUESTS=1 measures with 31 and with 41 days behind it."""
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

import roots
import story
import traffic
from story import batches

MOST = 300  # requests of delta, pair-counts, fg-a and fg-c together
DAY = 86_400


def measure(root, proxy, slot, project, logs):
    """The batch's four jobs: (kind -> requests, bytes sent, bytes received) of each, printed."""
    total = Counter()
    for job in story.JOBS:
        proxy.requests.clear()
        story.run_job(root, job, slot, project, logs)
        kinds, sent, received = proxy.counts(), sum(r.sent for r in proxy.requests), sum(r.received for r in proxy.requests)
        print(f"{job:12} {sum(kinds.values()):5} requests {sent / 1e3:9.1f} kB up {received / 1e3:9.1f} kB down  "
              + ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items())))
        total += kinds
    print(f"{'all':12} {total.total():5} requests  " + ", ".join(f"{kind} {n}" for kind, n in sorted(total.items())))
    return total


def test_a_batch_with_three_hours_behind_it(told, versitygw, bucket, proxy):
    root = roots.Prefix(versitygw, bucket, url=proxy.url).fill(told.before)
    total = measure(root, proxy, story.LAST, told.project, told.logs)
    assert 0 < total.total() <= MOST
    assert root.published() == told.after.published()


@pytest.mark.skipif(os.environ.get("NDR_TEST_REQUESTS") != "1", reason="NDR_TEST_REQUESTS=1 measures a batch with a month behind it")
def test_a_batch_with_a_month_behind_it(versitygw, proxy, tmp_path):
    """Ten days more behind it than the look-back holds cost nothing more."""
    totals = []
    project = batches.project(tmp_path / "project.json", keep={"pair_counts": True})
    records = traffic.history(24 * 42)
    for days in (31, 41):
        last, folder = days * 96 + 40, roots.Folder(tmp_path / f"root-{days}")
        traffic.write([r for r in records if batches.slot_of(r) < last], tmp_path / f"logs-{days}.json")
        folder.run("replay", "--input", tmp_path / f"logs-{days}.json", "--project", project, "--horizons", "7d:2d", "--reference-time",
                   batches.iso((days - 1) * DAY), "--from", batches.iso(0), "--to", batches.iso(last * 900))
        traffic.write([r for r in records if batches.slot_of(r) == last], tmp_path / "new" / batches.batch_id(last) / "sessions.json")
        root = roots.Prefix(versitygw, versitygw.bucket(f"month-{days}"), url=proxy.url)
        root.environment = root.environment | {"NDR_CACHE_MIB": "1024", "NDR_CACHE": str(tmp_path / "cache")}
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda path: root.write(path, folder.read(path)), folder.files()))
        print(f"\n{days} days, {len(folder.files())} objects behind")
        totals.append(measure(root, proxy, last, project, tmp_path / "new"))
        assert root.commits()[f"_commits/fg_c/feature_spec_version=v1/{batches.batch_id(last)}.json"]["reference"]
    assert totals[1].total() <= totals[0].total() <= MOST
