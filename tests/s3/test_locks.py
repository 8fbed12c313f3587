# SPDX-License-Identifier: Apache-2.0
"""Locks of runs on a root on S3: refused while they hold, taken over once they have expired, given back as expired."""
import json
import signal
import time

import roots
import batches  # of tests/e2e, which roots puts on the path
import engine

LOCK = f"_locks/feature_spec_version=v1/default/batch-{batches.batch_id(0)}.json"
NEVER = "1970-01-01T00:00:00Z"


def command(told):
    values = {"ProjectName": "default", "FeatureSpecVersion": "v1", "MiniBatchId": batches.batch_id(0), "BatchStartTsIso": batches.iso(0),
              "BatchEndTsIso": batches.iso(batches.SLICE_SECONDS), "RawParsedLogsPrefix": told.logs}
    return ["pipeline", "run", "delta_only", "--project", told.project, *(f for name, value in values.items() for f in ("-p", f"{name}={value}"))]


def owner(expires):
    return json.dumps({"host": "sensor-3", "machine": "another boot", "pid": 4711, "started": 1, "token": "t", "expires": expires}).encode()


def test_a_lock_holds_until_it_expires(told, versitygw, bucket):
    root = roots.Prefix(versitygw, bucket)
    root.write(LOCK, owner("3000-01-01T00:00:00Z"))
    refused = root.run(*command(told), expect=3).stderr
    assert f"{root.location}/{LOCK} is held by pid 4711 on sensor-3 until 3000-01-01T00:00:00Z" in refused
    assert not [path for path in root.files() if path.startswith("delta/")]
    root.write(LOCK, owner("2020-01-01T00:00:00Z"))
    root.run(*command(told))
    assert [path for path in root.files() if path.startswith("delta/")]
    given_back = json.loads(root.read(LOCK))
    assert given_back["token"] != "t" and given_back["expires"] == NEVER
    root.run(*command(told))


def test_of_two_runs_at_a_time_one_is_refused(told, versitygw, bucket):
    root = roots.Prefix(versitygw, bucket)
    first = engine.start(*command(told), "--root", root.location, env=root.environment)
    while first.poll() is None and LOCK not in root.files():
        time.sleep(0.001)
    first.send_signal(signal.SIGSTOP)
    try:
        assert json.loads(root.read(LOCK))["expires"] != NEVER
        assert f"is held by pid {first.pid} on " in root.run(*command(told), expect=3).stderr
    finally:
        first.send_signal(signal.SIGCONT)
    said = engine.ended(first)
    assert first.returncode == 0, said
    assert json.loads(root.read(LOCK))["expires"] == NEVER
