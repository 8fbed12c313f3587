# SPDX-License-Identifier: Apache-2.0
"""Words of the specification that several jobs need."""
METRICS = [  # the first 32 baselined
    "sessions_cnt", "allow_cnt", "deny_cnt", "alert_cnt", "bytes_src_sum", "bytes_dst_sum", "duration_mean",
    "deny_ratio", "bytes_asymmetry_log", "tcp_ratio", "udp_ratio", "icmp_ratio", "rst_cnt", "aged_out_cnt",
    "zero_reply_cnt", "short_session_cnt", "high_risk_port_sessions_cnt", "admin_port_sessions_cnt",
    "fileshare_port_sessions_cnt", "directory_port_sessions_cnt", "db_port_sessions_cnt", "threat_cnt", "traffic_cnt",
    "peer_ip_nunique", "peer_port_nunique", "peer_ip_entropy", "peer_port_entropy", "peer_ip_top1_sessions_share",
    "peer_port_top1_sessions_share", "peer_ip_top1_bytes_share", "peer_port_top1_bytes_share",
    "max_sessions_per_minute"]
KEY_METRICS = ["sessions_cnt", "bytes_src_sum", "bytes_dst_sum", "deny_ratio", "peer_ip_entropy",
               "high_risk_port_sessions_cnt", "max_sessions_per_minute"]
RANKED = [m for m in METRICS if m not in ("allow_cnt", "traffic_cnt")]
STATISTICS = ["median", "p25", "p75", "p95", "p99", "mad", "iqr", "support_count", "cold_start_flag"]
PORT_SETS = {"high_risk": (23, 135, 139, 445, 1433, 3389, 4444, 5900, 6667), "admin": (22, 23, 3389, 5900, 5985, 5986),
             "fileshare": (139, 445, 2049), "directory": (88, 389, 464, 636, 3268, 3269),
             "db": (1433, 1521, 3306, 5432, 6379, 9200, 27017)}
WINDOWS = {"w_15m": 1, "w_30m": 2, "w_1h": 4, "w_8h": 32, "w_24h": 96}  # slices
SLICE_MICROS = 900_000_000


def resolution(metric):
    """The smallest difference that matters."""
    if metric.startswith("bytes_") and metric.endswith("_sum"):
        return 1024.0
    if metric.endswith("entropy") or metric == "bytes_asymmetry_log":
        return 0.05
    return 0.01 if metric.endswith(("_ratio", "_share")) else 1.0


# Macros of addresses as text: the default host networks, and segments by the prefix rule (of IPv6 the first four
# groups, where no :: hides one of them).
ADDRESSES = """
CREATE MACRO is_host(ip) AS starts_with(ip, '10.') OR starts_with(ip, '192.168.') OR ip[1:2] IN ('fc', 'fd')
    OR (starts_with(ip, '172.') AND try_cast(split_part(ip, '.', 2) AS INTEGER) BETWEEN 16 AND 31);
CREATE MACRO segment_of(ip) AS CASE WHEN contains(ip, ':')
    THEN array_to_string(list_slice(string_split(split_part(ip, '::', 1), ':'), 1, 4), ':') || '::/64'
    ELSE regexp_replace(ip, '[0-9]+$', '0/24') END;
"""
