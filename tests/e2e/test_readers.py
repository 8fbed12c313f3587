# SPDX-License-Identifier: Apache-2.0
"""What ordinary Parquet readers read of each dataset's folder is what `ndr show` prints."""
import functools
import json
import math
import os
import re
from datetime import date, datetime, timezone

import duckdb
import pandas
import polars
import pytest

import engine
import traffic

DATASETS = ["delta/host", "delta/pair", "fg_a", "fg_b/host", "fg_b/segment", "fg_b/global", "fg_b/ip_metadata", "fg_b/pair/host",
            "fg_b/pair/segment", "fg_c/host", "fg_c/pair", "fg_c/evidence", "lookback", "pair_counts", "fg_a_wide"]
OF_THE_PATH = {"feature_spec_version", "dt", "hh", "mm"}  # what `ndr show` leaves out: it says when by columns of its own


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Every dataset of eight hours, the optional ones too; a day's roll-up is sealed an hour after it."""
    folder = tmp_path_factory.mktemp("readers")
    project = folder / "project.json"
    project.write_text(json.dumps({"keep": {"pair_counts": True, "fg_a_wide": True},
                                   "data_quality": {"allowed_lateness_hours": 1}}))
    scan = [traffic.record(90_000 + i, 26 * 3600 + i, "10.1.0.12", f"10.1.9.{i}", 25, received=0) for i in range(120)]
    traffic.write(traffic.history(28, first_hour=20) + scan, folder / "sessions.json")
    engine.replay(folder / "sessions.json", folder / "root", "--project", project, "--horizons", "4h:0h,2h:1h",
                  "--reference-time", "2026-03-04T01:00:00Z")
    return folder / "root", project


@functools.cache
def shown(root, project, dataset):
    return engine.show(root, dataset, "--project", project, *engine.EVER)


def plain(cell):
    """A reader's cell as `ndr show` writes it in JSON."""
    if type(cell) in (int, str):
        return cell
    if cell is None or cell is pandas.NaT or cell is pandas.NA or isinstance(cell, float) and math.isnan(cell):
        return None
    if isinstance(cell, (bool, int, float, str)):
        return cell
    if isinstance(cell, datetime):
        at = cell if cell.tzinfo else cell.replace(tzinfo=timezone.utc)
        return at.astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"
    if isinstance(cell, dict):
        return {name: plain(value) for name, value in cell.items()}
    if hasattr(cell, "tolist"):  # numpy's numbers and arrays
        return plain(cell.tolist())
    if isinstance(cell, (list, tuple)):
        return [plain(value) for value in cell]
    raise TypeError(f"{type(cell)}: {cell!r}")


def by_key(row):
    """The keys of every dataset stand among its first columns."""
    return repr(row[:16])


def assert_same_rows(read, expected):
    """`read`: columns by name, each a list. Rows are compared in one order, cell by cell; floats to the bit."""
    names = list(expected[0])
    assert set(read) - OF_THE_PATH == set(names)
    cells = [[plain(cell) for cell in read[name]] for name in names]
    rows = sorted(zip(*cells), key=by_key)
    wanted = sorted((tuple(row[name] for name in names) for row in expected), key=by_key)
    assert len(rows) == len(wanted)
    for row, want in zip(rows, wanted):
        assert row == want, {n: (a, b) for n, a, b in zip(names, row, want) if a != b}


def with_duckdb(path):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    query = f"SELECT * FROM read_parquet('{path}/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)"
    return connection.sql(query).to_arrow_table().to_pydict()


def with_polars(path):
    frame = polars.scan_parquet(path, hive_partitioning=True, try_parse_hive_dates=False).collect()
    return {name: frame[name].to_list() for name in frame.columns}


def with_pandas(path):
    frame = pandas.read_parquet(path, dtype_backend="pyarrow")
    return {name: frame[name].astype(object).tolist() for name in frame.columns}


def with_spark(path, **settings):
    from pyspark.sql import SparkSession

    spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
             .config("spark.sql.session.timeZone", "UTC")
             .config("spark.sql.sources.partitionColumnTypeInference.enabled", "false").config(map=settings).getOrCreate())
    frame = spark.read.parquet(str(path))
    rows = frame.collect()
    deep = [row.asDict(recursive=True) for row in rows]
    return {name: [row[name] for row in deep] for name in frame.columns}


opted_in = pytest.mark.skipif(os.environ.get("NDR_TEST_SPARK") != "1", reason="NDR_TEST_SPARK=1 compares with Spark too (needs pyspark and Java)")


@pytest.mark.folders_only("they would read the server's files; tests/s3/test_s3_readers.py has them ask S3")
@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("read", [with_duckdb, with_polars, with_pandas, pytest.param(with_spark, marks=opted_in)])
def test_reader_agrees(root, read, dataset):
    expected = shown(*root, dataset)
    assert expected, "the dataset is empty, so nothing would be compared"
    assert_same_rows(read(root[0] / dataset), expected)


def test_these_are_all_datasets(root):
    error = engine.run("show", "bogus", "--root", root[0], expect=2).stderr
    assert set(re.search(r"there are (.*)", error)[1].split(", ")) == set(DATASETS)


def test_partition_columns_say_when(root):
    """dt, hh and mm are the slice's start in UTC, so that readers can prune by them."""
    read = with_duckdb(root[0] / "delta/host")
    for day, hour, minute, at in zip(read["dt"], read["hh"], read["mm"], read["slice_start_ts"]):
        at = at.astimezone(timezone.utc)
        assert (str(day), str(hour), str(minute)) == (at.date().isoformat(), f"{at.hour:02}", f"{at.minute:02}")
    assert date(2026, 3, 3).isoformat() in map(str, read["dt"])
