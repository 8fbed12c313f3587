# SPDX-License-Identifier: Apache-2.0
"""A wide export of more features than a group holds: parts in the catalogue's order, joined back everywhere."""
import json

import duckdb
import pyarrow.parquet as parquet
import pytest

import engine
import traffic

WINDOWS = {f"w_{15 * k}m": k for k in range(1, 19)}  # 18 windows of 140 features each are 2,520


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    project = folder / "project.json"
    project.write_text(json.dumps({"keep": {"fg_a_wide": True}, "windows": WINDOWS, "findings": {"windows": ["w_60m"]}}))
    traffic.write(traffic.history(3), folder / "sessions.json")
    engine.replay(folder / "sessions.json", folder / "root", "--project", project, "--reference-time", "2026-03-03T02:00:00Z",
                  "--horizons", "2h:0h")
    return folder / "root", project


def run(large, verb, *flags):
    root, project = large
    return engine.run("features", verb, "--project", project, *(["--root", root] if verb != "join" else []), *flags)


def test_parts_hold_every_feature_once_in_order(large):
    calls = [json.loads(line) for line in run(large, "groups", "--dataset", "fg_a_wide").stdout.splitlines()]
    assert [c["FeatureGroupName"] for c in calls] == ["default-v1-fg-a-wide-1", "default-v1-fg-a-wide-2"]
    names = [[d["FeatureName"] for d in c["FeatureDefinitions"]] for c in calls]
    own = ["entity_id", "window_end_ts", "record_id"]
    assert [n[:3] for n in names] == [own, own] and len(names[0]) == 2500
    columns = [c[0] for c in duckdb.sql(f"DESCRIBE SELECT * FROM '{large[0]}/fg_a_wide/**/*.parquet'").fetchall()]
    dataset = [c for c in columns if c not in ("window_end_ts", "feature_spec_version", "dt", "hh", "mm")]
    assert names[0][3:] + names[1][3:] == dataset


def test_parts_are_joined_back(large, tmp_path):
    root, _ = large
    prefix, store = tmp_path / "offline", tmp_path / "online.sqlite"
    run(large, "offline", "--dataset", "fg_a_wide", "--prefix", prefix, "--write-time", "2026-03-03T03:00:00Z")
    first, last = "sessions_cnt_w_15m", "in_peer_ip_nunique_w_270m"
    want = duckdb.sql(f"SELECT {first}, {last} FROM '{root}/fg_a_wide/**/*.parquet' WHERE host_ip = '10.1.7.21' "
                      "AND window_end_ts = TIMESTAMPTZ '2026-03-03 02:45:00+00'").fetchall()
    assert len(want) == 1 and want[0][1] is not None
    # The view that is printed, over the parts as tables.
    for part in (1, 2):
        duckdb.sql(f"""CREATE OR REPLACE TEMP VIEW "default-v1-fg-a-wide-{part}" AS SELECT * EXCLUDE (write_time, api_invocation_time, is_deleted)
                       FROM read_parquet('{prefix}/*/sagemaker/*/*/default-v1-fg-a-wide-{part}-0/**/*.parquet', hive_partitioning = false)""")
    duckdb.sql(run(large, "groups", "--dataset", "fg_a_wide", "--format", "sql").stdout.replace("CREATE VIEW", "CREATE OR REPLACE TEMP VIEW"))
    at = "entity_id = '10.1.7.21' AND window_end_ts = '2026-03-03T02:45:00Z'"
    assert duckdb.sql(f'SELECT {first}, {last} FROM "default-v1-fg-a-wide" WHERE {at}').fetchall() == want
    # The join.
    spine = tmp_path / "spine.csv"
    spine.write_text("host_ip,time\n10.1.7.21,2026-03-03T02:50:00Z\n")
    run(large, "join", "--dataset", "fg_a_wide", "--prefix", prefix, "--spine", spine, "--out", tmp_path / "out.parquet",
        "--as-of", "2027-01-01T00:00:00Z")
    (row,) = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert [(row[first], row[last])] == want
    # Online.
    run(large, "ingest", "--dataset", "fg_a_wide", "--store", store, "--until", "2026-03-03T02:45:00Z")
    parts = [json.loads(line)["features"] for line in run(large, "get", "--store", store, "--host", "10.1.7.21").stdout.splitlines()]
    assert len(parts) == 2 and (parts[0] | parts[1])[last] == want[0][1]
