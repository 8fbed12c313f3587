# SPDX-License-Identifier: Apache-2.0
"""SageMaker's online store: every request is valid, and every record arrives or is a dead letter."""
import signal

import boto3
import pytest

import ingestion
import runtime as runtimes
from ingestion import GROUP, Ingestion, engine



@pytest.fixture(scope="session")
def root(tmp_path_factory):
    """Two hours: some 2,900 rows."""
    return ingestion.make_root(tmp_path_factory.mktemp("sagemaker"), hours=2)


@pytest.fixture(scope="session")
def keys(root):
    return ingestion.keys_of(root)


@pytest.fixture
def served(tmp_path):
    started = []

    def start(**config):
        started.append(runtimes.Runtime(tmp_path / f"runtime{len(started)}", **config))
        return started[-1]
    yield start
    for runtime in started:
        runtime.stop()


def accepted_keys(runtime):
    return {(identifier, event_time) for _, identifier, event_time in runtime.accepted()}


def assert_nothing_wrong(runtime, run):
    assert runtime.problems() == []
    files = run.said + "".join(path.read_text() for path in (run.ledger, run.letters) if path.exists())
    assert not [secret for secret in runtimes.SECRETS if secret in files]


def assert_in_order(runtime):
    """Of an entity no older record arrives after a newer one."""
    newest = {}
    for line in runtime.lines():
        for _, identifier, event_time, _ in line.get("accepted", []):
            assert newest.get(identifier, "") <= event_time
            newest[identifier] = event_time


def test_records_under_faults_and_kills(root, keys, served, tmp_path):
    """Each is accepted at least once with one value, or a dead letter; no more twice than answers were lost or cut off by a kill."""
    dead = "10.20.1.11|outbound|w_1h"
    faults = {"throttle": 0.2, "fail": 0.03, "unavailable": 0.03, "drop": 0.02, "lose": 0.02, "unprocessed": 0.02, "service_ms": 30,
              "reject": [dead]}
    runtime = served(**faults)
    run = Ingestion(root, runtime, tmp_path)
    flags = ("--history",)
    for kill in (25, 25):
        _, settled = run.ended_at(kill, signal.SIGKILL, *flags)
    report = run.run(*flags)

    wanted, accepted = keys, runtime.accepted()
    rejected = {key for key in wanted if key[0] == dead}
    assert len(wanted) > 1500 and rejected
    assert accepted_keys(runtime) == wanted - rejected
    letters = run.dead_letters()
    assert {tuple(letter["record_id"].rsplit("|", 1)) for letter in letters} == rejected
    assert {letter["reason"]["error"] for letter in letters} == {"ValidationError"}
    assert all(len(set(values)) == 1 for values in accepted.values())
    twice, most = runtimes.duplicates(accepted), runtime.lost_entries() + 2 * 8 * 25
    print(f"{len(wanted)} records, {twice} accepted twice, {runtime.lost_entries()} of lost answers; {report}; {runtime.outcomes()}")
    assert twice <= most
    assert_in_order(runtime)
    assert_nothing_wrong(runtime, run)
    # Everything that the ledger lacked is sent, and nothing else.
    assert report["attempted"] + settled == len(wanted) and report["known"] == settled > 0
    requests = len(runtime.lines())
    run.run(*flags)
    assert len(runtime.lines()) == requests  # the ledger has all of it


def test_one_that_is_stopped_sends_nothing_twice(root, keys, served, tmp_path):
    """The first Ctrl-C lets what is in flight be answered, and in the ledger."""
    runtime = served(service_ms=100)
    run = Ingestion(root, runtime, tmp_path)
    code, rows = run.ended_at(30, signal.SIGINT, "--history")
    assert code == 130 and "the same command goes on from there" in run.said
    assert rows == len(runtime.accepted()) < len(keys)
    run.run("--history")
    assert accepted_keys(runtime) == keys
    assert runtimes.duplicates(runtime.accepted()) == 0


def test_only_the_newest_of_an_entity(root, keys, served, tmp_path):
    runtime = served(keep=True)
    run = Ingestion(root, runtime, tmp_path)
    report = run.run()
    wanted = {}
    for entity, event_time in sorted(keys, key=lambda key: key[1]):
        wanted[entity] = event_time
    assert {identifier: time for (_, identifier), time in runtime.newest().items()} == wanted
    assert report["attempted"] == report["accepted"] == len(wanted) == sum(line["n"] for line in runtime.lines())
    assert report["superseded"] == len(keys) - len(wanted)
    assert report["requests"] == -(-len(wanted) // 25) or report["requests"] < len(wanted) / 20
    assert {line["operation"] for line in runtime.lines()} == {"BatchWriteRecord"}
    # The values are those of the rows.
    entry = runtime.lines()[0]["parameters"]["Entries"][0]
    sent = {f["FeatureName"]: f["ValueAsString"] for f in entry["Record"]}
    row = next(r for r in engine.show(root, "fg_a", *engine.EVER) if r["record_id"] == sent["record_id"])
    for name in ingestion.FEATURES:
        assert (row[name] is None) == (name not in sent), name
        if isinstance(row[name], str):
            assert sent[name] == row[name]
        elif row[name] is not None:
            assert float(sent[name]) == float(row[name]), name
    # As many as the service lists.
    said = engine.run("features", "status", "--remote", "--root", root, "--project", run.project, "--dataset", "fg_a",
                      env=runtime.environment()).stdout
    assert f"{GROUP} {len(wanted)}" in " ".join(said.split())
    assert_nothing_wrong(runtime, run)


def test_put_record_and_boto3_are_interchangeable(root, served, tmp_path):
    """What the engine puts one by one, boto3 puts in batches: the stores end up the same."""
    runtime, other = served(keep=True), served()
    Ingestion(root, runtime, tmp_path, entries_per_request=1).run("--until", "2026-03-03T00:30:00Z")
    lines = runtime.lines()
    assert {line["operation"] for line in lines} == {"PutRecord"}
    client = boto3.client("sagemaker-featurestore-runtime", endpoint_url=other.url, region_name=runtimes.REGION,
                          aws_access_key_id=runtimes.runtime_server.KEY, aws_secret_access_key=runtimes.SECRETS[0],
                          aws_session_token=runtimes.SECRETS[1])
    entries = [line["parameters"] for line in lines]
    for first in range(0, len(entries), 25):
        assert not client.batch_write_record(Entries=entries[first:first + 25])["UnprocessedEntries"]
    assert runtime.accepted() == other.accepted() and len(runtime.accepted()) > 100
    assert runtime.problems() == other.problems() == []
    listed = client.list_records(FeatureGroupName=GROUP)
    assert len(listed["RecordIdentifiers"]) == 100 and listed["NextToken"]


def test_whole_requests_are_refused_for_one_record(root, keys, served, tmp_path):
    dead = "10.20.1.11|outbound|w_1h"
    runtime = served(reject_whole=[dead])
    run = Ingestion(root, runtime, tmp_path)
    run.run()
    assert [letter["reason"] for letter in run.dead_letters()] == [{"error": "ValidationError", "message": "one of them"}]
    assert runtime.outcomes()["ValidationError"] == 2  # among others, then alone
    assert len(runtime.newest()) == len({entity for entity, _ in keys}) - 1


def test_too_many_dead_letters_fail_the_run(root, keys, served, tmp_path):
    runtime = served(reject=[entity for entity, _ in keys if entity.endswith("w_1h")])
    run = Ingestion(root, runtime, tmp_path, max_dead_letter_ratio=0.01)
    said = run.run(expect=1)
    assert "records were refused, more than the ratio 0.01" in said and str(run.letters) in said


def test_what_never_passes(root, keys, served, tmp_path):
    run = Ingestion(root, served(forbidden=True), tmp_path)
    said = run.run(expect=1)
    assert f"the credentials need sagemaker:BatchWriteRecord and sagemaker:PutRecord on feature group {GROUP}" in said
    assert run.runtime.outcomes()["AccessForbidden"] <= 8  # once a connection at most
    run.runtime.again(groups=["another"])
    assert f"there is no feature group {GROUP} in region eu-central-1" in run.run(expect=1)
    assert "the AWS credentials are refused" in run.run(expect=1, AWS_SECRET_ACCESS_KEY="wrong")
    run.runtime.again(drop=1)
    said = run.run(expect=1, AWS_MAX_ATTEMPTS="3")
    assert "SageMaker accepts nothing any more: NoAnswer" in said and "after 3 attempts" in said
    run.runtime.again()
    run.run()  # and goes on where it was
    assert accepted_keys(run.runtime) <= keys


def test_a_forecast_sends_nothing(root, keys, served, tmp_path):
    run = Ingestion(root, served(), tmp_path, requests_per_second=2)
    report = run.run("--history", "--dry-run")
    records = len(keys)
    requests = -(-records // 25)
    assert (report["records"], report["requests"], report["write units"]) == (records, requests, records)
    assert report["hours"] == pytest.approx(requests / 2 / 3600, abs=0.001)
    assert not run.runtime.lines() and not run.ledger.exists()


def test_a_forecast_needs_no_account(root, keys, served, tmp_path):
    run = Ingestion(root, served(), tmp_path)
    nowhere = dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_SAGEMAKER_FEATURESTORE_RUNTIME", "AWS_ACCESS_KEY_ID"), "")
    assert run.run("--history", "--dry-run", **nowhere)["records"] == len(keys)


def test_the_configured_rate_is_never_exceeded(root, served, tmp_path):
    runtime = served()
    Ingestion(root, runtime, tmp_path, requests_per_second=20, concurrency=4).run()
    times = [line["t"] for line in runtime.lines()]
    assert len(times) > 15
    for first in range(len(times)):
        for last in range(first, len(times)):
            # A burst of a tenth of a second, one in debt, and those that four connections held back.
            assert last - first + 1 <= 20 * (times[last] - times[first]) + 2 + 1 + 4
