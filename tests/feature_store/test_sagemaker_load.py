# SPDX-License-Identifier: Apache-2.0
"""What takes minutes or a quiet machine, so NDR_TEST_LOAD=1 asks for it: 100,000 records under faults, rates, and how much faster
batches are than one record at a time. `pytest -s` shows the numbers."""
import os
import signal
import time

import pytest

import ingestion
import runtime as runtimes
from ingestion import Ingestion
from test_sagemaker import accepted_keys, assert_in_order, assert_nothing_wrong, served  # noqa: F401

TWO_HOURS = ("--until", "2026-03-03T02:00:00Z")
pytestmark = pytest.mark.skipif(os.environ.get("NDR_TEST_LOAD") != "1", reason="NDR_TEST_LOAD=1 asks for it")


@pytest.fixture(scope="session")
def two_days(tmp_path_factory):
    return ingestion.make_root(tmp_path_factory.mktemp("load"), days=2)


def accepted_in_the_end(runtime):
    """What was accepted once the server has done with the requests of a process that is gone."""
    before = None
    while len(runtime.lines()) != before:
        before = len(runtime.lines())
        time.sleep(1)
    return runtime.accepted()


def test_100000_records_under_faults_and_two_kills(two_days, served, tmp_path):  # noqa: F811
    runtime = served(throttle=0.3, fail=0.02, unavailable=0.02, drop=0.02, lose=0.01, unprocessed=0.005)
    run = Ingestion(two_days, runtime, tmp_path, requests_per_second=4000, write_units_per_second=400000)
    in_flight = []
    for kill in (1500, 2000):
        _, rows = run.ended_at(kill, signal.SIGKILL, "--history")
        in_flight.append(len(accepted_in_the_end(runtime)) - rows)
    report = run.run("--history")
    accepted, wanted = runtime.accepted(), ingestion.keys_of(two_days)
    twice = runtimes.duplicates(accepted)
    print(f"\n{len(wanted)} records, {twice} accepted twice: {runtime.lost_entries()} of lost answers, {in_flight} accepted and "
          f"not in the ledger at the kills\n{report}\n{runtime.outcomes()}")
    assert len(wanted) >= 100_000
    dead = {tuple(letter["record_id"].rsplit("|", 1)) for letter in run.dead_letters()}
    assert accepted_keys(runtime) | dead == wanted
    assert all(len(set(values)) == 1 for values in accepted.values())
    assert twice <= runtime.lost_entries() + sum(in_flight) and all(0 <= n <= 8 * 25 for n in in_flight)
    assert_in_order(runtime)
    assert_nothing_wrong(runtime, run)


def rate_of(runtime):
    """Accepted requests a second, and the share of throttled ones."""
    lines = runtime.lines()
    accepted = sum(line["outcome"] == "ok" for line in lines)
    return accepted / (lines[-1]["t"] - lines[0]["t"]), sum(line["outcome"] == "ThrottlingException" for line in lines) / len(lines)


def test_without_faults_the_configured_rate(two_days, served, tmp_path):  # noqa: F811
    """The server serves over twice this rate, as the run without a limit shows."""
    rates = {}
    for configured in (200, 10000):
        runtime, folder = served(service_ms=5, check_every=5), tmp_path / str(configured)
        folder.mkdir()
        Ingestion(two_days, runtime, folder, requests_per_second=configured, entries_per_request=1).run("--history", *TWO_HOURS)
        rates[configured], throttled = rate_of(runtime)
        assert runtime.problems() == [] and throttled == 0
    print(f"\n{rates[200]:.1f} requests/s of 200 configured; the server serves {rates[10000]:.1f}")
    assert rates[200] >= 0.9 * 200 and rates[10000] >= 2 * 200


def test_a_server_that_takes_half(two_days, served, tmp_path):  # noqa: F811
    runtime = served(service_ms=5, limit=150, check_every=5)
    Ingestion(two_days, runtime, tmp_path, requests_per_second=300, entries_per_request=1).run("--history", *TWO_HOURS)
    rate, throttled = rate_of(runtime)
    print(f"\n{rate:.1f} requests/s of a limit of 150, {100 * throttled:.1f} % throttled")
    assert rate >= 0.9 * 150 and throttled < 0.1


def test_batches_against_one_at_a_time(two_days, served, tmp_path):  # noqa: F811
    """Records a second with BatchWriteRecord over eight connections, and with one PutRecord at a time, 5 ms a request."""
    rates = {}
    for name, until, online in (("one at a time", "2026-03-03T01:00:00Z", {"entries_per_request": 1, "concurrency": 1}),
                                ("batches", "2026-03-03T10:00:00Z", {})):
        runtime = served(service_ms=5, check_every=50)
        folder = tmp_path / name
        folder.mkdir()
        report = Ingestion(two_days, runtime, folder, requests_per_second=10000, **online).run("--history", "--until", until)
        assert runtime.problems() == []
        rates[name] = report["records/s"]
    ratio = rates["batches"] / rates["one at a time"]
    print(f"\n{rates}: {ratio:.1f} times")
    assert ratio >= 20
