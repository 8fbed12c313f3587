# SPDX-License-Identifier: Apache-2.0
"""ndr features: groups, the embedded store and the offline store against what DuckDB reads of the datasets."""
import json
import math
import re
import shutil

import duckdb
import pyarrow.parquet as parquet
import pytest

import engine

FG_A, FG_C, WIDE = "fg_a/**/*.parquet", "fg_c/host/**/*.parquet", "fg_a_wide/**/*.parquet"
NESTED = {"baseline_level_exceptions", "scale_source_exceptions", "top_features", "peer_top_features"}
OF_THE_PATH = {"feature_spec_version", "dt", "hh", "mm"}


def rows(sql):
    """A dict a row; instants in UTC."""
    duckdb.sql("SET TimeZone = 'UTC'")
    return duckdb.sql(sql).to_arrow_table().to_pylist()


def plain(value):
    """A cell of a dataset as the feature store has it; None where it leaves it out."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "strftime") else value


def features_of(row):
    named = {k: plain(v) for k, v in row.items() if k not in NESTED | OF_THE_PATH | {"record_id", "window_end_ts"}}
    return {k: v for k, v in named.items() if v is not None}


def run(replayed, verb, *flags, expect=0):
    return engine.run("features", verb, "--project", replayed.project, *flags, expect=expect)


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def online(replayed, tmp_path_factory):
    store = tmp_path_factory.mktemp("online") / "online.sqlite"
    done = run(replayed, "ingest", "--root", replayed.root, "--store", store, "--dataset", "fg_a", "--dataset", "fg_c",
               "--dataset", "fg_a_wide")
    return store, done.stdout


def counts(text):
    """The sums over the datasets of what an ingestion reports."""
    sums = {}
    for name, value in re.findall(r"(?m)^(\S+) +([\d.]+)", text):
        sums[name] = sums.get(name, 0) + float(value)
    return sums


def test_groups_are_calls_that_create_what_the_datasets_hold(replayed):
    calls = {c["FeatureGroupName"]: c for c in lines(run(replayed, "groups"))}
    assert set(calls) == {"acme-v1-fg-a", "acme-v1-fg-a-wide", "acme-v1-fg-c"}
    for name, pattern in (("acme-v1-fg-a", FG_A), ("acme-v1-fg-c", FG_C), ("acme-v1-fg-a-wide", WIDE)):
        call = calls[name]
        assert call["RecordIdentifierFeatureName"] == "entity_id" and call["EventTimeFeatureName"] == "window_end_ts"
        types = {d["FeatureName"]: d["FeatureType"] for d in call["FeatureDefinitions"]}
        assert len(types) == len(call["FeatureDefinitions"]) <= 2500
        assert all(re.fullmatch(r"[a-zA-Z0-9]([_-]*[a-zA-Z0-9]){0,63}", n) for n in [*types, name])
        columns = {c[0]: c[1] for c in duckdb.sql(f"DESCRIBE SELECT * FROM '{replayed.root}/{pattern}'").fetchall()}
        expected = set(columns) - NESTED - OF_THE_PATH | {"entity_id", "record_id"}
        assert set(types) == expected
        kinds = {"BIGINT": "Integral", "INTEGER": "Integral", "USMALLINT": "Integral", "TINYINT": "Integral", "DOUBLE": "Fractional"}
        for column in expected - {"entity_id", "record_id"}:
            assert types[column] == kinds.get(columns[column], "String"), column


def test_a_group_takes_the_name_and_the_role_it_is_given(replayed, tmp_path):
    project = tmp_path / "project.json"
    project.write_text(json.dumps({"feature_groups": {"names": {"fg_a": "now"}, "offline": {"prefix": "s3://lake/features/"}}}))
    done = engine.run("features", "groups", "--project", project, "--dataset", "fg_a", "--role-arn", "arn:aws:iam::1:role/f")
    (call,) = lines(done)
    assert call["FeatureGroupName"] == "now" and call["RoleArn"] == "arn:aws:iam::1:role/f"
    assert call["OfflineStoreConfig"]["S3StorageConfig"]["S3Uri"] == "s3://lake/features"
    project.write_text(json.dumps({"feature_groups": {"names": {"fg_a": "n" * 65}}}))
    refused = engine.run("features", "groups", "--project", project, expect=2)
    assert "65 characters" in refused.stderr and "feature_groups.names" in refused.stderr


@pytest.mark.parametrize("pattern, key, tail", [
    (FG_A, "host_ip, role, window_label", "{role}|{window_label}"),
    (FG_C, "host_ip, role, window_label, baseline_horizon", "{role}|{window_label}|{baseline_horizon}"),
    (WIDE, "host_ip", "")])
def test_the_newest_record_of_each_id_is_what_the_dataset_has(replayed, online, pattern, key, tail):
    group = {FG_A: "acme-v1-fg-a", FG_C: "acme-v1-fg-c", WIDE: "acme-v1-fg-a-wide"}[pattern]
    newest = rows(f"SELECT * FROM '{replayed.root}/{pattern}' QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY window_end_ts DESC) = 1")
    hosts = sorted({r["host_ip"] for r in newest})
    assert len(hosts) >= 6
    got = lines(run(replayed, "get", "--store", online[0], "--group", group, *[f for h in hosts for f in ("--host", h)]))
    assert len(got) == len(newest)
    found = {r["entity_id"]: r for r in got}
    for row in newest:
        record = found["|".join(filter(None, [row["host_ip"], tail.format(**row)]))]
        assert record["window_end_ts"] == plain(row["window_end_ts"])
        assert record["record_id"] == row.get("record_id", f"{row['host_ip']}|{plain(row['window_end_ts'])}")
        assert record["features"] == features_of(row)


def test_ingesting_again_changes_nothing(replayed, online, tmp_path):
    store = shutil.copy(online[0], tmp_path / "online.sqlite")
    before = run(replayed, "status", "--store", store).stdout
    first = counts(online[1])
    assert first["attempted"] == first["accepted"] > 1000 and first["dead-lettered"] == first["known"] == 0
    again = counts(run(replayed, "ingest", "--root", replayed.root, "--store", store).stdout)
    assert again["attempted"] == 0 and again["known"] > 1000
    assert run(replayed, "status", "--store", store).stdout == before


def test_the_order_of_ingestion_does_not_matter(replayed, tmp_path):
    whole, parts = tmp_path / "whole.sqlite", tmp_path / "parts.sqlite"
    run(replayed, "ingest", "--root", replayed.root, "--store", whole, "--dataset", "fg_a")
    for since, until in (("2026-03-03T08:00:00Z", "2026-03-04T00:00:00Z"), ("2026-03-03T00:00:00Z", "2026-03-03T07:45:00Z")):
        run(replayed, "ingest", "--root", replayed.root, "--store", parts, "--dataset", "fg_a", "--since", since, "--until", until)
    flags = ("--host", "10.1.0.11", "--host", "fd00:1::5")
    assert run(replayed, "get", "--store", whole, *flags).stdout == run(replayed, "get", "--store", parts, *flags).stdout != ""


def test_what_is_not_there_is_said(replayed, online, tmp_path):
    assert "no such feature store" in run(replayed, "get", "--store", tmp_path / "none", "--host", "10.0.0.1", expect=1).stderr
    assert "no record of 10.99.0.1" in run(replayed, "get", "--store", online[0], "--host", "10.99.0.1").stderr
    assert "is no address" in run(replayed, "get", "--store", online[0], "--host", "here", expect=2).stderr
    assert "fg_a, fg_a_wide and fg_c" in run(replayed, "ingest", "--root", replayed.root, "--dataset", "fg_b", expect=2).stderr
    # However the address is written, it is the same host.
    assert run(replayed, "get", "--store", online[0], "--host", "fd00:1:0::5").stdout


def test_what_is_written_on_a_disk_is_not_named_by_a_url(replayed, tmp_path):
    """None of them becomes a folder called `s3:`."""
    spine = tmp_path / "spine.csv"
    spine.write_text("host_ip,time\n10.1.0.11,2026-03-03T05:00:00Z\n")
    root, remote = ("--root", replayed.root), ("--root", replayed.root, "--dataset", "fg_a", "--online", "sagemaker", "--dry-run")
    for verb, flag, url, *flags in (("join", "--out", "s3://lake/t.csv", "--prefix", tmp_path, "--spine", spine),
                                    ("groups", "--out", "s3://lake/feast", "--format", "feast", *root),
                                    ("ingest", "--store", "s3://lake/online.sqlite", *root), ("get", "--store", "s3://lake/o", "--host", "10.1.0.11"),
                                    ("ingest", "--ledger", "s3://lake/ledger", *remote), ("ingest", "--dead-letters", "s3://lake/dead", *remote)):
        said = run(replayed, verb, flag, url, *flags, expect=2).stderr
        assert flag in said and url in said and "name a place on this machine" in said


def test_chosen_features_are_those_of_any_dataset(replayed):
    """And all are checked before the first dataset is sent."""
    flags = ("--root", replayed.root, "--online", "sagemaker", "--dry-run", "--history", "--features")
    rows = {name: f"records        {len(parquet.read_table(replayed.root / name, columns=['record_id']))}" for name in ("fg_a", "fg_c/host")}
    of = {features: run(replayed, "ingest", *flags, features).stdout for features in ("sessions_cnt", "sessions_cnt,peer_rank_score")}
    assert rows["fg_a"] in of["sessions_cnt"] and "fg_c" not in of["sessions_cnt"]
    assert all(count in of["sessions_cnt,peer_rank_score"] for count in rows.values())
    refused = run(replayed, "ingest", *flags, "sessions_cnt,sesions_cnt", expect=2)
    assert "--features sesions_cnt: no group has it" in refused.stderr and not refused.stdout


WRITTEN = "2026-03-03T10:00:00Z"
FILE = re.compile(r"000000000000/sagemaker/local/offline-store/acme-v1-fg-[ac](-wide)?-0/data/year=2026/month=03/day=03/hour=\d\d/"
                  r"20260303T\d{6}Z_[0-9a-f]{16}\.parquet")


@pytest.fixture(scope="module")
def offline(replayed, tmp_path_factory):
    prefix = tmp_path_factory.mktemp("offline")
    run(replayed, "offline", "--root", replayed.root, "--prefix", prefix, "--write-time", WRITTEN)
    return prefix


def test_offline_files_lie_where_sagemaker_puts_them(offline):
    for path in engine.files(offline):
        assert FILE.fullmatch(str(path)), path
        table = parquet.read_table(offline / path)
        (event,) = set(table["window_end_ts"].to_pylist())
        assert path.name.startswith(event.replace("-", "").replace(":", "") + "_")
        assert path.parent.name == f"hour={event[11:13]}"
        assert set(table["write_time"].to_pylist()) == {table["write_time"][0].as_py()} and table["is_deleted"].to_pylist() == [False] * len(table)
        assert str(table.schema.field("write_time").type) == "timestamp[ms, tz=UTC]"
        assert {str(f.type) for f in table.schema} <= {"string", "int64", "double", "timestamp[ms, tz=UTC]", "bool"}


@pytest.mark.parametrize("group, pattern", [("acme-v1-fg-a", FG_A), ("acme-v1-fg-c", FG_C)])
def test_offline_rows_are_those_of_the_dataset(replayed, offline, group, pattern):
    expected = {r["record_id"]: r for r in rows(f"SELECT * FROM '{replayed.root}/{pattern}'")}
    stored = rows(f"SELECT * FROM read_parquet('{offline}/*/sagemaker/*/*/{group}-0/**/*.parquet', hive_partitioning = false)")
    assert len(stored) == len(expected)
    for row in stored:
        of = expected[row["record_id"]]
        assert row["window_end_ts"] == plain(of["window_end_ts"])
        own = {"entity_id", "window_end_ts", "record_id", "write_time", "api_invocation_time", "is_deleted"}
        assert {k: v for k, v in row.items() if k not in own and v is not None} == features_of(of)
        assert not any(isinstance(v, float) and math.isnan(v) for v in row.values())


def test_an_offline_store_is_written_once(replayed, offline, tmp_path):
    prefix = shutil.copytree(offline, tmp_path / "again")
    before, times = engine.contents(prefix), engine.times(prefix)
    done = run(replayed, "offline", "--root", replayed.root, "--prefix", prefix)  # by the clock
    assert " 0 files written" in done.stdout
    assert engine.contents(prefix) == before and engine.times(prefix) == times
    elsewhere = tmp_path / "elsewhere"
    run(replayed, "offline", "--root", replayed.root, "--prefix", elsewhere, "--write-time", WRITTEN)
    assert engine.contents(elsewhere) == before
    missing = engine.files(prefix)[3]
    (prefix / missing).unlink()
    assert "1 files written" in run(replayed, "offline", "--root", replayed.root, "--prefix", prefix, "--write-time", WRITTEN).stdout
    assert engine.contents(prefix) == before
