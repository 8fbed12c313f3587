# SPDX-License-Identifier: Apache-2.0
"""Every dataset of documents 1 to 3, computed from the session records by SQL."""
import pathlib
import sys

import duckdb

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import delta  # noqa: E402
import evidence  # noqa: E402
import fg_a  # noqa: E402
import fg_b  # noqa: E402
import fg_c  # noqa: E402
import fg_c_host  # noqa: E402
import load  # noqa: E402
from settings import horizons_of, resolve, slice_index  # noqa: E402

SQL = pathlib.Path(__file__).parent / "sql"


def script(con, name):
    con.execute((SQL / f"{name}.sql").read_text())


def behaviour(con, sessions, cfg):
    """delta and FG-A."""
    load.configuration(con, cfg)
    load.sessions(con, sessions, cfg)
    script(con, "session")
    load.calendar(con, cfg)
    script(con, "delta_pair")
    counts = delta.build(con, cfg)
    for name in ("window", "beacon", "novelty"):
        script(con, name)
    fg_a.build(con, cfg, counts)


def run(sessions, project, reference_time=None, horizons=None):
    """A connection with the tables out_delta_host, out_delta_pair, fg_a, fg_b_*, fg_c_*; FG-B and FG-C where a
    reference time (naive UTC) is given."""
    con = duckdb.connect()
    cfg = resolve(project)
    behaviour(con, sessions, cfg)
    if reference_time is not None:
        fg_b.build(con, cfg, slice_index(reference_time), horizons_of(project, horizons))
        fg_c.build(con, cfg)
        script(con, "fg_c_pair")
        fg_c_host.build(con, cfg)
        evidence.build(con, cfg)
    return con
