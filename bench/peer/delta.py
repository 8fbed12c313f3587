# SPDX-License-Identifier: Apache-2.0
"""Sessions of JSON Lines files to partials by slice: delta/host and delta/pair."""
from words import ADDRESSES, PORT_SETS

LEAVES_OUT = ["duplicates, quarantine, counters and hashes of the input; the bytes nulled by too few packets; source packets; any other spelling of a word",
              "THREAT rows (the input has none)"]
COLUMNS = {"event_start": "TIMESTAMP", "event_end": "TIMESTAMP", "source_ip": "VARCHAR", "destination_ip": "VARCHAR",
           "destination_port": "USMALLINT", "source_bytes": "BIGINT", "destination_bytes": "BIGINT",
           "destination_packets": "BIGINT", "network_transport": "VARCHAR", "event_subtype": "VARCHAR",
           "event_action": "VARCHAR", "event_reason": "VARCHAR"}
CONDITIONS = {
    "allow_cnt": "action = 'allow'", "deny_cnt": "denied", "alert_cnt": "action = 'alert'", "rst_cnt": "reset",
    "aged_out_cnt": "reason = 'aged-out'", "zero_reply_cnt": "zero_reply", "short_session_cnt": "duration <= 1000000",
    "threat_cnt": "false", "vulnerability_cnt": "false", "tcp_cnt": "transport = 'tcp'",
    "udp_cnt": "transport = 'udp'", "icmp_cnt": "transport = 'icmp'"} | {
    f"{name}_port_sessions_cnt": f"port IN {ports}" for name, ports in PORT_SETS.items()}
EVENT = """
CREATE TEMP TABLE event AS
SELECT *, denied OR (transport = 'tcp' AND (zero_reply OR (reset AND duration <= 1000000 AND dst_bytes <= 128))) AS failed,
    NOT denied AND NOT zero_reply AS replied, is_host(src) AS from_host, is_host(dst) AS to_host
FROM (SELECT time_bucket(INTERVAL 15 MINUTES, event_start) AS slice, event_start AS start,
        extract(minute FROM event_start)::UTINYINT % 15 AS minute, source_ip AS src, destination_ip AS dst,
        CASE WHEN network_transport <> 'icmp' THEN destination_port END AS port,
        coalesce(source_bytes, 0) AS src_bytes, coalesce(destination_bytes, 0) AS dst_bytes,
        greatest(epoch_us(event_end) - epoch_us(event_start), 0) AS duration, network_transport AS transport,
        event_action AS action, event_reason AS reason,
        event_action IN ('deny', 'drop', 'drop-icmp', 'reset', 'reset-both', 'reset-client', 'reset-server') AS denied,
        coalesce(destination_bytes = 0, coalesce(destination_packets = 0, false)) AS zero_reply,
        starts_with(event_reason, 'tcp-rst') AS reset
    FROM read_json('{files}', format = 'newline_delimited', columns = {columns}))
WHERE from_host OR to_host"""
# Conditions of the sessions of one role; what is not a condition is an ordinary sum.
HOST = """
CREATE TEMP TABLE host AS
SELECT slice AS slice_start_ts, slice + INTERVAL 15 MINUTES AS slice_end_ts, host AS host_ip, role,
    segment_of(host) AS segment_id, * EXCLUDE (slice, host, role)
FROM (SELECT slice, host, role, count(*) AS sessions_cnt, count(*) AS traffic_cnt, {counts},
        sum(src_bytes)::BIGINT AS bytes_src_sum, sum(dst_bytes)::BIGINT AS bytes_dst_sum,
        sum(duration)::BIGINT / 1e6 AS duration_sum, [{minutes}] AS sessions_per_minute
    FROM (SELECT *, src AS host, 'outbound' AS role FROM event WHERE from_host
          UNION ALL SELECT *, dst, 'inbound' FROM event WHERE to_host)
    GROUP BY slice, host, role)"""
PAIR = """
CREATE TEMP TABLE pair AS
SELECT slice AS slice_start_ts, slice + INTERVAL 15 MINUTES AS slice_end_ts, src AS src_ip, dst AS dst_ip,
    port AS dst_port, * EXCLUDE (slice, src, dst, port)
FROM (SELECT slice, src, dst, port, count(*) AS sessions_cnt, sum(src_bytes)::BIGINT AS bytes_src_sum,
        sum(dst_bytes)::BIGINT AS bytes_dst_sum, count(*) FILTER (denied) AS deny_cnt,
        count(*) FILTER (failed) AS failed_cnt, count(*) FILTER (replied) AS replied_cnt,
        min(start) AS first_ts, max(start) AS last_ts, bit_or(1::USMALLINT << minute)::USMALLINT AS active_minutes
    FROM event GROUP BY slice, src, dst, port)"""


def run(con, folder, watch, emit):
    with watch:
        con.execute(ADDRESSES)
        con.execute(EVENT.replace("{files}", f"{folder}/*/conn.*.json").replace("{columns}", repr(COLUMNS)))
        con.execute(HOST.format(
            counts=", ".join(f"count(*) FILTER ({c}) AS {m}" for m, c in CONDITIONS.items()),
            minutes=", ".join(f"count(*) FILTER (minute = {i})" for i in range(15))))
        con.execute(PAIR)
    emit("host")
    emit("pair")
