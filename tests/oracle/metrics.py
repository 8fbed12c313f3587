# SPDX-License-Identifier: Apache-2.0
"""The words of documents 2 and 3: metrics, their order, resolutions and column names."""

ADDITIVE = ["sessions_cnt", "allow_cnt", "deny_cnt", "alert_cnt", "rst_cnt", "aged_out_cnt", "zero_reply_cnt",
            "short_session_cnt", "threat_cnt", "traffic_cnt", "vulnerability_cnt", "tcp_cnt", "udp_cnt", "icmp_cnt",
            "high_risk_port_sessions_cnt", "admin_port_sessions_cnt", "fileshare_port_sessions_cnt",
            "directory_port_sessions_cnt", "db_port_sessions_cnt", "bytes_src_sum", "bytes_dst_sum", "duration_sum"]
DERIVED = ["max_sessions_per_minute", "peer_ip_nunique", "peer_port_nunique", "peer_segment_nunique",
           "peer_ip_entropy", "peer_port_entropy", "peer_ip_top1_sessions_share", "peer_port_top1_sessions_share",
           "peer_ip_top1_bytes_share", "peer_port_top1_bytes_share", "high_risk_port_nunique",
           "high_risk_port_unique_peers", "admin_port_unique_peers", "high_risk_segment_sessions_cnt",
           "high_risk_segment_unique_peers", "failed_peers_per_port_max", "failed_peers_per_port_at",
           "failed_ports_per_peer_max", "failed_ports_per_peer_at", "beacon_score_max", "beacon_pair_cnt",
           "duration_mean", "deny_ratio", "tcp_ratio", "udp_ratio", "icmp_ratio", "bytes_asymmetry_ratio",
           "bytes_asymmetry_log", "has_high_risk_port_activity", "has_high_risk_segment_interaction"]
NOVELTY = ["new_peer_cnt", "new_dst_port_cnt", "new_pair_cnt", "new_segment_cnt", "new_peer_ratio", "rare_peer_cnt",
           "rare_dst_port_cnt", "rare_pair_cnt", "pair_rarity_score_mean", "pair_rarity_score_max",
           "dst_port_rarity_score_mean", "dst_port_rarity_score_max", "reached_new_peer_cnt", "reached_new_port_cnt",
           "new_peer_bytes_sent_max", "new_peer_bytes_sent_at", "new_admin_reach"]
CALENDAR = ["hour_of_day", "day_of_week", "is_working_hours", "is_off_hours", "is_night_hours", "is_weekend",
            "is_holiday", "is_offday"]
FG_A_KEY = ["host_ip", "role", "window_label", "window_end_ts"]
FG_A_CONTEXT = ["segment_id", "time_band", "window_start_ts", "mini_batch_id", "record_id", "slices_covered"]

BASELINED = ["sessions_cnt", "allow_cnt", "deny_cnt", "alert_cnt", "bytes_src_sum", "bytes_dst_sum", "duration_mean",
             "deny_ratio", "bytes_asymmetry_log", "tcp_ratio", "udp_ratio", "icmp_ratio", "rst_cnt", "aged_out_cnt",
             "zero_reply_cnt", "short_session_cnt", "high_risk_port_sessions_cnt", "admin_port_sessions_cnt",
             "fileshare_port_sessions_cnt", "directory_port_sessions_cnt", "db_port_sessions_cnt", "threat_cnt",
             "traffic_cnt", "peer_ip_nunique", "peer_port_nunique", "peer_ip_entropy", "peer_port_entropy",
             "peer_ip_top1_sessions_share", "peer_port_top1_sessions_share", "peer_ip_top1_bytes_share",
             "peer_port_top1_bytes_share", "max_sessions_per_minute", "failed_peers_per_port_max",
             "failed_ports_per_peer_max", "new_peer_bytes_sent_max", "reached_new_peer_cnt", "reached_new_port_cnt",
             "new_admin_reach"]
RANKED = [m for m in BASELINED[:32] if m not in ("allow_cnt", "traffic_cnt")]
ACROSS = ["sessions_cnt", "bytes_src_sum", "bytes_dst_sum", "deny_ratio", "peer_ip_entropy",
          "max_sessions_per_minute"]
STATISTICS = ["median", "p25", "p75", "p95", "p99", "mad", "iqr", "support_count", "cold_start_flag"]
KINDS = ["beaconing", "denials", "exfiltration", "lateral_movement", "new_behaviour", "scanning", "volume"]


def own_set_metric(set_name):
    """`MAIL_PORTS` counts in `mail_port_sessions_cnt`."""
    return set_name.removesuffix("_PORTS").lower() + "_port_sessions_cnt"


def additive(cfg):
    return ADDITIVE + [own_set_metric(s) for s in cfg.own_port_sets]


def catalogue_order(cfg):
    rest = [m for m in ADDITIVE + DERIVED + NOVELTY if m not in BASELINED]
    return BASELINED + rest + [own_set_metric(s) for s in cfg.own_port_sets]


def baselined(cfg):
    """The configured metrics in catalogue order, always with sessions_cnt."""
    if cfg.baselined is None:
        return list(BASELINED)
    wanted = {"sessions_cnt", *cfg.baselined}
    return [m for m in catalogue_order(cfg) if m in wanted]


def ranked(cfg):
    return [m for m in baselined(cfg) if m in (RANKED if cfg.rank_metrics is None else cfg.rank_metrics)]


def column(metric, cfg):
    """Full name of a metric in every dataset: novelty carries the look-back's days."""
    return f"{metric}_lookback{cfg.lookback_days}d" if metric in NOVELTY else metric


def resolution(metric):
    """The smallest difference that matters (document 3)."""
    if metric in ("bytes_src_sum", "bytes_dst_sum", "new_peer_bytes_sent_max"):
        return 1024.0
    if metric in ("duration_sum", "duration_mean"):
        return 1.0
    if metric.endswith("entropy") or metric == "bytes_asymmetry_log":
        return 0.05
    if metric.endswith("_ratio") or metric.endswith("_share"):
        return 0.01
    return 1.0


def fg_a_columns(cfg):
    metrics = additive(cfg) + DERIVED
    novelty = [column(m, cfg) for m in NOVELTY] + ["lookback_days_covered"]
    return FG_A_KEY + FG_A_CONTEXT + CALENDAR + metrics + novelty
