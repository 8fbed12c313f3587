# SPDX-License-Identifier: Apache-2.0
"""Document 2: FG-A, one row per (host, role, window, end) that had a session or a THREAT row."""
import metrics

RATIOS = {
    "duration_mean": "sat(duration_us) / 1e6 / nullif(sessions_cnt, 0)",
    "deny_ratio": "deny_cnt / nullif(sessions_cnt, 0)::DOUBLE",
    "tcp_ratio": "tcp_cnt / nullif(sessions_cnt, 0)::DOUBLE",
    "udp_ratio": "udp_cnt / nullif(sessions_cnt, 0)::DOUBLE",
    "icmp_ratio": "icmp_cnt / nullif(sessions_cnt, 0)::DOUBLE",
    "bytes_asymmetry_ratio":
        "CASE WHEN sessions_cnt > 0 THEN sat(bytes_src)::DOUBLE / (sat(bytes_dst)::DOUBLE + 1) END",
    "bytes_asymmetry_log":
        "CASE WHEN sessions_cnt > 0 THEN ln((sat(bytes_src)::DOUBLE + 1) / (sat(bytes_dst)::DOUBLE + 1)) END",
    "has_high_risk_port_activity": "(high_risk_port_sessions_cnt > 0)::INTEGER",
    "has_high_risk_segment_interaction": "(coalesce(high_risk_segment_sessions_cnt, 0) > 0)::INTEGER",
    "bytes_src_sum": "sat(bytes_src)", "bytes_dst_sum": "sat(bytes_dst)", "duration_sum": "sat(duration_us) / 1e6",
    "beacon_score_max": "CASE WHEN k >= 32 THEN coalesce(beacon_score_max, 0.0) END",
    "beacon_pair_cnt": "CASE WHEN k >= 32 THEN coalesce(beacon_pair_cnt, 0) END",
}
ZERO_WITHOUT_ROWS = ["peer_ip_nunique", "peer_port_nunique", "peer_segment_nunique", "high_risk_port_nunique",
                     "high_risk_port_unique_peers", "admin_port_unique_peers", "high_risk_segment_sessions_cnt",
                     "high_risk_segment_unique_peers", "failed_peers_per_port_max", "failed_ports_per_peer_max"]
NOVELTY = {
    "new_peer_ratio": "coalesce(new_peer_cnt, 0) / nullif(peer_ip_nunique, 0)::DOUBLE",
    "new_peer_bytes_sent_at": "new_peer_bytes_sent_at",
    "new_admin_reach": "greatest(0, coalesce(reach, 0) - coalesce(failed_peers_per_port_max, 0))",
}


def expression(metric):
    if metric in RATIOS:
        return RATIOS[metric]
    if metric in ZERO_WITHOUT_ROWS:
        return f"coalesce({metric}, 0)"
    return metric


def novelty(metric):
    return NOVELTY.get(metric, f"coalesce({metric}, 0)")


def build(con, cfg, counts):
    sums = ", ".join(f"sum({m})::BIGINT AS {m}" for m in counts)
    con.execute(f"""
        CREATE TABLE window_host AS
        SELECT window_label, e, host, role, {sums}, sum(bytes_src)::HUGEINT AS bytes_src,
            sum(bytes_dst)::HUGEINT AS bytes_dst, sum(duration_us)::HUGEINT AS duration_us,
            max(list_max(minutes)) AS max_sessions_per_minute
        FROM (SELECT *, sessions_per_minute AS minutes FROM host_slice) JOIN slice_window USING (s)
        GROUP BY ALL HAVING sum(sessions_cnt) > 0 OR sum(threat_cnt) > 0""")
    own = [f"{expression(m)} AS {m}" for m in metrics.additive(cfg) + metrics.DERIVED]
    new = [f"CASE WHEN lookback_days_covered >= {cfg.lookback_min_days} THEN {novelty(m)} END "
           f"AS {metrics.column(m, cfg)}" for m in metrics.NOVELTY]
    key = "USING (window_label, e, host, role)"
    con.execute(f"""
        CREATE TABLE fg_a AS
        SELECT host AS host_ip, role, window_label, instant(e) AS window_end_ts, a.segment_id, time_band,
            instant(ws) AS window_start_ts, batch_id(e - 1) AS mini_batch_id,
            host || '|' || role || '|' || window_label || '|' || iso(e) AS record_id, slices_covered,
            {", ".join(metrics.CALENDAR)}, {", ".join(own)}, {", ".join(new)}, lookback_days_covered
        FROM window_host JOIN window_end USING (window_label, e) JOIN address a ON a.ip = host
        LEFT JOIN peer_metric {key} LEFT JOIN port_metric {key} LEFT JOIN set_metric {key}
        LEFT JOIN beacon_metric {key} LEFT JOIN key_metric {key} LEFT JOIN sent_metric {key}
        LEFT JOIN reach_metric {key}""")
    if cfg.dark_hosts == "drop":
        drop_dark_hosts(con)


def drop_dark_hosts(con):
    """Without an outbound record or THREAT row and never an answer, in the longest window of an end."""
    con.execute("""
        DELETE FROM fg_a WHERE (host_ip, window_end_ts) IN (
            SELECT host_ip, window_end_ts FROM fg_a
            WHERE window_label = (SELECT arg_max(window_label, k) FROM win)
            GROUP BY ALL HAVING bool_and(role = 'inbound' AND threat_cnt = 0 AND zero_reply_cnt = sessions_cnt))""")
