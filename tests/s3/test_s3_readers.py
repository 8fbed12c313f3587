# SPDX-License-Identifier: Apache-2.0
"""What ordinary Parquet readers read of each dataset's folder on S3 is what `ndr show` prints of it.
NDR_TEST_DUCKDB_S3=1 asks DuckDB too, which needs its extension httpfs (30 MB more of packages), NDR_TEST_SPARK_S3=JARS Spark, where that
folder holds hadoop-aws and what it needs."""
import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pandas
import polars
import pyarrow.fs
import pyarrow.parquet
import pytest

import roots
import servers
import engine
import traffic
import test_readers
from test_readers import DATASETS, assert_same_rows

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def lake(versitygw, tmp_path_factory):
    """Every dataset, the optional ones too, as a replay leaves them in a folder and, copied, on S3."""
    folder = tmp_path_factory.mktemp("readers")
    project = folder / "project.json"
    project.write_text(json.dumps({"keep": {"pair_counts": True, "fg_a_wide": True}, "data_quality": {"allowed_lateness_hours": 1}}))
    # The day's roll-up is sealed an hour after it.
    traffic.write(traffic.history(26, first_hour=8), folder / "sessions.json")
    engine.replay(folder / "sessions.json", folder / "root", "--project", project, "--horizons", "12h:0h,6h:2h",
                  "--reference-time", "2026-03-03T20:00:00Z")
    root = roots.Prefix(versitygw, versitygw.bucket("readers"), "a lake/ndr").fill(roots.Folder(folder / "root"))
    return SimpleNamespace(root=root, url=versitygw.url, project=project, cache={}, copy=folder / "copy.parquet")


def shown(lake, dataset):
    if dataset not in lake.cache:
        lake.cache[dataset] = lake.root.show(dataset, "--project", lake.project)
    return lake.cache[dataset]


def with_polars(lake, dataset):
    options = {"aws_access_key_id": servers.ACCESS_KEY, "aws_secret_access_key": servers.SECRET_KEY, "aws_region": servers.REGION,
               "aws_endpoint_url": lake.url, "aws_allow_http": "true"}
    frame = polars.scan_parquet(f"{lake.root.location}/{dataset}/", storage_options=options, hive_partitioning=True,
                                try_parse_hive_dates=False).collect()
    return {name: frame[name].to_list() for name in frame.columns}


def with_pandas(lake, dataset):
    s3 = pyarrow.fs.S3FileSystem(access_key=servers.ACCESS_KEY, secret_key=servers.SECRET_KEY, region=servers.REGION, scheme="http",
                                 endpoint_override=lake.url.removeprefix("http://"))
    frame = pandas.read_parquet(f"{lake.root.bucket}/{lake.root.prefix}/{dataset}", filesystem=s3, dtype_backend="pyarrow")
    return {name: frame[name].astype(object).tolist() for name in frame.columns}


def with_duckdb(lake, dataset):
    source = Path(os.environ.get("NDR_SOURCE_DIR") or HERE.parents[1])
    packages = source / "build/python-duckdb"
    subprocess.run(["bash", source / "tools/python_env.sh", packages, source / "tools/requirements-duckdb-s3.txt"], check=True)
    done = subprocess.run([packages / "bin/python", HERE / "copy_with_duckdb.py", lake.url.removeprefix("http://"), servers.ACCESS_KEY,
                           servers.REGION, f"{lake.root.location}/{dataset}", lake.copy], input=servers.SECRET_KEY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return pyarrow.parquet.read_table(lake.copy).to_pydict()


def with_spark(lake, dataset):
    settings = {"spark.driver.extraClassPath": f"{SPARK_JARS}/*", "spark.hadoop.fs.s3a.endpoint": lake.url,
                "spark.hadoop.fs.s3a.endpoint.region": servers.REGION, "spark.hadoop.fs.s3a.path.style.access": "true",
                "spark.hadoop.fs.s3a.aws.credentials.provider": "software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider"}
    # Its process is started by the first dataset; settings would show the secret among its arguments.
    with mock.patch.dict(os.environ, AWS_ACCESS_KEY_ID=servers.ACCESS_KEY, AWS_SECRET_ACCESS_KEY=servers.SECRET_KEY):
        return test_readers.with_spark(f"{lake.root.location.replace('s3://', 's3a://')}/{dataset}", **settings)


SPARK_JARS = os.environ.get("NDR_TEST_SPARK_S3")
if_duckdb = pytest.mark.skipif(os.environ.get("NDR_TEST_DUCKDB_S3") != "1", reason="NDR_TEST_DUCKDB_S3=1 compares with DuckDB too (downloads its httpfs)")
if_spark = pytest.mark.skipif(not SPARK_JARS, reason="NDR_TEST_SPARK_S3=JARS compares with Spark too (needs pyspark, Java and hadoop-aws)")


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("read", [with_polars, with_pandas, pytest.param(with_duckdb, marks=if_duckdb),
                                  pytest.param(with_spark, marks=if_spark)])
def test_reader_agrees(lake, read, dataset):
    expected = shown(lake, dataset)
    assert expected, "the dataset is empty, so nothing would be compared"
    assert_same_rows(read(lake, dataset), expected)
