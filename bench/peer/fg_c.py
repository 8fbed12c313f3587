# SPDX-License-Identifier: Apache-2.0
"""FG-A rows of one end against the baselines of two horizons: the six default transforms of 32 metrics, and rank scores."""
from words import METRICS, RANKED, resolution

LEAVES_OUT = ["pairs, evidence, scores by name, bands, windows and horizons compared, lists of exceptions, top features",
              "the baseline of the other kind of day; neither engine is given pairs"]
HORIZONS = ["7d", "30d"]
CHOSEN = ["median", "p95", "mad", "iqr", "support_count", "cold_start_flag"]


def chosen(m):
    """The level of a metric and its statistics there, as a struct that is null where no baseline serves."""
    def pack(level):
        return "{" + ", ".join(f"'{s}': {level}.{m}_{s}" for s in CHOSEN) + "}"
    return (f"CASE WHEN i.is_cold_start = 0 AND h.{m}_median IS NOT NULL AND h.{m}_cold_start_flag = 0 THEN {pack('h')} "
            f"WHEN s.{m}_median IS NOT NULL AND s.{m}_cold_start_flag = 0 THEN {pack('s')} "
            f"WHEN g.{m}_median IS NOT NULL THEN {pack('g')} END AS b_{m}")


def peers(m):
    """z against the segment, or the network where that is cold or small."""
    def z(level):
        scale = f"greatest({resolution(m)}, CASE WHEN {level}.{m}_mad > 0 THEN {level}.{m}_mad ELSE {level}.{m}_iqr END)"
        return f"(a.{m} - {level}.{m}_median) / {scale}"
    return (f"CASE WHEN s.hosts_cnt >= 5 AND s.{m}_median IS NOT NULL AND s.{m}_cold_start_flag = 0 THEN {z('s')} "
            f"ELSE {z('g')} END AS p_{m}")


def families(m):
    b, r = f"b_{m}", resolution(m)
    signed = m == "bytes_asymmetry_log"
    ratio = "NULL::DOUBLE" if signed else f"({m} + {r}) / ({b}.median + {r})"
    return [f"{ratio} AS {m}_ratio", "NULL::DOUBLE" + f" AS {m}_log_ratio" if signed else f"ln({ratio}) AS {m}_log_ratio",
            f"z_{m} AS {m}_z_mad", f"abs(z_{m}) AS {m}_abs_dev_over_mad",
            f"CASE WHEN z_{m} IS NOT NULL THEN least(greatest(z_{m}, -6.0), 6.0) END AS {m}_z_mad_clipped",
            f"CASE WHEN {m} - {b}.p95 IS NOT NULL THEN greatest(0, {m} - {b}.p95) END AS {m}_excess_over_p95"]


def rank(prefix):
    return " + ".join(f"coalesce(ln(1 + greatest(0, abs({prefix}_{m}) - 3)), 0)" for m in RANKED)


def run(con, folder, watch, emit):
    z = ", ".join(f"({m} - b_{m}.median) / greatest({resolution(m)}, CASE WHEN b_{m}.mad > 0 THEN b_{m}.mad ELSE b_{m}.iqr END) "
                  f"AS z_{m}" for m in METRICS)
    cold = " OR ".join(f"coalesce(b_{m}.cold_start_flag, 1) = 1" for m in METRICS)
    support = ", ".join(f"b_{m}.support_count" for m in METRICS)
    columns = ", ".join(c for m in METRICS for c in families(m))
    with watch:
        for horizon in HORIZONS:
            def table(name):
                return f"'{folder}/{horizon}/{name}.parquet'"
            con.execute(f"""
                CREATE TEMP TABLE "{horizon}" AS
                WITH chosen AS (
                    SELECT a.host_ip, a.role, a.segment_id, a.time_band, a.window_label, a.window_start_ts,
                        a.window_end_ts, a.slices_covered, coalesce(i.is_cold_start, 1) AS is_cold_start,
                        {", ".join(f"a.{m}::DOUBLE AS {m}" for m in METRICS)},
                        {", ".join(chosen(m) for m in METRICS)}, {", ".join(peers(m) for m in RANKED)}
                    FROM '{folder}/fg_a.parquet' a
                    LEFT JOIN {table('host')} h USING (host_ip, role, segment_id, time_band, window_label)
                    LEFT JOIN {table('ip_metadata')} i USING (host_ip, role, segment_id, time_band, window_label)
                    LEFT JOIN {table('segment')} s USING (segment_id, role, time_band, window_label)
                    LEFT JOIN {table('global')} g USING (role, time_band, window_label)),
                judged AS (SELECT *, {z} FROM chosen)
                SELECT host_ip, role, segment_id, time_band, window_label, window_start_ts, window_end_ts, slices_covered,
                    is_cold_start, ({cold})::TINYINT AS baseline_cold_start_any,
                    least({support}) AS baseline_min_support_count, {columns},
                    {rank('z')} AS anomaly_rank_score, {rank('p')} AS peer_rank_score
                FROM judged""")
    for horizon in HORIZONS:
        emit(horizon)
