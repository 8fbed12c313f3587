# SPDX-License-Identifier: Apache-2.0
"""ndr features join against DuckDB's ASOF join, and that nothing which came later is ever seen."""
import csv
import random
import shutil
from datetime import datetime, timedelta, timezone

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

import engine
import traffic

START = datetime(2026, 3, 3, tzinfo=timezone.utc)
LATE = timedelta(minutes=7)  # between a window's end and the writing of its records


def instant(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def write(replayed, prefix, since, until, written, *flags):
    return engine.run("features", "offline", "--project", replayed.project, "--root", replayed.root, "--prefix", prefix,
                      "--since", instant(since), "--until", instant(until), "--write-time", instant(written), *flags)


@pytest.fixture(scope="module")
def store(replayed, tmp_path_factory):
    """Every hour's records, written some minutes after the hour."""
    prefix = tmp_path_factory.mktemp("history")
    for hour in range(9):
        since = START + timedelta(hours=hour, minutes=15)
        write(replayed, prefix, since, since + timedelta(minutes=45), START + timedelta(hours=hour + 1) + LATE)
    return prefix


def spine(path, n=400, seed=3):
    """Hosts, one of them unknown, and times by the second, some of them exactly on a window's end or a write time."""
    rng = random.Random(seed)
    rows = []
    for i in range(n):
        at = START + timedelta(seconds=rng.choice([rng.randrange(10 * 3600), 900 * rng.randrange(40), 3600 * rng.randrange(10) + 420]))
        rows.append((rng.choice([*traffic.HOSTS, "10.88.0.1"]), at, i))
    table = pa.table({"host_ip": [r[0] for r in rows], "time": pa.array([r[1] for r in rows], pa.timestamp("us", "UTC")),
                      "label": [r[2] for r in rows]})
    parquet.write_table(table, path)
    return path


def join(replayed, prefix, spine_file, out, *flags, expect=0):
    done = engine.run("features", "join", "--project", replayed.project, "--prefix", prefix, "--spine", spine_file, "--out", out,
                      *flags, expect=expect)
    return parquet.read_table(out).to_pylist() if expect == 0 and str(out).endswith(".parquet") else done


def oracle(prefix, spine_file, group, tail, as_of=None, columns="f.sessions_cnt, f.duration_mean, f.time_band"):
    """The newest event time that was known, its latest version; known: written by `as_of`, or by the row's own time."""
    known = f"TIMESTAMPTZ '{as_of}'" if as_of else "s.time"
    duckdb.sql("SET TimeZone = 'UTC'")
    source = f"read_parquet('{prefix}/*/sagemaker/*/*/{group}-0/**/*.parquet', hive_partitioning = false)"
    found = duckdb.sql(f"""
        SELECT s.label, f.record_id, f.window_end_ts, {columns}, f.write_time
        FROM '{spine_file}' s LEFT JOIN {source} f
          ON f.entity_id = s.host_ip || '{tail}' AND f.window_end_ts::TIMESTAMPTZ <= s.time AND f.write_time <= {known}
        QUALIFY row_number() OVER (PARTITION BY s.label ORDER BY f.window_end_ts DESC NULLS LAST, f.write_time DESC NULLS LAST) = 1
        ORDER BY s.label""")
    return found.to_arrow_table().to_pylist()


def same(joined, expected):
    assert len(joined) == len(expected)
    for got, wanted in zip(joined, expected):
        assert {k: got[k] for k in wanted} == wanted


@pytest.mark.parametrize("window", ["w_15m", "w_1h"])
@pytest.mark.parametrize("as_of", [None, "2026-03-03T04:07:00Z", "2026-03-09T00:00:00Z"])
def test_a_join_is_what_was_known_then(replayed, store, tmp_path, window, as_of):
    rows = spine(tmp_path / "spine.parquet")
    joined = join(replayed, store, rows, tmp_path / "out.parquet", "--window", window, *(["--as-of", as_of] if as_of else []))
    assert [r["label"] for r in joined] == list(range(400)), "the spine's order"
    expected = oracle(store, rows, "acme-v1-fg-a", f"|outbound|{window}", as_of)
    same(joined, expected)
    found = sum(r["record_id"] is not None for r in expected)
    assert 100 < found < 400, "some have features and some have none"
    assert all(r["record_id"] is None for r in joined if r["host_ip"] == "10.88.0.1")


def test_with_everything_known_it_is_an_asof_join(replayed, store, tmp_path):
    rows = spine(tmp_path / "spine.parquet", seed=4)
    joined = join(replayed, store, rows, tmp_path / "out.parquet", "--as-of", "2027-01-01T00:00:00Z")
    duckdb.sql("SET TimeZone = 'UTC'")
    expected = duckdb.sql(f"""
        SELECT s.label, f.record_id FROM '{rows}' s ASOF LEFT JOIN
          (SELECT *, window_end_ts::TIMESTAMPTZ AS at
           FROM read_parquet('{store}/*/sagemaker/*/*/acme-v1-fg-a-0/**/*.parquet', hive_partitioning = false)) f
        ON f.entity_id = s.host_ip || '|outbound|w_1h' AND s.time >= f.at ORDER BY s.label""").fetchall()
    assert [(r["label"], r["record_id"]) for r in joined] == expected
    assert any(r for _, r in expected)


def test_nothing_that_came_later_is_seen(replayed, store, tmp_path):
    """A join over the store as it stood at six o'clock, and over the same store with all that came after."""
    cut = START + timedelta(hours=6)
    rows = tmp_path / "spine.parquet"
    table = parquet.read_table(spine(tmp_path / "all.parquet"))
    parquet.write_table(table.filter([t.as_py() <= cut for t in table["time"]]), rows)
    then = tmp_path / "then"
    for hour in range(5):
        since = START + timedelta(hours=hour, minutes=15)
        write(replayed, then, since, since + timedelta(minutes=45), START + timedelta(hours=hour + 1) + LATE)
    join(replayed, then, rows, tmp_path / "then.parquet")
    join(replayed, store, rows, tmp_path / "now.parquet")
    assert (tmp_path / "then.parquet").read_bytes() == (tmp_path / "now.parquet").read_bytes()
    # A correction of an old hour, written today: the past stays as it was, and today sees it.
    corrected = shutil.copytree(store, tmp_path / "corrected")
    written = START + timedelta(days=2)
    for path in sorted(corrected.rglob("hour=03/*.parquet")):
        old = parquet.read_table(path)
        new = old.set_column(old.schema.get_field_index("write_time"), "write_time",
                             pa.array([written] * len(old), pa.timestamp("ms", "UTC")))
        if "sessions_cnt" in new.column_names:
            new = new.set_column(new.schema.get_field_index("sessions_cnt"), "sessions_cnt", pa.array([-1] * len(old), pa.int64()))
        parquet.write_table(new, path.with_name(path.name.split("_")[0] + "_ffffffffffffffff.parquet"))
    join(replayed, corrected, rows, tmp_path / "past.parquet")
    assert (tmp_path / "past.parquet").read_bytes() == (tmp_path / "now.parquet").read_bytes()
    for as_of, seen in ((written, True), (written - timedelta(seconds=1), False)):
        joined = join(replayed, corrected, rows, tmp_path / "as_of.parquet", "--as-of", instant(as_of))
        assert any(r["sessions_cnt"] == -1 for r in joined) == seen
        same(joined, sorted_by_label(oracle(corrected, rows, "acme-v1-fg-a", "|outbound|w_1h", instant(as_of)), joined))


def sorted_by_label(expected, joined):
    by_label = {r["label"]: r for r in expected}
    return [by_label[r["label"]] for r in joined]


def test_a_deleted_record_is_none(replayed, store, tmp_path):
    copy = shutil.copytree(store, tmp_path / "store")
    for path in copy.rglob("acme-v1-fg-a-0/**/20260303T050000Z_*.parquet"):
        table = parquet.read_table(path)
        parquet.write_table(table.set_column(table.schema.get_field_index("is_deleted"), "is_deleted", pa.array([True] * len(table))), path)
    rows = tmp_path / "spine.csv"
    rows.write_text("time,host_ip\n2026-03-03T05:00:00Z,10.1.0.11\n2026-03-03T04:59:59Z,10.1.0.11\n")
    joined = join(replayed, copy, rows, tmp_path / "out.parquet", "--as-of", "2027-01-01T00:00:00Z")
    assert [r["window_end_ts"] for r in joined] == [None, "2026-03-03T04:45:00Z"]


def test_wide_and_judged_features_of_a_csv(replayed, store, tmp_path):
    write(replayed, store, START, START + timedelta(days=1), START + timedelta(hours=9), "--dataset", "fg_a_wide")
    rows = tmp_path / "spine.csv"
    rows.write_text("host_ip,time,why\n10.1.0.11,2026-03-03T08:30:00+00:00,beacon\nfd00:1:0::5,2026-03-03T10:20:00+01:00,none\n")
    flags = ("--as-of", "2027-01-01T00:00:00Z")
    wide = join(replayed, store, rows, tmp_path / "wide.parquet", "--dataset", "fg_a_wide", *flags)
    assert [r["entity_id"] for r in wide] == ["10.1.0.11", "fd00:1::5"]
    assert wide[0]["window_end_ts"] == "2026-03-03T08:30:00Z" and wide[0]["sessions_cnt_w_8h"] >= 12
    out = tmp_path / "judged.csv"
    join(replayed, store, rows, out, "--dataset", "fg_c", "--horizon", "6h", "--features", "peer_rank_score,anomaly_rank_score", *flags)
    with out.open() as file:
        judged = list(csv.DictReader(file))
    assert list(judged[0]) == ["host_ip", "time", "why", "entity_id", "window_end_ts", "record_id", "write_time", "anomaly_rank_score",
                               "peer_rank_score"]
    assert judged[0]["entity_id"] == "10.1.0.11|outbound|w_1h|6h" and judged[0]["window_end_ts"] == "2026-03-03T08:30:00Z"


def test_passes_do_not_change_the_result(replayed, store, tmp_path):
    """A spine in no order; rows of one id far apart."""
    rows = spine(tmp_path / "spine.parquet", n=3000, seed=5)
    whole = join(replayed, store, rows, tmp_path / "whole.parquet")
    parts = join(replayed, store, rows, tmp_path / "parts.parquet", "--pass-rows", 700)
    assert whole == parts


DELAYS = [timedelta(0), timedelta(minutes=5), timedelta(hours=2), timedelta(days=30)]  # until a version is written


def versions(prefix, seed):
    """A store as SageMaker itself may write it: several event times in a file, several versions of a record, in no order."""
    rng = random.Random(seed)
    known, hours = set(), {}
    for i in range(900):
        host, event = rng.choice(traffic.HOSTS[:4]), START + timedelta(seconds=60 * rng.randrange(8 * 60))
        written = event + rng.choice(DELAYS) + timedelta(seconds=rng.randrange(3))
        if (host, event, written) not in known:
            known.add((host, event, written))
            hours.setdefault(event.replace(minute=0), []).append((host, event, written, i))
    for hour, records in hours.items():
        for part in range(3):
            chosen = records[part::3]
            if not chosen:
                continue
            last = max(r[1] for r in chosen)
            folder = prefix / "000000000000/sagemaker/local/offline-store/default-v1-fg-a-0/data" / hour.strftime(
                "year=%Y/month=%m/day=%d/hour=%H")
            folder.mkdir(parents=True, exist_ok=True)
            parquet.write_table(pa.table({
                "entity_id": [f"{r[0]}|outbound|w_1h" for r in chosen], "window_end_ts": [instant(r[1]) for r in chosen],
                "record_id": [str(r[3]) for r in chosen], "sessions_cnt": pa.array([r[3] for r in chosen], pa.int64()),
                "write_time": pa.array([r[2] for r in chosen], pa.timestamp("ms", "UTC")),
                "is_deleted": pa.array([False] * len(chosen))}), folder / f"{last:%Y%m%dT%H%M%SZ}_{part:016x}.parquet")


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("as_of", [None, "2026-03-03T05:00:01Z", "2026-05-01T00:00:00Z"])
def test_versions_written_in_any_order(tmp_path, seed, as_of):
    versions(tmp_path / "store", seed)
    rows = spine(tmp_path / "spine.parquet", n=300, seed=seed)
    engine.run("features", "join", "--prefix", tmp_path / "store", "--spine", rows, "--out", tmp_path / "out.parquet", "--features",
               "sessions_cnt", *(["--as-of", as_of] if as_of else []))
    expected = oracle(tmp_path / "store", rows, "default-v1-fg-a", "|outbound|w_1h", as_of, "f.sessions_cnt")
    same(parquet.read_table(tmp_path / "out.parquet").to_pylist(), expected)
    assert 50 < sum(r["record_id"] is not None for r in expected) < 300


@pytest.mark.parametrize("text, flags, said", [
    ("host_ip,when\n10.1.0.11,2026-03-03T05:00:00Z\n", (), "no column time with a zone"),
    ("host,time\n10.1.0.11,2026-03-03T05:00:00Z\n", (), "no text column host_ip or entity_id"),
    ("host_ip,time\n10.1.0.11,2026-03-03T05:00:00\n", (), "row 1: time is no instant with a zone"),
    ("host_ip,time\n10.1.0.11,2026-03-03T05:00:00Z\nhere,2026-03-03T05:00:00Z\n", (), "row 2: host_ip 'here' is no address"),
    ("host_ip,time\n10.1.0.11,2026-03-03T05:00:00Z\n", ("--dataset", "fg_c"), "give --horizon"),
    ("host_ip,time\n10.1.0.11,2026-03-03T05:00:00Z\n", ("--window", "w_3h"), "is no window of the project"),
    ("host_ip,time\n10.1.0.11,2026-03-03T05:00:00Z\n", ("--features", "sesions_cnt"), "'sesions_cnt' is no feature"),
])
def test_what_cannot_be_joined_is_refused(replayed, store, tmp_path, text, flags, said):
    rows = tmp_path / "spine.csv"
    rows.write_text(text)
    done = join(replayed, store, rows, tmp_path / "out.parquet", *flags, expect=2)
    assert said in done.stderr
    assert not (tmp_path / "out.parquet").exists()
