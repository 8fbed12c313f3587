# SPDX-License-Identifier: Apache-2.0
"""The project file (document 4's key table) with its defaults, as plain values the SQL can take."""
import datetime as dt
from fractions import Fraction
from types import SimpleNamespace

DEFAULT_PORT_SETS = {
    "HIGH_RISK_PORTS": [23, 135, 139, 445, 1433, 3389, 4444, 5900, 6667],
    "ADMIN_PORTS": [22, 23, 3389, 5900, 5985, 5986],
    "FILESHARE_PORTS": [139, 445, 2049],
    "DIRECTORY_PORTS": [88, 389, 464, 636, 3268, 3269],
    "DB_PORTS": [1433, 1521, 3306, 5432, 6379, 9200, 27017],
}
DEFAULT_SCORES = {
    "anomaly_strength_core": {
        "max": ["sessions_cnt", "bytes_src_sum", "bytes_dst_sum", "rare:sessions_cnt"]},
    "beacon_suspicion_score": {"sum": ["duration_mean", "-peer_ip_entropy", "rare:sessions_cnt"]},
    "exfiltration_suspicion_score": {
        "sum": ["bytes_src_sum", "high_risk_port_sessions_cnt", "rare:bytes_src_sum"]},
    "lateral_movement_score": {
        "max": ["peer_ip_nunique", "peer_port_nunique", "admin_port_sessions_cnt"]},
}
CAPPING_METRICS = ["sessions_cnt", "bytes_src_sum", "bytes_dst_sum", "deny_ratio", "peer_ip_entropy",
                   "high_risk_port_sessions_cnt", "max_sessions_per_minute"]
DEFAULT_TRANSFORMS = ["z_mad", "ratio", "log_ratio", "abs_dev_over_mad", "z_mad_clipped", "excess_over_p95"]
CLOCK_PORTS = [53, 67, 68, 123, 137, 138, 161, 514, 1900, 5353, 5355]
SLICE_SECONDS = 900
DAY_SLICES = 96


def slice_index(instant):
    """Number of the quarter hour that begins at `instant` (naive UTC), counted from 1970."""
    seconds = (instant - dt.datetime(1970, 1, 1)).total_seconds()
    assert seconds % SLICE_SECONDS == 0, f"{instant} is no slice boundary"
    return int(seconds) // SLICE_SECONDS


def days_to_slices(days):
    return round(Fraction(str(days)) * DAY_SLICES)


def horizons_of(project, horizons):
    """`3d:1d,6d:1d`, or the project's list, as (label, length, gap) in slices."""
    if horizons:
        parts = [text.split(":") for text in horizons.split(",")]
        return [(a, days_to_slices(a.removesuffix("d")), days_to_slices(b.removesuffix("d"))) for a, b in parts]
    return [(h["label"], days_to_slices(h["length_days"]), days_to_slices(h["gap_days"]))
            for h in project["horizons"]]


def resolve(project):
    """Every key of the project with its default."""
    calendar = project.get("calendar", {})
    segments = project.get("segments", {})
    sessions = project.get("sessions", {})
    lookback = project.get("lookback", {})
    capping = project.get("capping", {})
    support = project.get("support_min", {})
    sets = {**DEFAULT_PORT_SETS, **project.get("port_sets", {})}
    return SimpleNamespace(
        version=project["feature_spec_version"],
        host_networks=project.get("host_networks", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]),
        timezone=calendar.get("timezone", "UTC"),
        weekend=[["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"].index(d) + 1
                 for d in calendar.get("weekend", ["SAT", "SUN"])],
        working_hours=calendar.get("working_hours", [7, 17]),
        off_hours=calendar.get("off_hours", [17, 22]),
        holidays=set(calendar.get("holidays", [])),
        segment_mapping=segments.get("mapping", []),
        ipv4_prefix_length=segments.get("ipv4_prefix_length", 24),
        ipv6_prefix_length=segments.get("ipv6_prefix_length", 64),
        high_risk_segments=segments.get("high_risk", []),
        port_sets=sets,
        own_port_sets=[name for name in sets if name not in DEFAULT_PORT_SETS],
        subtypes=sessions.get("subtypes", ["end", "drop", "deny"]),
        deny_actions=sessions.get("deny_actions", ["deny", "drop", "drop-icmp", "reset-*"]),
        windows=project.get("windows", {"w_15m": 1, "w_30m": 2, "w_1h": 4, "w_8h": 32, "w_24h": 96}),
        no_bytes_no_ports=project.get("data_quality", {}).get("rules", {}).get("no_bytes_no_ports", True),
        lookback_days=lookback.get("days", 30),
        lookback_min_days=lookback.get("min_days", 1),
        rare_below=lookback.get("rare_below_sessions", 3),
        dark_hosts=project.get("dark_hosts", "keep"),
        baselined=project.get("baselined_metrics"),
        required_metrics=project.get("baseline_required_metrics", ["sessions_cnt"]),
        support_default=support.get("default", 50),
        support_metrics=support.get("metrics", {}),
        support_windows=support.get("windows", {}),
        capping_metrics=capping.get("key_metrics", CAPPING_METRICS),
        capping_z_max=capping.get("z_max", 6),
        w_anom=round(Fraction(str(capping.get("w_anom", 0.1))) * 1000),
        capping_level=capping.get("level", "host"),
        rarity_threshold=project.get("rarity_threshold", 0.5),
        machine_mapping=project.get("ip_machine_mapping", {}).get("path"),
        machine_prefixes=project.get("non_persistent_machine_prefixes", []),
        transforms=project.get("transforms", DEFAULT_TRANSFORMS),
        z_max=project.get("z_max", 6),
        rank_metrics=project.get("rank_metrics"),
        typical_band_share=Fraction(str(project.get("typical_band_share", 0.05))),
        time_band_alpha=project.get("time_band_alpha", 0.5),
        scores={**DEFAULT_SCORES, **project.get("scores", {})},
    )
