# SPDX-License-Identifier: Apache-2.0
"""Document 3, FG-C: what a row says across windows, horizons, pairs and time bands, and its scores."""
import metrics


def across(con, cfg):
    """`cacross` (row_r, h): z of w_15m less z of w_1h; drift from the longest to the shortest horizon."""
    names = [m for m in metrics.ACROSS if m in metrics.baselined(cfg)]
    one = con.execute("SELECT count(*) FROM horizon").fetchone()[0] < 2
    columns = []
    for m in names:
        r = metrics.resolution(m)
        columns.append(f"a.z__{m} - b.z__{m} AS window_disagreement_{m}")
        drift = ("NULL::DOUBLE", "NULL::DOUBLE") if one else (
            f"(s.m__{m} + {r}) / (l.m__{m} + {r})", f"(s.m__{m} - l.m__{m}) / l.s__{m}")
        columns += [f"{drift[0]} AS baseline_drift_ratio_{m}", f"{drift[1]} AS baseline_drift_z_{m}"]
    con.execute(f"""
        CREATE TABLE zrow AS SELECT c.host_ip, c.role, c.e, c.window_label, w.* FROM cwide w JOIN crow c
            ON c.r = w.row_r AND c.h = w.h;
        CREATE TABLE cacross AS
        SELECT o.row_r, o.h, {", ".join(columns)} FROM zrow o
        LEFT JOIN zrow a ON a.window_label = 'w_15m' AND (a.h, a.host_ip, a.role, a.e) = (o.h, o.host_ip, o.role, o.e)
        LEFT JOIN zrow b ON b.window_label = 'w_1h' AND (b.h, b.host_ip, b.role, b.e) = (o.h, o.host_ip, o.role, o.e)
        LEFT JOIN cwide s ON s.row_r = o.row_r AND s.h = (SELECT arg_min(h, length) FROM horizon)
        LEFT JOIN cwide l ON l.row_r = o.row_r AND l.h = (SELECT arg_max(h, length) FROM horizon)""")


def time_bands(con, cfg):
    """`cband` (r, h, time_band_violation_flag): typical bands by the shortest window in the longest horizon."""
    share = cfg.typical_band_share
    con.execute(f"""
        CREATE TABLE band_total AS
        SELECT host_ip, role, time_band, sum(sessions_total)::HUGEINT AS n FROM fg_b_ip_metadata
        WHERE h = (SELECT arg_max(h, length) FROM horizon) AND window_label = (SELECT arg_min(window_label, k) FROM win)
        GROUP BY ALL;
        CREATE TABLE cband AS
        WITH typical AS (SELECT host_ip, role, time_band FROM band_total JOIN
                (SELECT host_ip, role, sum(n)::HUGEINT AS total FROM band_total GROUP BY ALL) USING (host_ip, role)
            WHERE n * {share.denominator} >= total * {share.numerator})
        SELECT r, h, CASE WHEN baseline_time_band IS NULL OR baseline_time_band <> time_band THEN NULL
            WHEN NOT EXISTS (SELECT 1 FROM band_total b WHERE b.host_ip = c.host_ip AND b.role = c.role AND b.n > 0) THEN NULL
            ELSE NOT EXISTS (SELECT 1 FROM typical t WHERE t.host_ip = c.host_ip AND t.role = c.role
                             AND t.time_band = c.time_band) END::INTEGER AS time_band_violation_flag
        FROM crow c""")


def score(definition):
    """A null term is left out; all null gives null."""
    (how, terms), = definition.items()
    columns = []
    for term in terms:
        if term.startswith("rare:"):
            columns.append(f"c__{term[5:]} * pair_rarity_max")
        else:
            columns.append(f"-c__{term[1:]}" if term.startswith("-") else f"c__{term}")
    if how == "max":
        return f"greatest({', '.join(columns)}, NULL)"
    return f"list_sum([{', '.join(columns)}])"


def assemble(con, cfg):
    families = [f"{metrics.column(m, cfg)}_{t}" for m in metrics.baselined(cfg) for t in cfg.transforms]
    names = [m for m in metrics.ACROSS if m in metrics.baselined(cfg)]
    ac = [f"window_disagreement_{m}" for m in names] + [
        f"baseline_drift_{kind}_{m}" for m in names for kind in ("ratio", "z")]
    alpha = f"(1 + {cfg.time_band_alpha} * coalesce(time_band_violation_flag, 0))"
    scores = ", ".join(f"{score(d)} AS {name}" for name, d in cfg.scores.items())
    con.execute(f"""
        CREATE TABLE fg_c_host AS
        SELECT z.label AS baseline_horizon, s.host_ip, s.role, s.segment_id, s.time_band, s.window_label,
            s.window_start_ts, s.window_end_ts, concat_ws('|', s.host_ip, s.role, s.segment_id, s.time_band,
                s.window_label, iso(s.e - s.k), iso(s.e), z.label) AS record_id,
            instant(getvariable('reference')) AS reference_ts, s.slices_covered, c.baseline_time_band,
            c.is_cold_start, w.baseline_level, coalesce(x.baseline_level_exceptions, []) AS baseline_level_exceptions,
            w.baseline_cold_start_any, w.baseline_min_support_count,
            coalesce(w.scale_source_exceptions, []) AS scale_source_exceptions,
            {", ".join("w." + f for f in families)}, {", ".join(ac)},
            p.pair_rarity_max, p.pair_rarity_mean, p.new_pair_cnt, p.rare_pair_cnt, p.new_pair_anomaly,
            p.rare_pair_flag, p.pair_rarity_source, coalesce(left_out, 0) AS pairs_left_out_cnt,
            w.z__sessions_cnt * p.pair_rarity_max AS rare_pair_weighted_z_sessions,
            w.z__bytes_src_sum * p.pair_rarity_max AS rare_pair_weighted_z_bytes_src,
            w.z__high_risk_port_sessions_cnt * p.pair_rarity_max AS rare_pair_weighted_z_high_risk,
            b.time_band_violation_flag, w.z__sessions_cnt * {alpha} AS time_band_z_sessions,
            w.z__bytes_src_sum * {alpha} AS time_band_z_bytes_src, {scores},
            w.anomaly_rank_score, r.peer_rank_score, coalesce(w.top_features, []) AS top_features,
            coalesce(r.peer_top_features, []) AS peer_top_features
        FROM crow c JOIN scored s ON s.r = c.r JOIN horizon z ON z.h = c.h
        JOIN cwide w ON w.row_r = c.r AND w.h = c.h
        LEFT JOIN cexception x ON x.row_r = c.r AND x.h = c.h
        JOIN cpeerwide r ON r.row_r = c.r AND r.h = c.h
        JOIN cacross ca ON ca.row_r = c.r AND ca.h = c.h
        JOIN crow_pair p ON p.r = c.r AND p.h = c.h
        JOIN cband b ON b.r = c.r AND b.h = c.h
        LEFT JOIN (SELECT r, h, count(*) FILTER (place > 1000) AS left_out FROM cpair_new GROUP BY ALL) lo
            ON lo.r = c.r AND lo.h = c.h""")


def build(con, cfg):
    across(con, cfg)
    time_bands(con, cfg)
    assemble(con, cfg)
