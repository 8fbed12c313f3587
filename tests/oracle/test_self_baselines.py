# SPDX-License-Identifier: Apache-2.0
"""The oracle's FG-B and FG-C against document 3 in plain Python, from FG-A rows, cell by cell on a sample."""
import datetime as dt
import random
from fractions import Fraction
from math import log

import pytest

import generate
import metrics
import oracle
import scenarios
import settings

SLICE = dt.timedelta(minutes=15)
T = dt.datetime(2024, 6, 6, 12)
HORIZONS = "1d:0d,0.5d:0.25d"
PROJECT = {"project_name": "p", "feature_spec_version": "v1", "windows": {"w_15m": 1, "w_1h": 4},
           "support_min": {"default": 12, "metrics": {"deny_ratio": 30}},
           "capping": {"z_max": 3}}


@pytest.fixture(scope="module")
def con():
    records = generate.build(5, scenarios.epoch("2024-06-05 00:00:00"), 2.5, 22)
    connection = oracle.run(records, PROJECT, T, HORIZONS)
    yield connection
    connection.close()


def rows_of(con, table):
    result = con.execute(f"SELECT * FROM {table}")
    names = [c[0] for c in result.description]
    return [dict(zip(names, r)) for r in result.fetchall()]


def quantile(pairs, percent):
    """Smallest value whose cumulative weight reaches percent of the total."""
    need, total = Fraction(percent, 100) * sum(w for _, w in pairs), 0
    for x, w in sorted(pairs):
        total += w
        if total >= need:
            return x


class Plain:
    """One horizon: rows, weights and statistics straight from the definitions."""

    def __init__(self, fg_a, label, start, end, first, cfg):
        self.label, self.cfg = label, cfg
        self.rows = [r for r in fg_a if start < r["window_end_ts"] <= end
                     and r["slices_covered"] >= Fraction(95, 100) * cfg.windows[r["window_label"]]]
        self.ends = {}
        end_ts = max(start, first) + SLICE
        while end_ts <= end:
            hour = (end_ts - SLICE).hour
            band = "WD_" + ("WORKING" if 7 <= hour < 17 else "OFF" if 17 <= hour < 22 else "NIGHT")
            for window, k in cfg.windows.items():
                if min(k, (end_ts - first) // SLICE) >= Fraction(95, 100) * k:
                    self.ends[band, window] = self.ends.get((band, window), 0) + 1
            end_ts += SLICE
        self.groups = {level: {} for level in ("host", "segment", "global")}
        for r in self.rows:
            for level, key in KEYS.items():
                self.groups[level].setdefault(key(r), []).append(r)
        for r in self.rows:
            r["w", label] = {level: self.weight(r, level) for level in ("host", "segment")}
        self.known = {}

    def least(self, metric, band, window):
        named = self.cfg.support_metrics.get(metric, self.cfg.support_default)
        return max(8, min(named, Fraction(self.ends[band, window], 2)))

    def scale(self, pairs, metric):
        median = quantile(pairs, 50)
        mad = quantile([(abs(x - median), w) for x, w in pairs], 50)
        spread = mad if mad > 0 else quantile(pairs, 75) - quantile(pairs, 25)
        return median, max(metrics.resolution(metric), spread)

    def weight(self, row, level):
        for metric in self.cfg.capping_metrics:
            if row[metric] is None:
                continue
            judges = self.groups[level][KEYS[level](row)]
            pairs = [(r[metric], 1) for r in judges if r[metric] is not None]
            if level == "host" and len(pairs) < self.least(metric, row["time_band"], row["window_label"]):
                judges = self.groups["segment"][KEYS["segment"](row)]
                pairs = [(r[metric], 1) for r in judges if r[metric] is not None]
            median, scale = self.scale(pairs, metric)
            if abs((row[metric] - median) / scale) > self.cfg.capping_z_max:
                return self.cfg.w_anom
        return 1000

    def statistics(self, level, key, metric):
        """(median, p95, p99, mad, support, cold, scale), None without a row."""
        if key not in self.groups[level]:
            return None
        if (level, key, metric) not in self.known:
            rows = self.groups[level][key]
            weights = "host" if level == "host" else "segment"
            pairs = [(r[metric], r["w", self.label][weights]) for r in rows if r[metric] is not None]
            cold = len(pairs) < self.least(metric, rows[0]["time_band"], rows[0]["window_label"])
            if pairs:
                median, scale = self.scale(pairs, metric)
                mad = quantile([(abs(x - median), w) for x, w in pairs], 50)
                result = (median, quantile(pairs, 95), quantile(pairs, 99), mad, len(pairs), cold, scale)
            else:
                result = (None, None, None, None, 0, True, None)
            self.known[level, key, metric] = result
        return self.known[level, key, metric]


KEYS = {
    "host": lambda r: (r["host_ip"], r["role"], r["segment_id"], r["time_band"], r["window_label"]),
    "segment": lambda r: (r["segment_id"], r["role"], r["time_band"], r["window_label"]),
    "global": lambda r: (r["role"], r["time_band"], r["window_label"]),
}


@pytest.fixture(scope="module")
def plain(con):
    cfg = settings.resolve(PROJECT)
    fg_a = rows_of(con, "fg_a")
    for r in fg_a:
        for m in metrics.NOVELTY:
            r[m] = r[metrics.column(m, cfg)]
    first = dt.datetime(2024, 6, 5)
    return fg_a, cfg, [Plain(fg_a, "1d", T - dt.timedelta(days=1), T, first, cfg),
                       Plain(fg_a, "0.5d", T - dt.timedelta(hours=18), T - dt.timedelta(hours=6), first, cfg)]


def test_tables(con, plain):
    _, cfg, horizons = plain
    r = random.Random(1)
    for horizon in horizons:
        for level, key in KEYS.items():
            ours = [x for x in rows_of(con, f"fg_b_{level}") if x["baseline_horizon"] == horizon.label]
            assert {key(x) for x in ours} == horizon.groups[level].keys()
            for x in r.sample(ours, min(len(ours), 40)):
                for metric in metrics.BASELINED:
                    name = metrics.column(metric, cfg)
                    got = tuple(x[f"{name}_{s}"] for s in ("median", "p95", "p99", "mad", "support_count", "cold_start_flag"))
                    assert got == horizon.statistics(level, key(x), metric)[:6], (horizon.label, key(x), metric)


def chosen(horizon, row, cold, metric):
    """The level that serves the metric, and its statistics."""
    for level in ("host", "segment", "global"):
        s = horizon.statistics(level, KEYS[level](row), metric)
        if level == "host" and cold or s is None or s[0] is None:
            continue
        if not s[5] or level == "global":
            return level.upper(), s
    return "NONE", None


def test_distances(con, plain):
    """All time bands of the scored half-day are weekday bands that the horizon of a day knows."""
    fg_a, cfg, horizons = plain
    scored = {(r["host_ip"], r["role"], r["window_label"], r["window_end_ts"]): r for r in fg_a if r["window_end_ts"] > T}
    horizon = horizons[0]
    ours = [x for x in rows_of(con, "fg_c_host") if x["baseline_horizon"] == "1d"]
    assert len(ours) == len(scored)
    levels = set()
    for x in random.Random(2).sample(ours, 400):
        row = scored[x["host_ip"], x["role"], x["window_label"], x["window_end_ts"]]
        sessions = horizon.statistics("host", KEYS["host"](row), "sessions_cnt")
        assert x["is_cold_start"] == (sessions is None or sessions[5])
        rank, peer_rank, exceptions = 0, 0, []
        for metric in metrics.BASELINED:
            level, s = chosen(horizon, row, x["is_cold_start"], metric)
            value, name = row[metric], metrics.column(metric, cfg)
            if metric == "sessions_cnt":
                assert x["baseline_level"] == level
            if s is None or value is None:
                assert x[f"{name}_z_mad"] is None
                continue
            if level != x["baseline_level"]:
                exceptions.append(f"{metric}={level}")
            z = (value - s[0]) / s[6]
            levels.add(level)
            assert x[f"{name}_z_mad"] == pytest.approx(z) and x[f"{name}_excess_over_p95"] == max(0, value - s[1])
            if metric in metrics.RANKED:
                rank += log(1 + max(0, abs(z) - 3))
                peers = horizon.statistics("segment", KEYS["segment"](row), metric)
                hosts = {r["host_ip"] for r in horizon.groups["segment"].get(KEYS["segment"](row), [])}
                if peers is None or peers[5] or len(hosts) < 5:
                    peers = horizon.statistics("global", KEYS["global"](row), metric)
                peer_rank += log(1 + max(0, abs((value - peers[0]) / peers[6]) - 3))
        assert x["baseline_level_exceptions"] == exceptions
        assert x["anomaly_rank_score"] == pytest.approx(rank) and x["peer_rank_score"] == pytest.approx(peer_rank)
    assert levels == {"HOST", "SEGMENT", "GLOBAL"}
