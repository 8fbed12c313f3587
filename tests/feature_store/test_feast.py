# SPDX-License-Identifier: Apache-2.0
"""Feast applies the repository that is written for it, and reads and serves what the datasets have."""
import json
import os
import subprocess
from pathlib import Path

import pytest

import engine

PYTHON = os.environ.get("NDR_TEST_FEAST", "")
SCRIPT = """
import json, sys
from datetime import datetime, timezone
import pandas
from feast import FeatureStore
store = FeatureStore(repo_path=".")
keys = {"host_ip": "10.1.0.11", "role": "outbound", "window_label": "w_1h"}
at = datetime(2026, 3, 3, 8, 37, tzinfo=timezone.utc)
spine = pandas.DataFrame([{**keys, "event_timestamp": at}])
features = ["acme_v1_fg_a:sessions_cnt", "acme_v1_fg_a:duration_mean", "acme_v1_fg_c_6h:is_cold_start"]
then = store.get_historical_features(entity_df=spine, features=features).to_df().iloc[0]
store.materialize(datetime(2026, 3, 3, tzinfo=timezone.utc), at)
online = store.get_online_features(features=features, entity_rows=[keys]).to_dict()
names = [f.split(":")[1] for f in features]
print()
json.dump({"views": sorted(v.name for v in store.list_feature_views()), "then": [float(then[n]) for n in names],
           "online": [float(online[n][0]) for n in names]}, sys.stdout)
"""


@pytest.mark.skipif(not PYTHON, reason="NDR_TEST_FEAST names no Python with feast[duckdb] 0.67")
def test_feast_applies_and_serves(replayed, tmp_path):
    engine.run("features", "groups", "--project", replayed.project, "--format", "feast", "--root", replayed.root, "--out", tmp_path)
    environment = {**os.environ, "FEAST_USAGE": "False"}
    subprocess.run([Path(PYTHON).with_name("feast"), "apply"], cwd=tmp_path, check=True, env=environment, capture_output=True)
    done = subprocess.run([PYTHON, "-c", SCRIPT], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])  # Feast says what it does
    assert found["views"] == ["acme_v1_fg_a", "acme_v1_fg_a_wide", "acme_v1_fg_c_3h", "acme_v1_fg_c_6h"]
    flags = ("--project", replayed.project, "--host", "10.1.0.11", "--at", "2026-03-03T08:30:00Z", "--window", "w_1h")
    now, = [r for r in engine.show(replayed.root, "fg_a", *flags) if r["role"] == "outbound"]
    judged, = [r for r in engine.show(replayed.root, "fg_c/host", *flags, "--horizon", "6h") if r["role"] == "outbound"]
    assert found["then"] == found["online"] == [now["sessions_cnt"], now["duration_mean"], judged["is_cold_start"]]


def test_the_repository_is_python_that_names_every_view(replayed, tmp_path):
    """What Feast would be told, without Feast."""
    engine.run("features", "groups", "--project", replayed.project, "--format", "feast", "--root", replayed.root, "--out", tmp_path)
    text = (tmp_path / "features.py").read_text()
    compile(text, "features.py", "exec")
    assert text.count(" = FeatureView(") == 4, "fg_a, fg_a_wide, and fg_c for each of two horizons"
    assert f'path="{replayed.root}/fg_c/host/feature_spec_version=v1/baseline_horizon=3h/**/*.parquet"' in text
    assert text.count('Field(name="host_ip", dtype=String)') == 4
    assert "type: duckdb" in (tmp_path / "feature_store.yaml").read_text()
    refused = engine.run("features", "groups", "--project", replayed.project, "--format", "feast", expect=2)
    assert "--out" in refused.stderr and "--root" in refused.stderr
