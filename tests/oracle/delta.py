# SPDX-License-Identifier: Apache-2.0
"""Document 2, delta/host: the partials of (slice, host, role)."""
import metrics

# Counted as sum of repeat counts over the events that meet the condition.
CONDITIONS = {
    "sessions_cnt": "is_session",
    "allow_cnt": "is_session AND action = 'allow'",
    "deny_cnt": "is_session AND denied",
    "alert_cnt": "(is_session OR name = 'THREAT') AND action = 'alert'",
    "rst_cnt": "is_session AND reset",
    "aged_out_cnt": "is_session AND reason = 'aged-out'",
    "zero_reply_cnt": "is_session AND zero_reply",
    "short_session_cnt": "is_session AND duration_us <= 1000000",
    "threat_cnt": "name = 'THREAT'",
    "traffic_cnt": "name = 'TRAFFIC'",
    "vulnerability_cnt": "name = 'THREAT' AND (category = 'vulnerability' OR subtype = 'vulnerability')",
    "tcp_cnt": "is_session AND transport = 'tcp'",
    "udp_cnt": "is_session AND transport = 'udp'",
    "icmp_cnt": "is_session AND transport = 'icmp'",
}
# Sums over sessions: bytes once a record, the duration as often as the record repeats.
SUMS = {"bytes_src": "src_bytes::HUGEINT", "bytes_dst": "dst_bytes::HUGEINT", "duration_us": "duration_us::HUGEINT * n"}
SUM_COLUMNS = {"bytes_src": "bytes_src_sum", "bytes_dst": "bytes_dst_sum"}


def port_condition(set_name):
    return f"is_session AND dst_port IN (SELECT port FROM port_set WHERE name = '{set_name}')"


def build(con, cfg):
    conditions = dict(CONDITIONS)
    conditions.update({metrics.own_set_metric(s): port_condition(s) for s in cfg.port_sets})
    counts = ",\n".join(f"coalesce(sum(n) FILTER ({c}), 0)::BIGINT AS {m}" for m, c in conditions.items())
    sums = ",\n".join(f"coalesce(sum({e}) FILTER (is_session), 0)::HUGEINT AS {m}" for m, e in SUMS.items())
    minutes = ", ".join(f"coalesce(sum(n) FILTER (is_session AND minute = {i}), 0)::BIGINT" for i in range(15))
    con.execute(f"""
        CREATE TABLE host_event AS
        SELECT e.*, 'outbound' AS role, e.src AS host FROM event e JOIN address a ON a.ip = e.src AND a.is_host
        UNION ALL
        SELECT e.*, 'inbound' AS role, e.dst AS host FROM event e JOIN address a ON a.ip = e.dst AND a.is_host;

        CREATE TABLE host_slice AS
        SELECT s, host, role, {counts}, {sums}, [{minutes}] AS sessions_per_minute
        FROM host_event GROUP BY ALL;

        CREATE TABLE out_delta_host AS
        SELECT instant(s) AS slice_start_ts, instant(s + 1) AS slice_end_ts, batch_id(s) AS mini_batch_id,
            host AS host_ip, role, a.segment_id, {", ".join(conditions)}, sat(bytes_src) AS bytes_src_sum,
            sat(bytes_dst) AS bytes_dst_sum, sat(duration_us) / 1e6 AS duration_sum, sessions_per_minute
        FROM host_slice h JOIN address a ON a.ip = h.host;""")
    return list(conditions)
