# SPDX-License-Identifier: Apache-2.0
"""The oracle against numbers worked by hand, and against plain Python on small input."""
import datetime as dt
import random
from fractions import Fraction
from math import log

import duckdb
import pytest

import addresses
import compare
import fg_b
import findings
import oracle
import settings
from generate import session, threat

NOON = int(dt.datetime(2024, 4, 20, 12, tzinfo=dt.timezone.utc).timestamp())    # a Saturday
HOST, PEER = "10.0.0.1", "8.8.8.8"
PROJECT = {"project_name": "p", "feature_spec_version": "v1"}


def row(con, window="w_15m", role="outbound", host=HOST, end=None):
    """The last (or given) FG-A row as a dict."""
    query = f"SELECT * FROM fg_a WHERE host_ip = '{host}' AND role = '{role}' AND window_label = '{window}'"
    if end:
        query += f" AND window_end_ts = TIMESTAMP '{end}'"
    result = con.execute(query + " ORDER BY window_end_ts DESC LIMIT 1")
    return dict(zip([c[0] for c in result.description], result.fetchone()))


def behaviour(records, **project):
    return oracle.run(records, {**PROJECT, **project})


def test_counts_of_mended_records():
    """Of one quarter hour: 8 sessions by repeat counts, two records mended, one start row, two THREAT rows."""
    con = behaviour([
        session(NOON, HOST, PEER, 443, 100, 50, duration=1, repeat_count=3),            # 3 sessions of 1 s: short
        session(NOON, HOST, PEER, 443, -7, None, duration=2.5, destination_packets=0),  # bytes null; a zero reply
        session(NOON, HOST, PEER, 443, 196606, 9, source_packets=3, duration=-4),       # 196606 > 3 x 65535; 0 s
        session(NOON + 61, HOST, PEER, 8, 64, 0, "icmp", event_action="drop ICMP"),     # no port; denied
        session(NOON + 62, HOST, "9.9.9.9", 445, 60, 128, duration=1, event_reason="tcp-rst-from-server"),
        session(NOON + 63, HOST, "9.9.9.9", 445, 60, 129, duration=1, event_reason="tcp-rst-from-server"),
        session(NOON, HOST, PEER, 443, event_subtype="start"),
        threat(NOON, HOST, PEER, 443, repeat_count=2),
        threat(NOON, HOST, PEER, 443, event_action="drop", event_subtype="vulnerability"),
    ])
    got = row(con)
    # 3 + 1 + 1 + 1 + 1 + 1
    assert got["sessions_cnt"] == 8 and got["traffic_cnt"] == 9
    assert (got["threat_cnt"], got["alert_cnt"], got["vulnerability_cnt"]) == (3, 2, 1)
    # 100 once for the folded three + 64 + 60 + 60; 50 + 9 + 0 + 128 + 129
    assert (got["bytes_src_sum"], got["bytes_dst_sum"]) == (284, 316)
    # 3 x 1 + 2.5 + 0 + 0.5 + 1 + 1
    assert got["duration_sum"] == 8.0 and got["short_session_cnt"] == 7
    assert (got["zero_reply_cnt"], got["deny_cnt"], got["icmp_cnt"], got["rst_cnt"]) == (2, 1, 1, 2)
    # minute 0: 3 + 1 + 1 sessions
    assert got["max_sessions_per_minute"] == 5
    # ports 443 and 445; of the peers PEER has 6 of 8 sessions, 9.9.9.9 has 2
    assert (got["peer_port_nunique"], got["peer_ip_nunique"]) == (2, 2)
    assert got["peer_ip_entropy"] == pytest.approx(-(0.25 * log(0.25) + 0.75 * log(0.75)))
    # failed: the zero reply of tcp, the denied one, the reset with at most 128 bytes; no pair wholly but the denied
    failed = con.execute("SELECT dst_ip, dst_port, failed_cnt, replied_cnt FROM out_delta_pair ORDER BY ALL").fetchall()
    assert failed == [("8.8.8.8", 443, 1, 4), ("8.8.8.8", None, 1, 0), ("9.9.9.9", 445, 1, 2)]
    assert got["failed_peers_per_port_max"] == 0 and got["failed_peers_per_port_at"] is None


def test_ends_of_types():
    """2^31 - 1 sessions of almost 8,000 years are more microseconds than 2^63; one session more is no record."""
    con = behaviour([session(NOON, HOST, PEER, 443, event_end="9999-12-31T23:59:59Z", repeat_count=2**31 - 1),
                     session(NOON, HOST, PEER, 443, repeat_count=2**31)])
    got = row(con)
    assert got["sessions_cnt"] == 2**31 - 1
    assert got["duration_sum"] == (2**63 - 1) / 1e6
    assert got["duration_mean"] == (2**63 - 1) / 1e6 / (2**31 - 1)


def test_duplicates():
    """Rule 1 drops the equal one, rule 2 keeps the highest number of a key's end rows (10 > 9), of ties the last."""
    one = session(NOON, HOST, PEER, 443, 1, 1, session_key="k", sequence="9")
    con = behaviour([one, dict(one), {**one, "sequence": "10", "source_bytes": 20},
                     {**one, "sequence": "10", "source_bytes": 30}, {**one, "session_key": "0", "source_bytes": 5},
                     {**one, "session_key": "0", "source_bytes": 5}])
    got = row(con)
    assert (got["sessions_cnt"], got["bytes_src_sum"]) == (3, 30 + 5 + 5)


def test_addresses():
    cfg = settings.resolve({**PROJECT, "segments": {"mapping": [
        {"name": "wide", "cidr": "10.0.0.0/8"}, {"name": "first", "cidr": "10.1.0.0/16"},
        {"name": "second", "cidr": "10.1.0.0/16"}]}})
    assert str(addresses.parse("::ffff:10.1.2.3")) == "10.1.2.3"
    assert addresses.segment(addresses.parse("10.1.2.3"), cfg) == "first"
    assert addresses.segment(addresses.parse("10.2.2.3"), cfg) == "wide"
    assert addresses.segment(addresses.parse("192.168.7.9"), cfg) == "192.168.7.0/24"
    assert addresses.segment(addresses.parse("fd00::1:2:3:4:5"), cfg) == "fd00:0:0:1::/64"
    assert addresses.number(addresses.parse("0.0.0.1")) == 0xFFFF00000001


def test_calendar_over_summer_time():
    """Prague moves from UTC+1 to UTC+2 on 31 March 2024 at 01:00 UTC: 00:45 is 01:45 there, 01:00 is 03:00."""
    begin = int(dt.datetime(2024, 3, 31, 0, 45, tzinfo=dt.timezone.utc).timestamp())
    con = behaviour([session(begin, HOST, PEER, 443), session(begin + 900, HOST, PEER, 443)],
                    calendar={"timezone": "Europe/Prague"})
    assert con.execute("SELECT hour_of_day, day_of_week, time_band FROM calendar ORDER BY s").fetchall() == [
        (1, 7, "WE_NIGHT"), (3, 7, "WE_NIGHT")]


def beacon(gaps, repeat=1):
    """Score of a pair over the 8 h that begin with its first session, gaps in minutes."""
    second, records = NOON, []
    for gap in [0, *gaps]:
        second += gap * 60
        records.append(session(second, HOST, PEER, 443, repeat_count=repeat))
    records.append(session(NOON + 8 * 3600 - 60, HOST, "9.9.9.9", 53))
    return row(behaviour(records), "w_8h", end="2024-04-20 20:00:00")["beacon_score_max"]


def test_beacons():
    # 47 gaps of 10: regular 1, symmetric 1, covered 470 of 479 minutes, twice that above 1; density 48/471 < 1/3
    assert beacon([10] * 47) == 1.0
    # 8 gaps; q1 = 2nd = 10, q2 = 4th = 10, q3 = 6th = 20; MAD 4th of 0 0 0 0 10 10 10 20 = 0; regular 1;
    # symmetric 1 - |10 + 20 - 20|/10 = 0; covered 130; score (1 + 0)/2 x 2 x 130/479
    assert beacon([10, 20, 10, 20, 10, 20, 10, 30]) == pytest.approx(130 / 479)
    # 200 gaps of 2: covered 400, density 201/401 > 1/3: times (201/402)^2 with two sessions a minute
    assert beacon([2] * 200, repeat=2) == pytest.approx(0.25)
    # seven gaps are too few
    assert beacon([10] * 7) == 0.0
    # a stray session 200 minutes on is not covered (200 > 4 x 10): q3 - q1 = 0; 2 x 80/479
    assert beacon([10] * 8 + [200]) == pytest.approx(160 / 479)


def test_novelty_by_hand():
    """Day 0: PEER 443 twice, 9.9.9.9 53 once. 2 days later: PEER 443, PEER 22, 1.1.1.1 443 (refused)."""
    later = NOON + 2 * 86400
    con = behaviour([session(NOON, HOST, PEER, 443), session(NOON, HOST, PEER, 443), session(NOON, HOST, "9.9.9.9", 53),
                     session(later, HOST, PEER, 443), session(later, HOST, PEER, 22),
                     session(later, HOST, "1.1.1.1", 443, 900, 0)])
    got = {k.replace("_lookback30d", ""): v for k, v in row(con).items()}
    assert got["lookback_days_covered"] == 2
    assert (got["new_peer_cnt"], got["new_dst_port_cnt"], got["new_pair_cnt"], got["new_segment_cnt"]) == (1, 1, 2, 1)
    # PEER was seen twice, 443 twice, (PEER, 443) twice: fewer than 3
    assert (got["rare_peer_cnt"], got["rare_dst_port_cnt"], got["rare_pair_cnt"]) == (1, 1, 1)
    # N 3 sessions, V 2 peers: PEER -ln(3/6), 1.1.1.1 -ln(1/6)
    assert got["pair_rarity_score_max"] == pytest.approx(log(6))
    assert got["pair_rarity_score_mean"] == pytest.approx((log(2) + log(6)) / 2)
    assert got["dst_port_rarity_score_mean"] == pytest.approx((log(2) + log(6)) / 2)
    assert got["new_peer_ratio"] == 0.5
    # 1.1.1.1 never answered, so it is not reached; port 22 is; 900 bytes went out and less than 225 came back
    assert (got["reached_new_peer_cnt"], got["reached_new_port_cnt"]) == (0, 1)
    assert (got["new_peer_bytes_sent_max"], got["new_peer_bytes_sent_at"]) == (900, "1.1.1.1")


def test_new_admin_reach_by_hand():
    """Reached on 22: .5 (another host has it too) and .6 (nobody else): 2 peers + 2 x 1, less 1 failed peer on 445."""
    later = NOON + 86400 + 900
    con = behaviour([session(NOON, "10.0.0.2", "10.0.9.5", 443), session(later, HOST, "10.0.9.5", 22),
                     session(later, HOST, "10.0.9.6", 22), session(later, HOST, "10.0.9.7", 445, 60, 0)])
    assert row(con)["new_admin_reach_lookback30d"] == 2 + 2 - 1


def plain_window(events, host, role, first, last):
    """Some FG-A metrics of the sessions in [first, last), in plain Python."""
    peers, ports, pairs = {}, {}, {}
    for e in events:
        me, peer = (e["src"], e["dst"]) if role == "outbound" else (e["dst"], e["src"])
        if me == host and first <= e["t"] < last:
            peers[peer] = peers.get(peer, 0) + 1
            ports[e["port"]] = ports.get(e["port"], 0) + 1
            pairs.setdefault((peer, e["port"]), []).append(e["bytes"] == 0)
    return peers, ports, pairs


def test_windows_and_novelty_by_brute_force():
    """300 random sessions over 4 days, look-back 2 days: every row of every window of every end."""
    r = random.Random(7)
    names = [f"10.0.0.{i}" for i in range(1, 5)] + ["8.8.8.8", "9.9.9.9", "fd00::1"]
    events = []
    while len(events) < 300:
        src, dst = r.sample(names, 2)
        if src.startswith(("10", "fd")) or dst.startswith(("10", "fd")):
            events.append({"t": NOON + r.randrange(4 * 86400), "src": src, "dst": dst, "port": r.choice([22, 53, 443]),
                           "bytes": r.choice([0, 0, 100])})
    first = min(e["t"] for e in events) // 900 * 900
    con = behaviour([session(e["t"], e["src"], e["dst"], e["port"], 10, e["bytes"]) for e in events],
                    lookback={"days": 2, "min_days": 0})
    rows = con.execute("""SELECT host_ip, role, k, epoch(window_end_ts)::BIGINT, sessions_cnt, peer_ip_nunique,
        peer_port_entropy, failed_peers_per_port_max, failed_ports_per_peer_max, new_peer_cnt_lookback2d,
        new_pair_cnt_lookback2d, rare_dst_port_cnt_lookback2d, pair_rarity_score_mean_lookback2d, lookback_days_covered
        FROM fg_a JOIN win USING (window_label)""").fetchall()
    assert len(rows) > 3000
    for host, role, k, end, sessions, peer_n, entropy, by_port, by_peer, new, new_pair, rare, rarity, days in rows:
        start = end - k * 900
        peers, ports, pairs = plain_window(events, host, role, start, end)
        old_peers, old_ports, old_pairs = plain_window(events, host, role, start - 2 * 86400, start)
        failed = [p for p, zero in pairs.items() if all(zero)]
        assert sessions == sum(peers.values()) and peer_n == len(peers)
        assert entropy == pytest.approx(-sum(n / sessions * log(n / sessions) for n in ports.values()), abs=1e-12)
        assert by_port == max(sum(q == p for _, q in failed) for p in ports)
        assert by_peer == max(sum(a == p for a, _ in failed) for p in peers)
        assert new == len(peers.keys() - old_peers.keys()) and new_pair == len(pairs.keys() - old_pairs.keys())
        assert rare == sum(0 < old_ports.get(p, 0) < 3 for p in ports)
        n, v = sum(old_peers.values()), len(old_peers)
        expected = sum(-log((old_peers.get(p, 0) + 1) / (n + v + 1)) for p in peers) / len(peers)
        assert rarity == pytest.approx(expected, abs=1e-12)
        assert days == min(2, max(0, (start - first) // 86400))


def statistics(pairs):
    con = duckdb.connect()
    con.execute("CREATE TABLE src (k INTEGER, metric VARCHAR, x DOUBLE, w INTEGER)")
    con.executemany("INSERT INTO src VALUES (1, 'm', ?, ?)", pairs)
    fg_b.weighted_statistics(con, "done", "src")
    got = con.execute("SELECT median, p25, p75, p95, p99, mad, iqr, support_count FROM done").fetchall()
    return got[0] if got else None


def test_weighted_quantiles_by_hand():
    # weights 1000, 100, 1000 of 1, 2, 3: half of 2100 is reached at 2; p25 at 1; p75 at 3; deviations 0 (100), 1 (2000)
    assert statistics([(1, 1000), (2, 100), (3, 1000)]) == (2, 1, 3, 3, 3, 1, 2, 3)
    # a tie is reached exactly: half of 4 at the second value
    assert statistics([(1, 1000), (2, 1000), (3, 1000), (4, 1000)]) == (2, 1, 3, 4, 4, 1, 2, 4)
    # zero MAD: five of six are 7
    assert statistics([(7, 1000)] * 5 + [(50, 100)])[5] == 0
    # nulls and weight 0 are no support
    assert statistics([(None, 1000), (9, 0), (4, 1000)]) == (4, 4, 4, 4, 4, 0, 0, 1)
    assert statistics([(None, 1000), (9, 0)]) is None


def test_weighted_quantiles_by_brute_force():
    r = random.Random(3)
    for _ in range(40):
        pairs = [(r.choice([0.1, 0.2, 0.3, 5, 7, 7.5]), r.choice([100, 250, 1000])) for _ in range(r.randrange(1, 30))]

        def quantile(values, p):
            need = Fraction(p, 100) * sum(w for _, w in values)
            total = 0
            for x, w in sorted(values):
                total += w
                if total >= need:
                    return x
        median = quantile(pairs, 50)
        mad = quantile([(abs(x - median), w) for x, w in pairs], 50)
        got = statistics(pairs)
        assert got[:6] == (median, *(quantile(pairs, p) for p in (25, 75, 95, 99)), mad)


def steady(days, sent=lambda i: 100):
    """A session a slice over `days` days, so that every band has its 40, 20 and 36 slices a day."""
    start = int(dt.datetime(2024, 4, 15, tzinfo=dt.timezone.utc).timestamp())       # a Monday
    return [session(start + i * 900, HOST, PEER, 443, sent(i), 1000) for i in range(96 * days)]


def baseline(con, metric, window="w_15m", band="WD_WORKING", table="fg_b_host"):
    return con.execute(f"SELECT {metric}_median, {metric}_mad, {metric}_support_count, {metric}_cold_start_flag FROM {table} "
                       f"WHERE role = 'outbound' AND window_label = '{window}' AND time_band = '{band}'").fetchone()


def test_support_and_capping_by_hand():
    """One day, [00:00, 24:00): the working band has b = 40 slices, so 20 make a host warm: max(8, min(50, 20))."""
    # the host is silent but in 19 of the 40 working slices of the day: cold
    few = [r for i, r in enumerate(steady(2)) if i >= 96 or not 28 <= i < 68 or i < 47]
    con = oracle.run(few, PROJECT, dt.datetime(2024, 4, 16), "1d:0d")
    assert baseline(con, "sessions_cnt") == (1, 0, 19, 1)
    more = [r for i, r in enumerate(steady(2)) if i >= 96 or not 28 <= i < 68 or i < 48]
    con = oracle.run(more, PROJECT, dt.datetime(2024, 4, 16), "1d:0d")
    assert baseline(con, "sessions_cnt") == (1, 0, 20, 0)
    # bytes 100, but 100 + 6 x 1024 + 1 in three slices: |z| = 6145/1024 > 6 there, so these weigh 0.1
    burst = steady(2, lambda i: 6245 if i in (30, 31, 32) else 100)
    con = oracle.run(burst, PROJECT, dt.datetime(2024, 4, 16), "1d:0d")
    assert con.execute("SELECT count(*) FROM weight JOIN base USING (r) WHERE w_host = 100 AND window_label = 'w_15m' "
                       "AND role = 'outbound'").fetchone()[0] == 3
    # 95 % of 37 x 1000 + 3 x 100 = 37300 is 35435 <= 37000: p95 stays at 100; unweighted it would be 6245
    assert con.execute("SELECT bytes_src_sum_p95, bytes_src_sum_p99 FROM fg_b_host WHERE role = 'outbound' AND "
                       "window_label = 'w_15m' AND time_band = 'WD_WORKING'").fetchone() == (100, 100)


def test_fg_c_by_hand():
    """Two equal days and a third with ten sessions in the slice of 10:00 (the baseline is the first two)."""
    records = steady(3)
    at = int(dt.datetime(2024, 4, 17, 10, tzinfo=dt.timezone.utc).timestamp())
    records += [session(at + i, HOST, PEER, 443, 100, 1000) for i in range(9)]
    con = oracle.run(records, PROJECT, dt.datetime(2024, 4, 17), "2d:0d")
    got = con.execute("SELECT * FROM fg_c_host WHERE window_label = 'w_15m' AND role = 'outbound' AND "
                      "window_end_ts = TIMESTAMP '2024-04-17 10:15:00'")
    got = dict(zip([c[0] for c in got.description], got.fetchone()))
    # median 1, MAD 0, IQR 0, so the resolution 1 is the scale: z 9, clipped 6; (10 + 1)/(1 + 1)
    assert (got["sessions_cnt_z_mad"], got["sessions_cnt_z_mad_clipped"], got["sessions_cnt_ratio"]) == (9, 6, 5.5)
    assert got["baseline_level"] == "HOST" and "sessions_cnt=resolution" in got["scale_source_exceptions"]
    # 900 bytes more at a resolution of 1024; 9000 more of the answer
    assert got["bytes_src_sum_z_mad"] == pytest.approx(900 / 1024)
    assert got["bytes_dst_sum_z_mad"] == pytest.approx(9000 / 1024)
    # nine sessions more of the minute 10:00: 10 in one minute, z 9 as well; ties stand in catalogue order
    assert [t["metric"] for t in got["top_features"]] == ["sessions_cnt", "short_session_cnt", "max_sessions_per_minute",
                                                          "bytes_dst_sum", "bytes_src_sum"]
    # ln(1 + 6) three times and ln(1 + 9000/1024 - 3)
    assert got["anomaly_rank_score"] == pytest.approx(3 * log(7) + log(9000 / 1024 - 2))
    # the pair was seen 2 x 96 times; no segment has 5 hosts, so peers are the global row of the same single host
    assert got["pair_rarity_max"] == pytest.approx(1 / 193) and got["peer_rank_score"] == got["anomaly_rank_score"]
    assert got["rare_pair_weighted_z_sessions"] == pytest.approx(9 / 193)
    # w_15m z 9, w_1h: median 4, 13 sessions: z 9
    assert got["window_disagreement_sessions_cnt"] == 0
    assert got["time_band_violation_flag"] == 0 and got["baseline_drift_z_sessions_cnt"] is None


def test_episodes():
    """0 and 1 h are one episode; 3 h joins its finding; 6 h, 20 points above, opens a new one; 9 h is below 20. The
    standing denials of 8 h join the first, which has denials among its evidence; `times` counts changes there."""
    def at(hours):
        return dt.datetime(2024, 4, 20) + dt.timedelta(hours=hours)
    changes = [(at(0), 30, "volume", {"volume"}), (at(1), 35, "volume", {"volume", "denials"}),
               (at(3), 20, "volume", {"volume"}), (at(6), 55, "volume", {"volume"}), (at(9), 19.9, "volume", {"volume"})]
    found = findings.of_host(HOST, changes, [(at(8), 40, "denials", {"denials"})])
    assert [(f["first"], f["last"], f["score"], f["times"], f["severity"]) for f in found] == [
        (at(0), at(8), 40, 2, "medium"), (at(6), at(6), 55, 1, "medium")]


def as_engine(con, root, dataset):
    """Writes one of the oracle's own tables as an engine would."""
    table, path, _ = compare.DATASETS[dataset]
    instant = "slice_start_ts" if dataset.startswith("delta") else "window_end_ts - INTERVAL 15 MINUTE"
    more = "'20240417T000000Z' AS reference_ts" if path == compare.BASELINE_PATH else (
        f"strftime({instant}, '%Y-%m-%d') AS dt, strftime({instant}, '%H') AS hh, strftime({instant}, '%M') AS mm")
    names = [c[0] for c in con.execute(f"SELECT * FROM {table} LIMIT 0").description if c[0] != "h"]
    (root / dataset).parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"COPY (SELECT {', '.join(names)}, 'v1' AS feature_spec_version, {more} FROM {table}) "
                f"TO '{root}/{dataset}' (FORMAT parquet, PARTITION_BY ({', '.join(path)}))")


@pytest.fixture(scope="module")
def small():
    records = steady(3) + [session(NOON - 3 * 86400 + i, HOST, f"9.9.9.{i}", 25, 0, 0) for i in range(200)]
    con = oracle.run(records, PROJECT, dt.datetime(2024, 4, 17), "2d:0d,1d:0d")
    yield con
    con.close()


@pytest.mark.parametrize("dataset", list(compare.DATASETS))
def test_compare_agrees_with_itself(small, tmp_path, dataset):
    as_engine(small, tmp_path, dataset)
    assert small.execute(f"SELECT count(*) FROM {compare.DATASETS[dataset][0]}").fetchone()[0] > 0
    assert str(compare.dataset(small, str(tmp_path), dataset)) == ""


@pytest.mark.parametrize("dataset, change, told", [
    ("fg_a", "UPDATE fg_a SET deny_cnt = deny_cnt + 1 WHERE sessions_cnt = 4", "fg_a.deny_cnt"),
    ("fg_a", "UPDATE fg_a SET peer_ip_entropy = peer_ip_entropy * (1 + 1e-8) WHERE peer_ip_entropy > 1",
     "fg_a.peer_ip_entropy"),
    ("fg_a", "DELETE FROM fg_a WHERE role = 'outbound' AND hour_of_day = 3", "rows missing"),
    ("fg_b/host", "UPDATE fg_b_host SET sessions_cnt_mad = NULL", "fg_b/host.sessions_cnt_mad"),
    ("fg_c/host", "UPDATE fg_c_host SET top_features = list_reverse(top_features)", "fg_c/host.top_features"),
    ("fg_c/host", "ALTER TABLE fg_c_host DROP COLUMN is_cold_start", "is_cold_start is missing"),
    ("delta/pair", "UPDATE out_delta_pair SET mini_batch_id = '20240417T000000Z'", "rows not expected"),
])
def test_compare_tells_what_differs(small, tmp_path, dataset, change, told):
    small.execute("BEGIN")
    small.execute(change)
    as_engine(small, tmp_path, dataset)
    small.execute("ROLLBACK")
    assert told in str(compare.dataset(small, str(tmp_path), dataset))
