# SPDX-License-Identifier: Apache-2.0
"""What a store may answer instead of what was asked: a clear error with the remedy, or success; nothing half-published, nothing
retried for ever."""
import os
import re
import time

import pytest

import fault_proxy
import roots
import servers
import story

ATTEMPTS = 3  # AWS_MAX_ATTEMPTS of roots.environment
DATA, COMMIT, INDEX = r"/delta/host/", r"/_commits/delta/.*\.json$", r"/_commits/delta/.*\.jsonl\.zst$"
LIMIT_SECONDS = 120


@pytest.fixture
def lake(told, versitygw, bucket, proxy):
    """Everything but the last slot, behind the proxy."""
    lake = roots.Prefix(versitygw, bucket, url=proxy.url).fill(told.before)
    proxy.reset()
    return lake


def deliver(told, lake, expect, env=None):
    begin = time.monotonic()
    done = story.run_job(lake, "delta", story.LAST, told.project, told.logs, expect=expect, env=env)
    assert time.monotonic() - begin < LIMIT_SECONDS
    return done


def assert_whole_after(told, lake, proxy):
    """Once the fault is gone the same command ends well."""
    proxy.reset()
    deliver(told, lake, expect=0)
    assert of_delta(lake) == of_delta(told.after)
    lake.assert_whole()


def of_delta(root):
    return {path: digest for path, digest in root.published().items() if path.removeprefix("_commits/").startswith("delta/")}


HEALED = {
    "slow down": fault_proxy.slow_down(),
    "internal error": fault_proxy.refuse(500, "InternalError"),
    "cut while sending": fault_proxy.cut_request(),
    "lost answer": fault_proxy.lose_answer(),
    "cut while answering": fault_proxy.cut_answer(),
    "sent twice": fault_proxy.send_twice(),
}


@pytest.mark.parametrize("where", [DATA, COMMIT, INDEX], ids=["data", "commit", "index"])
@pytest.mark.parametrize("fault", HEALED)
def test_one_failure_of_a_put_heals(told, lake, proxy, fault, where):
    proxy.on(HEALED[fault], method="PUT", key=where)
    deliver(told, lake, expect=0)
    assert len([r for r in proxy.requests if r.kind == "PUT" and re.search(where, r.key)]) >= 1
    assert_whole_after(told, lake, proxy)


@pytest.mark.parametrize("fault", ["lost answer", "sent twice"])
def test_a_withdrawal_that_is_sent_twice_is_known_as_ones_own(told, lake, proxy, tmp_path, fault):
    """Each conditional put of a replacement: the withdrawal, then the record, whose first sending the second one meets."""
    story.run_slots(lake, [story.LAST], told.project, told.logs)
    changed = story.traffic.write([story.traffic.record(1, story.LAST * 900 + 5, "10.1.0.10", "203.0.113.99")], tmp_path / "changed.json")
    proxy.reset()
    proxy.on(HEALED[fault], method="PUT", key=COMMIT, times=2 if fault == "sent twice" else 1)
    lake.run(*story.flags("delta", story.LAST, told.project), "--input", changed)
    assert [r.status for r in proxy.requests if r.kind == "PUT" and re.search(COMMIT, r.key)].count(412) >= 1
    assert [row["dst_ip"] for row in lake.show("delta/pair", "--at", story.batches.iso((story.LAST + 1) * 900))] == ["203.0.113.99"]
    lake.assert_whole()
    assert_whole_after(told, lake, proxy)


@pytest.mark.parametrize("kind", ["GET", "LIST"])
@pytest.mark.parametrize("fault", ["slow down", "internal error", "lost answer", "cut while answering"])
def test_one_failure_of_a_read_heals(told, lake, proxy, fault, kind):
    proxy.on(HEALED[fault], method=kind)
    deliver(told, lake, expect=0)
    assert [r for r in proxy.requests if r.kind == kind], f"the engine sent no {kind}"
    assert_whole_after(told, lake, proxy)


def test_a_conflict_is_tried_again(told, lake, proxy):
    proxy.on(fault_proxy.refuse(409, "ConditionalRequestConflict"), method="PUT", key=COMMIT)
    deliver(told, lake, expect=0)
    assert len([r for r in proxy.requests if r.kind == "PUT" and re.search(COMMIT, r.key)]) == 2
    assert_whole_after(told, lake, proxy)


# What is refused for ever; what the message says; how often the same request is sent at most.
LASTING = {
    "slow down": (fault_proxy.slow_down(), ["SlowDown", "tried 3 times"], ATTEMPTS),
    "full": (fault_proxy.refuse(507, "InsufficientStorage"), ["no space left", "free some"], 1),
    "denied": (fault_proxy.refuse(403, "AccessDenied"), ["access is denied", "s3:PutObject"], 1),
    "expired": (fault_proxy.refuse(400, "ExpiredToken"), ["expired", "renew them"], 2),  # once more with credentials taken anew
    "unknown key": (fault_proxy.refuse(403, "InvalidAccessKeyId"), ["the access key is not known", "AWS_ACCESS_KEY_ID"], 1),
    "bucket gone": (fault_proxy.refuse(404, "NoSuchBucket"), ["there is no bucket", "make it"], 1),
    "conflict": (fault_proxy.refuse(409, "ConditionalRequestConflict"), ["ConditionalRequestConflict"], 2 * ATTEMPTS),
}


@pytest.mark.parametrize("where", [DATA, COMMIT], ids=["data", "commit"])
@pytest.mark.parametrize("fault", LASTING)
def test_what_never_heals_is_named(told, lake, proxy, fault, where):
    if fault == "conflict" and where == DATA:
        return  # only a conditional put can be in conflict
    action, words, most = LASTING[fault]
    proxy.on(action, method="PUT", key=where, times=1000)
    before, seen = lake.commits(), lake.show("delta/host")
    proxy.requests.clear()
    done = deliver(told, lake, expect=1)
    assert all(word in done.stderr for word in words), done.stderr
    assert lake.location in done.stderr and servers.SECRET_KEY not in done.stderr
    sent = [r.key for r in proxy.requests if r.kind == "PUT" and re.search(where, r.key)]
    assert sent and max(sent.count(key) for key in sent) <= most, sent
    assert lake.commits() == before and lake.show("delta/host") == seen
    assert_whole_after(told, lake, proxy)


def test_a_slow_answer_is_waited_for_and_an_endless_one_is_not(told, lake, proxy):
    proxy.on(fault_proxy.delay(0.5), method="PUT", key=DATA)
    proxy.on(fault_proxy.delay(LIMIT_SECONDS), method="PUT", key=COMMIT)
    deliver(told, lake, expect=0, env={"NDR_AWS_TIMEOUT_SECONDS": "2"})
    assert_whole_after(told, lake, proxy)


NOBODY = f"http://127.0.0.1:{servers.free_port()}"
# Why nothing can be asked at all: the environment, and what is said of it.
ENTRANCE = {
    "wrong secret": ({"AWS_SECRET_ACCESS_KEY": "wrong"}, ["the signature is wrong", "AWS_SECRET_ACCESS_KEY"]),
    "unknown key": ({"AWS_ACCESS_KEY_ID": "nobody"}, ["No user exists with the provided access key"]),  # versitygw's own word for it
    "no credentials": ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, ["AWS_ACCESS_KEY_ID"]),
    "nobody answers": ({"AWS_ENDPOINT_URL_S3": NOBODY}, ["cannot connect to", NOBODY]),
}


@pytest.mark.parametrize("why", ENTRANCE)
@pytest.mark.parametrize("verb", ["delta", "show"])
def test_who_may_not_enter_is_told_why(told, lake, proxy, why, verb):
    environment, words = ENTRANCE[why]
    if verb == "show":
        done = lake.run("show", "delta/host", expect=None, env=environment)
    else:
        done = deliver(told, lake, expect=None, env=environment)
    assert done.returncode in (1, 2), done
    assert all(word in done.stderr for word in words), done.stderr
    assert servers.SECRET_KEY not in done.stderr + done.stdout
    # Where there are no credentials nothing is sent: an anonymous request would look like a refusal.
    assert why not in ("no credentials", "nobody answers") or not proxy.requests


@pytest.mark.parametrize("verb", ["delta", "show"])
def test_an_absent_bucket_is_named(told, versitygw, verb):
    lake = roots.Prefix(versitygw, f"absent-{os.getpid()}")
    done = lake.run("show", "delta/host", expect=None) if verb == "show" else deliver(told, lake, expect=None)
    assert done.returncode in (1, 2)
    assert lake.bucket in done.stderr and "bucket" in done.stderr


def test_a_file_that_is_gone_for_good_is_named(told, lake):
    path = next(p for p in lake.files() if p.startswith("delta/host/"))
    lake.delete(path)
    done = lake.run("show", "delta/host", "--since", "2000-01-01T00:00:00Z", expect=None)
    assert done.returncode in (1, 3) and path.rsplit("/", 1)[1] in done.stderr
