# SPDX-License-Identifier: Apache-2.0
"""Partials of a day to the windows of its last end. Addresses become numbers once; a row counts in every window that holds
its slice; pairs are folded by window, those by peer and by port, and those by host."""
from words import ADDRESSES, PORT_SETS, SLICE_MICROS, WINDOWS

LEAVES_OUT = ["novelty (null in the first day of a history), high-risk segments, the witnesses' addresses, ids"]
SUMS = ["sessions_cnt", "allow_cnt", "deny_cnt", "alert_cnt", "rst_cnt", "aged_out_cnt", "zero_reply_cnt",
        "short_session_cnt", "threat_cnt", "traffic_cnt", "vulnerability_cnt", "tcp_cnt", "udp_cnt", "icmp_cnt",
        "bytes_src_sum", "bytes_dst_sum"] + [f"{name}_port_sessions_cnt" for name in PORT_SETS]
RATIOS = {"duration_mean": "duration_sum", "deny_ratio": "deny_cnt", "tcp_ratio": "tcp_cnt", "udp_ratio": "udp_cnt",
          "icmp_ratio": "icmp_cnt"}
LABEL = "CASE k " + " ".join(f"WHEN {k} THEN '{label}'" for label, k in WINDOWS.items()) + " END"
LOAD = """
CREATE TEMP TABLE address AS
SELECT row_number() OVER ()::INTEGER AS id, ip, is_host(ip) AS is_host, dense_rank() OVER (ORDER BY segment_of(ip))::INTEGER AS segment
FROM (SELECT src_ip AS ip FROM '{folder}/pair/*.parquet' UNION SELECT dst_ip FROM '{folder}/pair/*.parquet');
CREATE TEMP TABLE pair AS
SELECT epoch_us(slice_start_ts) // {slice} AS s, a.id AS src, b.id AS dst, a.is_host AS from_host, b.is_host AS to_host,
    b.segment AS dst_segment, a.segment AS src_segment, coalesce(dst_port::INTEGER, -1) AS port, active_minutes AS minutes, sessions_cnt AS n, failed_cnt AS failed,
    bytes_src_sum + bytes_dst_sum AS bytes
FROM '{folder}/pair/*.parquet' JOIN address a ON a.ip = src_ip JOIN address b ON b.ip = dst_ip;
CREATE TEMP TABLE host_slice AS
SELECT epoch_us(slice_start_ts) // {slice} AS s, id AS host, role = 'inbound' AS inbound, {sums}, duration_sum,
    list_max(sessions_per_minute) AS busiest
FROM '{folder}/host/*.parquet' JOIN address ON ip = host_ip;
CREATE TEMP TABLE win AS SELECT * FROM (VALUES {windows}) w(k);"""
# {e}: the slice number after the last one. Beacon candidates are taken by a list: their join with the pairs now and then
# ends DuckDB 2.0.0 with an internal error (dict-surviving cache).
END = """
CREATE OR REPLACE TEMP TABLE folded AS
SELECT k, src, dst, port, any_value(from_host) AS from_host, any_value(to_host) AS to_host,
    any_value(src_segment) AS src_segment, any_value(dst_segment) AS dst_segment, sum(n)::BIGINT AS n,
    sum(bytes)::BIGINT AS bytes, sum(failed) = sum(n) AS has_failed
FROM pair JOIN win ON s >= {e} - k WHERE s < {e} GROUP BY k, src, dst, port;
CREATE OR REPLACE TEMP TABLE side AS
SELECT k, src AS host, false AS inbound, dst AS peer, dst_segment AS segment, port, n, bytes, has_failed FROM folded WHERE from_host
UNION ALL SELECT k, dst, true, src, src_segment, port, n, bytes, has_failed FROM folded WHERE to_host;
CREATE OR REPLACE TEMP TABLE active AS
SELECT src, dst, port, s * 15 + i AS m
FROM (SELECT src, dst, port, unnest(list({{'s': s, 'minutes': minutes}}), recursive := true) FROM pair
      WHERE s < {e} AND s >= {e} - 96 GROUP BY src, dst, port HAVING sum(bit_count(minutes)) >= 9), range(15) r(i)
WHERE minutes & (1 << i) <> 0;
CREATE OR REPLACE TEMP TABLE beacon AS
WITH gap AS (SELECT src, dst, port, m, lead(m) OVER (PARTITION BY src, dst, port ORDER BY m) - m AS g FROM active),
listed AS (SELECT k, src, dst, port, list(g ORDER BY g) AS gaps FROM gap JOIN win ON k >= 32 AND m >= ({e} - k) * 15
    WHERE g IS NOT NULL GROUP BY k, src, dst, port HAVING count(*) >= 8),
quartile AS (SELECT *, len(gaps) + 1 AS active, gaps[(len(gaps) + 3) // 4] AS q1, gaps[(len(gaps) + 1) // 2] AS q2,
        gaps[(3 * len(gaps) + 3) // 4] AS q3 FROM listed),
part AS (SELECT * EXCLUDE (gaps), list_sort(list_transform(gaps, lambda g: abs(g - q2)))[(len(gaps) + 1) // 2] AS mad,
        list_sum(list_filter(gaps, lambda g: g <= 4 * q2)) AS covered FROM quartile),
scored AS (
    SELECT k, src, dst, port, (greatest(1 - mad / q2, 0) + CASE WHEN q3 - q1 <= 1 THEN 1 ELSE 1 - abs(q1 + q3 - 2 * q2) / (q3 - q1) END)
            / 2 * least(1, 2 * covered / (15 * k - 1)) * CASE WHEN 3 * active > covered + 1 THEN (active / n) ** 2 ELSE 1 END AS score
    FROM part JOIN folded USING (k, src, dst, port))
SELECT k, host, inbound, max(score) AS beacon_score_max, count(*) FILTER (score >= 0.8 - 1e-12) AS beacon_pair_cnt
FROM (SELECT k, src AS host, false AS inbound, score FROM scored UNION ALL SELECT k, dst, true, score FROM scored)
GROUP BY k, host, inbound;
CREATE OR REPLACE TEMP TABLE fg_a AS
WITH peers AS (
    SELECT k, host, inbound, count(*) AS peer_ip_nunique, count(DISTINCT segment) AS peer_segment_nunique, {entropy} AS peer_ip_entropy,
        max(n) / sum(n) AS peer_ip_top1_sessions_share, {bytes_share} AS peer_ip_top1_bytes_share,
        max(failed) AS failed_ports_per_peer_max, count(*) FILTER (high_risk) AS high_risk_port_unique_peers,
        count(*) FILTER (admin) AS admin_port_unique_peers
    FROM (SELECT k, host, inbound, peer, any_value(segment) AS segment, sum(n)::BIGINT AS n, sum(bytes)::BIGINT AS bytes,
            count(*) FILTER (has_failed AND port >= 0) AS failed, bool_or(coalesce(port IN {high_risk}, false)) AS high_risk,
            bool_or(coalesce(port IN {admin}, false)) AS admin
        FROM side GROUP BY k, host, inbound, peer) GROUP BY k, host, inbound),
ports AS (
    SELECT k, host, inbound, count(*) AS peer_port_nunique, {entropy} AS peer_port_entropy,
        max(n) / sum(n) AS peer_port_top1_sessions_share, {bytes_share} AS peer_port_top1_bytes_share,
        max(failed) AS failed_peers_per_port_max,
        arg_max(port, failed * 65536 - port) FILTER (failed > 0) AS failed_peers_per_port_at,
        count(*) FILTER (port IN {high_risk}) AS high_risk_port_nunique
    FROM (SELECT k, host, inbound, port, sum(n)::BIGINT AS n, sum(bytes)::BIGINT AS bytes, count(*) FILTER (has_failed) AS failed
        FROM side WHERE port >= 0 GROUP BY k, host, inbound, port) GROUP BY k, host, inbound),
hosts AS (
    SELECT k, host, inbound, {sums},
        round(sum(duration_sum) * 1e6) / 1e6 AS duration_sum, max(busiest) AS max_sessions_per_minute
    FROM host_slice JOIN win ON s >= {e} - k WHERE s < {e} GROUP BY k, host, inbound)
SELECT ip AS host_ip, CASE WHEN inbound THEN 'inbound' ELSE 'outbound' END AS role, segment_of(ip) AS segment_id, {label} AS window_label,
    make_timestamp(({e} - k)::BIGINT * {slice}) AS window_start_ts, make_timestamp({e}::BIGINT * {slice}) AS window_end_ts,
    least(k, {e} - {first})::INTEGER AS slices_covered, ({e} - 1) // 4 % 24 AS hour_of_day, {sum_names}, duration_sum,
    max_sessions_per_minute, {ratios}, bytes_src_sum / (bytes_dst_sum + 1) AS bytes_asymmetry_ratio,
    ln((bytes_src_sum + 1) / (bytes_dst_sum + 1)) AS bytes_asymmetry_log,
    (high_risk_port_sessions_cnt > 0)::TINYINT AS has_high_risk_port_activity,
    peers.* EXCLUDE (k, host, inbound), ports.* EXCLUDE (k, host, inbound, {zeros}), {coalesced},
    CASE WHEN k >= 32 THEN coalesce(beacon_score_max, 0) END AS beacon_score_max,
    CASE WHEN k >= 32 THEN coalesce(beacon_pair_cnt, 0) END AS beacon_pair_cnt
FROM hosts JOIN address ON id = host JOIN peers USING (k, host, inbound) LEFT JOIN ports USING (k, host, inbound)
LEFT JOIN beacon USING (k, host, inbound)"""
WITHOUT_PORTS_ZERO = ["peer_port_nunique", "high_risk_port_nunique", "failed_peers_per_port_max"]


def load(con, folder):
    con.execute(ADDRESSES + LOAD.format(folder=folder, slice=SLICE_MICROS, sums=", ".join(SUMS),
                                        windows=", ".join(f"({k})" for k in WINDOWS.values())))
    return con.execute("SELECT min(s), max(s) + 1 FROM host_slice").fetchone()


def compute(con, first, end):
    """Table fg_a of one end."""
    con.execute(END.format(
        e=end, first=first, label=LABEL, slice=SLICE_MICROS, high_risk=PORT_SETS["high_risk"], admin=PORT_SETS["admin"],
        entropy="ln(sum(n)) - sum(n * ln(n)) / sum(n)",
        bytes_share="CASE WHEN sum(bytes) = 0 THEN 0 ELSE max(bytes) / sum(bytes) END",
        sums=", ".join(f"sum({m})::BIGINT AS {m}" for m in SUMS), sum_names=", ".join(SUMS),
        ratios=", ".join(f"{part} / sessions_cnt AS {m}" for m, part in RATIOS.items()),
        zeros=", ".join(WITHOUT_PORTS_ZERO), coalesced=", ".join(f"coalesce({m}, 0) AS {m}" for m in WITHOUT_PORTS_ZERO)))


def run(con, folder, watch, emit):
    with watch:
        first, end = load(con, folder)
        compute(con, first, end)
    emit("fg_a")
