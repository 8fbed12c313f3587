# SPDX-License-Identifier: Apache-2.0
"""The oracle's evidence against document 3's terms and scores in plain Python, from FG-A, FG-B and fg_c/pair."""
import datetime as dt
from math import ceil, exp, log, sqrt

import pytest

import addresses
import generate
import metrics
import oracle
import scenarios
import settings
from evidence import TERMS
from settings import CLOCK_PORTS
from test_self_baselines import rows_of

T = dt.datetime(2024, 6, 6, 12)
PROJECT = {"project_name": "p", "feature_spec_version": "v1", "windows": {"w_15m": 1, "w_1h": 4, "w_24h": 96}}


@pytest.fixture(scope="module")
def con():
    records = generate.build(6, scenarios.epoch("2024-06-04 22:00:00"), 3, 24)
    connection = oracle.run(records, PROJECT, T, "1d:0d,1.25d:0.25d")
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def world(con):
    """Tables by key. The scored half-day is of weekdays, as the baselines are: bands serve themselves."""
    cfg = settings.resolve(PROJECT)
    tables = {
        "fg_a": [r for r in rows_of(con, "fg_a") if r["window_end_ts"] > T],
        "host": {(r["baseline_horizon"], r["host_ip"], r["role"], r["time_band"], r["window_label"]): r
                 for r in rows_of(con, "fg_b_host")},
        "segment": {(r["baseline_horizon"], r["segment_id"], r["role"], r["time_band"], r["window_label"]): r
                    for r in rows_of(con, "fg_b_segment")},
        "global": {(r["baseline_horizon"], r["role"], r["time_band"], r["window_label"]): r
                   for r in rows_of(con, "fg_b_global")},
    }
    cold = {(x["baseline_horizon"], x["host_ip"], x["role"], x["window_label"], x["window_end_ts"]): x["is_cold_start"]
            for x in rows_of(con, "fg_c_host")}
    return cfg, tables, cold, rows_of(con, "fg_c_pair")


def references(tables, cold, row, metric):
    """(own, peers), the largest over both horizons."""
    owns, peers = [], []
    for h in ("1d", "1.25d"):
        key = (row["time_band"], row["window_label"])
        own = tables["host"].get((h, row["host_ip"], row["role"], *key))
        if own and not cold[h, row["host_ip"], row["role"], row["window_label"], row["window_end_ts"]]:
            if not own[f"{metric}_cold_start_flag"]:
                owns.append(own[f"{metric}_p99"])
        segment = tables["segment"].get((h, row["segment_id"], row["role"], *key))
        everyone = tables["global"].get((h, row["role"], *key))
        if segment and not segment[f"{metric}_cold_start_flag"] and segment["hosts_cnt"] >= 20:
            peers.append(segment[f"{metric}_p95"])
        elif everyone and everyone["hosts_cnt"] >= 20:
            peers.append(everyone[f"{metric}_p95"])
    return (max((v for v in side if v is not None), default=None) for side in (owns, peers))


def from_terms(world):
    """{(host, end): {kind: [change, unlike peers]}} of the metric terms."""
    cfg, tables, cold, _ = world
    groups = {}
    for row in tables["fg_a"]:
        if row["window_label"] in ("w_1h", "w_24h"):
            groups.setdefault((row["window_end_ts"], row["role"], row["window_label"]), []).append(row)
    result = {}
    for (end, role, _), rows in groups.items():
        for kind, metric, of, a, ceiling, weight in TERMS:
            name, said = metrics.column(metric, cfg), {}
            for row in rows:
                x = row[name]
                if of != role or x is None or x <= a:
                    continue
                own, peers = references(tables, cold, row, name)
                if ceiling is not None:
                    peers = ceiling if peers is None else min(peers, ceiling)
                against = own if own is not None else peers
                if own is None and ceiling is None and row["lookback_days_covered"] < 1:
                    against = None
                change = 0 if against is None else weight * max(0, log((x + a) / (against + a)))
                standing = 0 if ceiling is None else weight * max(0, log((x + a) / (peers + a)))
                said[row["host_ip"]] = (change, standing)
            common = 0
            if kind in ("volume", "new_behaviour"):
                place = max(4, ceil(2 * len(rows) / 100))
                common = sorted((c for c, _ in said.values()), reverse=True)[place - 1] if len(said) >= place else 0
            for host, (change, standing) in said.items():
                best = result.setdefault((host, end), {}).setdefault(kind, [0, 0])
                best[0], best[1] = max(best[0], change - common), max(best[1], standing)
    return result


def add_beacons(world, result):
    _, tables, _, pairs = world
    hosts, days = {}, {}
    for row in tables["fg_a"]:
        if row["window_label"] == "w_24h" and row["sessions_cnt"] > 0:
            hosts[row["window_end_ts"], row["role"]] = hosts.get((row["window_end_ts"], row["role"]), 0) + 1
    identity = lambda p: (p["host_ip"], p["role"], p["peer_ip"], p["dst_port"], p["window_end_ts"])  # noqa: E731
    long = [p for p in pairs if p["window_label"] == "w_24h"]
    for p in long:
        days[identity(p)] = max(days.get(identity(p), 0), p["active_days"])
    for p in long:
        peer = addresses.parse(p["peer_ip"])
        if peer.is_private or peer.is_multicast or p["dst_port"] in CLOCK_PORTS:
            continue
        m, n = p["active_minutes_cnt"], p["sessions_cnt"]
        evidence = 0
        if p["beacon_score"] is not None and p["beacon_score"] >= 0.5:
            rarity = max(0, 1 - log(p["peer_hosts_cnt"]) / log(max(20, hosts[p["window_end_ts"], p["role"]])))
            q = p["beacon_score"] * (1 - 1 / sqrt(m)) * min(p["replied_cnt"], n - p["failed_cnt"]) / n * rarity
            if q > 0.5:
                evidence = 2.5 * log(0.5 / (1 - q)) * (0.75 if p["role"] == "inbound" else 1)
        if p["role"] == "outbound" and p["peer_hosts_cnt"] == 1 and p["failed_cnt"] >= n / 2 and m > 30:
            evidence = max(evidence, log((m + 30) / 60))
        if evidence:
            old = days[identity(p)] >= 3
            best = result.setdefault((p["host_ip"], p["window_end_ts"]), {}).setdefault("beaconing", [0, 0])
            best[0] = max(best[0], 0 if old else evidence)
            best[1] = max(best[1], evidence / 2 if old else evidence)
    return result


def verdict(kinds, side):
    """(score, kind) of one end."""
    found = {k: v[side] for k, v in kinds.items() if v[side] > 0}
    if not found:
        return 0, None
    largest = max(found.values())
    kind = min(k for k, v in found.items() if v == largest)
    if kind == "denials" and found.get("scanning", 0) >= largest / 2:
        kind = "scanning"
    return 100 * (1 - exp(-(largest + (sum(found.values()) - largest) / 4) / 4)), kind


def test_evidence(con, world):
    expected = {}
    for key, kinds in add_beacons(world, from_terms(world)).items():
        change, standing = verdict(kinds, 0), verdict(kinds, 1)
        if max(change[0], standing[0]) >= 20:
            expected[key] = (*change, *standing, kinds)
    ours = {(r["host_ip"], r["window_end_ts"]): r for r in rows_of(con, "fg_c_evidence_out")}
    assert ours.keys() == expected.keys() and len(ours) > 100
    doubled = 0
    for key, (score, kind, standing, standing_kind, kinds) in expected.items():
        row = ours[key]
        assert row["score"] == pytest.approx(score) and row["standing_score"] == pytest.approx(standing)
        assert (row["kind"], row["standing_kind"]) == (kind, standing_kind)
        for name, (change, unlike) in kinds.items():
            assert row[f"evidence_{name}"] == (pytest.approx(change) if change > 0 else None)
            assert row[f"standing_evidence_{name}"] == (pytest.approx(unlike) if unlike > 0 else None)
        strengths = [(r["evidence"], r["standing"]) for r in row["reasons"]]
        assert strengths == sorted(strengths, reverse=True)
        assert {r["kind"] for r in row["reasons"]} == {k for k, v in kinds.items() if max(v) > 0}
        for kind, sides in kinds.items():       # what each score is made of is among the reasons, and nothing else
            found = [(r["evidence"], r["standing"]) for r in row["reasons"] if r["kind"] == kind]
            assert [max(s, default=0) for s in zip(*found)] == pytest.approx(sides if found else [])
            assert all(f[0] == pytest.approx(sides[0]) or f[1] == pytest.approx(sides[1]) for f in found)
            assert len(set(found)) == len(found) <= 2
            doubled += len(found) == 2
    assert doubled > 0
    assert {r["kind"] for r in ours.values()} >= {"volume", "scanning", "beaconing", "exfiltration", "lateral_movement"}
