# SPDX-License-Identifier: Apache-2.0
"""copy_with_duckdb.py HOST:PORT ACCESS_KEY REGION s3://... FILE: a dataset as one local Parquet file; the secret comes on standard input."""
import sys

import duckdb
from duckdb_extensions import import_extension

endpoint, access_key, region, location, target = sys.argv[1:]
import_extension("httpfs")
connection = duckdb.connect()
connection.execute("LOAD httpfs")
connection.execute("SET TimeZone = 'UTC'")
connection.execute(f"""CREATE SECRET (TYPE s3, KEY_ID '{access_key}', SECRET '{sys.stdin.read()}', REGION '{region}',
                       ENDPOINT '{endpoint}', URL_STYLE 'path', USE_SSL false)""")
connection.execute(f"""COPY (SELECT * FROM read_parquet('{location}/**/*.parquet', hive_partitioning = true, hive_types_autocast = false))
                       TO '{target}' (FORMAT parquet)""")
