# SPDX-License-Identifier: Apache-2.0
"""A root whose host partials were written under their older names gives the same features, in both roles."""
import hashlib
import json
import shutil

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import specs
import traffic  # of tests/e2e, as engine

engine = specs.engine


def to_older_names(path):
    """Sent and received as the host sees them: an outbound host is its sessions' source, an inbound one their destination."""
    table = pq.ParquetFile(path).read()
    outbound = pc.equal(table["role"], "outbound")
    source, destination = table["bytes_src_sum"], table["bytes_dst_sum"]
    older = {"bytes_src_sum": ("bytes_sent_sum", pc.if_else(outbound, source, destination)),
             "bytes_dst_sum": ("bytes_recv_sum", pc.if_else(outbound, destination, source)),
             "deny_cnt": ("drop_cnt", table["deny_cnt"])}
    columns = [older.get(name, (name, table[name])) for name in table.column_names]
    pq.write_table(pa.table(dict(columns)), path)
    return set(table["role"].to_pylist())


def commit_as_it_is(root):
    """Commit records that list the host partials as they lie there: size and checksum."""
    for record in (root / "_commits" / "delta").rglob("*.json"):
        content = json.loads(record.read_text())
        for file in content["files"]:
            stored = (root / file["path"]).read_bytes()
            file.update(bytes=len(stored), sha256=hashlib.sha256(stored).hexdigest())
        record.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("legacy")
    logs = traffic.write_hourly(traffic.history(6), folder / "logs")
    engine.replay(logs, folder / "root")
    return folder


def legacy(root, tmp_path):
    copy = shutil.copytree(root / "root", tmp_path / "root")
    files = sorted((copy / "delta" / "host").rglob("*.parquet"))
    assert set.union(*map(to_older_names, files)) == {"outbound", "inbound"}
    commit_as_it_is(copy)
    return copy


def test_rows_are_the_same(root, tmp_path):
    assert engine.show(legacy(root, tmp_path), "delta/host", *engine.EVER) == engine.show(root / "root", "delta/host", *engine.EVER)


def test_features_are_the_same(root, tmp_path):
    older = legacy(root, tmp_path)
    expected = {path: digest for path, digest in engine.contents(older).items() if path.startswith("fg_a/")}
    for made_from_deltas in ("fg_a", "_commits/fg_a"):
        shutil.rmtree(older / made_from_deltas)
    engine.replay(root / "logs", older)
    got = {path: digest for path, digest in engine.contents(older).items() if path.startswith("fg_a/")}
    assert expected and got == expected
    columns = pq.ParquetFile(next((older / "delta" / "host").rglob("*.parquet"))).schema_arrow.names
    assert "drop_cnt" in columns and "deny_cnt" not in columns  # the deltas were read, not made again


def test_a_count_under_neither_name_is_an_error(root, tmp_path):
    older = legacy(root, tmp_path)
    for path in (older / "delta" / "host").rglob("*.parquet"):
        pq.write_table(pq.ParquetFile(path).read().drop_columns("drop_cnt"), path)
    commit_as_it_is(older)
    for made_from_deltas in ("fg_a", "_commits/fg_a"):
        shutil.rmtree(older / made_from_deltas)
    said = engine.replay(root / "logs", older, expect=1).stderr
    assert "delta/host/" in said and "column 'deny_cnt' is missing" in said
