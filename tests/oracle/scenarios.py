# SPDX-License-Identifier: Apache-2.0
"""The histories and projects that the engine is compared on."""
import datetime as dt
from types import SimpleNamespace

import generate

UTC = dt.timezone.utc
WINDOWS = {"w_15m": 1, "w_1h": 4, "w_8h": 32, "w_24h": 96}


def epoch(text):
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def spring():
    """Monday to Easter Monday in Prague with the change to summer time; the baseline never saw a weekend, and
    6d begins before the history does."""
    project = {
        "project_name": "oracle", "feature_spec_version": "v1", "windows": WINDOWS,
        "calendar": {"timezone": "Europe/Prague", "holidays": ["2024-04-01"]},
        "segments": {"mapping": [{"name": "servers", "cidr": "10.1.9.0/24"}, {"name": "vault", "cidr": "10.1.9.128/25"},
                                 {"name": "late", "cidr": "10.1.9.0/24"}], "high_risk": ["vault", "10.77.0.0/16"]},
        "port_sets": {"MAIL_PORTS": [25, 587]},
    }
    return SimpleNamespace(
        name="spring", project=project, records=generate.build(1, epoch("2024-03-25 03:10:00"), 7.4, 26),
        reference=dt.datetime(2024, 3, 30, 23), horizons="3d:1d,6d:1d", machines=None)


def autumn():
    """Nine days in UTC with a day's gap, another look-back, capping by segment, other prefixes and numbers."""
    project = {
        "project_name": "oracle", "feature_spec_version": "v2", "windows": {"w_15m": 1, "w_1h": 4, "w_8h": 32},
        "host_networks": ["10.1.0.0/16", "fd00::/8"],
        "calendar": {"weekend": ["FRI", "SAT"], "working_hours": [8, 16], "off_hours": [16, 23]},
        "segments": {"ipv4_prefix_length": 22, "ipv6_prefix_length": 48, "high_risk": ["10.1.8.0/22"]},
        "port_sets": {"HIGH_RISK_PORTS": [445, 3389], "DB_PORTS": []},
        "lookback": {"days": 2, "min_days": 2, "rare_below_sessions": 6},
        "support_min": {"default": 20, "metrics": {"bytes_src_sum": 60}, "windows": {"w_1h": 40}},
        "capping": {"level": "segment", "w_anom": 0.25, "z_max": 4}, "rarity_threshold": 0.2,
        "transforms": ["diff", "ratio", "z_mad", "abs_dev_over_mad", "z_mad_clipped", "z_mad_signed_pow3",
                       "excess_over_p95", "excess_ratio_p95", "iqr_dev", "log_ratio"],
        "scores": {"lateral_movement_score": {"sum": ["peer_ip_nunique", "-deny_ratio", "rare:admin_port_sessions_cnt"]}},
        "z_max": 5, "typical_band_share": 0.2, "time_band_alpha": 0.25,
    }
    return SimpleNamespace(
        name="autumn", project=project,
        records=generate.build(2, epoch("2024-10-21 00:00:00"), 9, 24, gap=(2.4, 3.4)),
        reference=dt.datetime(2024, 10, 27, 12), horizons="5d:0d,2d:1d", machines=None)


MACHINES = """ip_address,machine_name
10.1.0.10,desk-1
10.1.0.11, vdi-77
10.1.0.12,zeta
10.1.0.12,TMP9
10.1.0.13,not-vdi-1
fd00:1:2:3:0:0:0:9,six
192.0.2.1,elsewhere
"""


def short():
    """Three days from 1970-01-01 on, so that windows reach back before it; horizons named in the project, one of which
    knows the morning only; weights of 0; machines."""
    project = {
        "project_name": "oracle", "feature_spec_version": "v1", "windows": WINDOWS,
        "capping": {"w_anom": 0, "key_metrics": ["sessions_cnt", "deny_ratio"]},
        "support_min": {"default": 4}, "lookback": {"days": 1},
        "horizons": [{"label": "morning", "length_days": 0.25, "gap_days": 0.01},
                     {"label": "day", "length_days": 1, "gap_days": 0}],
        "non_persistent_machine_prefixes": [" VDI-", "tmp"],
    }
    return SimpleNamespace(
        name="short", project=project, records=generate.build(3, epoch("1970-01-01 00:05:00"), 3, 24, extremes=True),
        reference=dt.datetime(1970, 1, 2, 13, 15), horizons=None, machines=MACHINES)


ALL = {"spring": spring, "autumn": autumn, "short": short}
