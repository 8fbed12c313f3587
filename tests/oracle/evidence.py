# SPDX-License-Identifier: Apache-2.0
"""Document 3, findings' first step: the evidence of every host and end, by kind."""
import metrics
from settings import CLOCK_PORTS

MB = 1_000_000
TERMS = [  # kind, metric, role, a, ceiling, weight
    ("scanning", "failed_peers_per_port_max", "outbound", 10, 20, 1.0),
    ("scanning", "failed_ports_per_peer_max", "outbound", 30, 60, 1.0),
    ("denials", "deny_cnt", "outbound", 50, 100, 1.0),
    ("exfiltration", "new_peer_bytes_sent_max", "outbound", 20 * MB, None, 1.0),
    ("exfiltration", "new_peer_bytes_sent_max", "inbound", 20 * MB, None, 1.0),
    ("lateral_movement", "new_admin_reach", "outbound", 1, None, 1.5),
    ("lateral_movement", "admin_port_sessions_cnt", "outbound", 100, None, 1.0),
    ("volume", "sessions_cnt", "outbound", 500, None, 1.0),
    ("volume", "sessions_cnt", "inbound", 500, None, 1.0),
    ("volume", "max_sessions_per_minute", "outbound", 200, None, 1.0),
    ("volume", "max_sessions_per_minute", "inbound", 200, None, 1.0),
    ("volume", "bytes_src_sum", "outbound", 100 * MB, None, 0.5),   # sent by the host
    ("volume", "bytes_dst_sum", "inbound", 100 * MB, None, 0.5),
    ("volume", "bytes_dst_sum", "outbound", 500 * MB, None, 0.5),   # received
    ("volume", "bytes_src_sum", "inbound", 500 * MB, None, 0.5),
    ("new_behaviour", "reached_new_peer_cnt", "outbound", 50, None, 0.5),
    ("new_behaviour", "reached_new_port_cnt", "outbound", 10, None, 0.5),
    ("new_behaviour", "reached_new_port_cnt", "inbound", 10, None, 0.5),
]
WINDOWS = "('w_1h', 'w_24h')"
AT = {"failed_peers_per_port_max": "failed_peers_per_port_at", "failed_ports_per_peer_max": "failed_ports_per_peer_at",
      "new_peer_bytes_sent_max": "new_peer_bytes_sent_at"}


def references(con):
    """`reference` (row_r, metric, own, peers): the largest over the horizons."""
    con.execute("""
        CREATE TABLE reference AS
        SELECT row_r, metric, max(CASE WHEN use_host THEN ho.p99 END) AS own,
            max(CASE WHEN use_segment AND sg.hosts_cnt >= 20 THEN sg.p95
                     WHEN gl.hosts_cnt >= 20 THEN gl.p95 END) AS peers
        FROM candidate GROUP BY ALL""")


def spoken_terms(con, cfg):
    """`spoken`: every term that speaks, with its change and how unlike peers it is."""
    con.execute("CREATE TABLE term (kind VARCHAR, metric VARCHAR, role VARCHAR, a DOUBLE, ceiling DOUBLE, weight DOUBLE)")
    con.executemany("INSERT INTO term VALUES (?, ?, ?, ?, ?, ?)", TERMS)
    used = dict.fromkeys(t[1] for t in TERMS)
    columns = ", ".join(f"{metrics.column(m, cfg)}::DOUBLE AS {m}" for m in used)
    at = " ".join(f"WHEN '{m}' THEN {metrics.column(a, cfg)}::VARCHAR" for m, a in AT.items())
    con.execute(f"""
        CREATE TEMP TABLE term_value AS SELECT r AS row_r, metric, x FROM
            (SELECT r, {columns} FROM scored) UNPIVOT (x FOR metric IN ({", ".join(used)}));
        CREATE TABLE spoken AS
        WITH rows_ AS (SELECT e, role, window_label, (2 * count(*) + 99) // 100 AS two_percent FROM scored GROUP BY ALL),
        t AS (
            SELECT s.r, s.host_ip, s.e, t.kind, t.metric, s.role, s.window_label, v.x, t.a, t.weight, t.ceiling,
                s.lookback_days_covered, ref.own,
                CASE WHEN t.ceiling IS NULL THEN ref.peers ELSE least(ref.peers, t.ceiling) END AS peers,
                CASE t.metric {at} END AS place, greatest(4, rows_.two_percent) AS kth
            FROM scored s JOIN term t ON t.role = s.role JOIN term_value v ON v.row_r = s.r AND v.metric = t.metric
            LEFT JOIN reference ref ON ref.row_r = s.r AND ref.metric = t.metric
            JOIN rows_ ON rows_.e = s.e AND rows_.role = s.role AND rows_.window_label = s.window_label
            WHERE s.window_label IN {WINDOWS} AND 100 * s.slices_covered >= 95 * s.k AND v.x > t.a),
        d AS (
            SELECT *, CASE WHEN own IS NOT NULL THEN weight * greatest(0, ln((x + a) / (own + a)))
                    WHEN ceiling IS NULL AND lookback_days_covered < 1 THEN 0
                    ELSE coalesce(weight * greatest(0, ln((x + a) / (peers + a))), 0) END AS raw_change,
                CASE WHEN ceiling IS NOT NULL THEN weight * greatest(0, ln((x + a) / (peers + a))) END AS standing
            FROM t),
        shared AS (
            SELECT e, metric, role, window_label, list(raw_change ORDER BY raw_change DESC)[any_value(kth)] AS kth_largest
            FROM d WHERE kind IN ('volume', 'new_behaviour') GROUP BY ALL)
        SELECT d.* EXCLUDE (raw_change, standing), raw_change AS before_sharing,
            greatest(0, raw_change - coalesce(kth_largest, 0)) AS change, standing
        FROM d LEFT JOIN shared s ON s.e = d.e AND s.metric = d.metric AND s.role = d.role
            AND s.window_label = d.window_label AND d.kind IN ('volume', 'new_behaviour')""")


def beacons(con):
    """`spoken_pair`: beacons and dead addresses among the pairs of the longest window."""
    ports = ", ".join(map(str, CLOCK_PORTS))
    con.execute(f"""
        CREATE TABLE spoken_pair AS
        WITH hosts AS (SELECT e, role, count(DISTINCT host) AS n FROM window_peer
                       WHERE window_label = (SELECT arg_max(window_label, k) FROM win) GROUP BY ALL),
        p AS (
            SELECT host_ip, role, window_label, peer_ip, dst_port, window_end_ts, beacon_score, replied_cnt, failed_cnt,
                sessions_cnt, active_minutes_cnt AS m, peer_hosts_cnt, gap_median, max(active_days) AS active_days
            FROM fg_c_pair JOIN address a ON a.ip = peer_ip AND a.outside
            WHERE window_label = (SELECT arg_max(window_label, k) FROM win) AND (dst_port IS NULL OR dst_port NOT IN ({ports}))
                AND (coalesce(beacon_score >= 0.5, false) OR (role = 'outbound' AND dst_port IS NOT NULL
                     AND 2 * failed_cnt >= sessions_cnt AND active_minutes_cnt > 30))
            GROUP BY ALL),
        q AS (
            SELECT p.*, beacon_score * (1 - 1 / sqrt(m)) * least(replied_cnt, sessions_cnt - failed_cnt)::DOUBLE
                / sessions_cnt * greatest(0, 1 - ln(peer_hosts_cnt) / ln(greatest(20, hosts.n))) AS q
            FROM p JOIN hosts ON instant(hosts.e) = window_end_ts AND hosts.role = p.role),
        v AS (
            SELECT *, CASE WHEN q > 0.5 THEN 2.5 * ln(0.5 / (1 - q)) * CASE role WHEN 'inbound' THEN 0.75 ELSE 1 END END
                AS beat, CASE WHEN role = 'outbound' AND peer_hosts_cnt = 1 AND 2 * failed_cnt >= sessions_cnt AND m > 30
                THEN ln((m + 30) / 60.0::DOUBLE) END AS dead
            FROM q)
        SELECT *, greatest(beat, dead) AS evidence, CASE WHEN active_days >= 3 THEN NULL ELSE greatest(beat, dead) END
            AS change, greatest(beat, dead) * CASE WHEN active_days >= 3 THEN 0.5 ELSE 1 END AS standing
        FROM v WHERE beat IS NOT NULL OR dead IS NOT NULL""")


def strongest(side, other, of="fg_c_evidence"):
    """The term behind each kind's evidence on one side, for the hosts and ends of a table; a kind without has none."""
    return f"""
        SELECT * EXCLUDE (e, change), instant(e) AS window_end_ts, change AS evidence
        FROM said SEMI JOIN {of} o ON o.host_ip = said.host_ip AND o.window_end_ts = instant(said.e)
        WHERE {side} > 0
        QUALIFY row_number() OVER (PARTITION BY said.host_ip, e, kind
            ORDER BY {side} DESC, {other} DESC, metric, role, window_label, place) = 1"""


def evidence(con):
    """`evidence_kind` (host_ip, e, kind, change, standing) and `fg_c_evidence`, one row per host and end."""
    def score(side):
        return f"100 * (1 - exp(-(max({side}) + (sum({side}) - max({side})) / 4) / 4))"

    def kind(side):     # the largest, ties by name; a denial is a scan where scanning has half of its evidence
        return f"""CASE WHEN arg_min(kind, (-{side}, kind)) FILTER ({side} > 0) = 'denials'
            AND coalesce(max({side}) FILTER (kind = 'scanning'), 0) >= 0.5 * max({side}) FILTER (kind = 'denials')
            THEN 'scanning' ELSE arg_min(kind, (-{side}, kind)) FILTER ({side} > 0) END"""
    by_kind = ", ".join(f"max({side}) FILTER (kind = '{k}' AND {side} > 0) AS {name}_{k}"
                        for side, name in (("change", "evidence"), ("standing", "standing_evidence"))
                        for k in metrics.KINDS)
    con.execute(f"""
        CREATE TABLE said AS
        SELECT host_ip, e, kind, metric, role, window_label, x, own, peers, place, change, coalesce(standing, 0) AS standing,
            NULL::DOUBLE AS gap_median FROM spoken
        UNION ALL
        SELECT host_ip, epoch_us(window_end_ts)::BIGINT // 900000000, 'beaconing',
            CASE WHEN beat >= coalesce(dead, 0) THEN 'beacon_score' ELSE 'active_minutes_cnt' END, role, window_label,
            CASE WHEN beat >= coalesce(dead, 0) THEN beacon_score ELSE m END, NULL, NULL, concat_ws('|', peer_ip, dst_port),
            coalesce(change, 0), standing, gap_median FROM spoken_pair;
        CREATE TABLE evidence_kind AS
        SELECT host_ip, e, kind, max(change) AS change, max(standing) AS standing FROM said GROUP BY ALL;
        CREATE TABLE fg_c_evidence AS
        SELECT host_ip, instant(e) AS window_end_ts, {score('change')} AS score, {kind('change')} AS kind,
            {score('standing')} AS standing_score, {kind('standing')} AS standing_kind, {by_kind},
            instant(getvariable('reference')) AS reference_ts
        FROM evidence_kind GROUP BY ALL HAVING {score('change')} >= 20 OR {score('standing')} >= 20;
        -- of each kind the strongest term, on either side: the one behind its change, and the one behind its unlike-peers
        CREATE TABLE fg_c_reason AS
        SELECT DISTINCT * FROM ({strongest('evidence', 'standing')} UNION ALL {strongest('standing', 'evidence')});
        CREATE TABLE fg_c_evidence_out AS
        SELECT v.*, a.segment_id, r.reasons FROM fg_c_evidence v JOIN address a ON a.ip = host_ip JOIN (
            SELECT host_ip, window_end_ts, list(struct_pack(kind := kind, metric := metric, role := role,
                window_label := window_label, x := x, own := own, peers := peers, "at" := place, evidence := evidence,
                standing := standing, gap_median := gap_median) ORDER BY evidence DESC, standing DESC, kind) AS reasons
            FROM fg_c_reason GROUP BY ALL) r USING (host_ip, window_end_ts)""")


def build(con, cfg):
    references(con)
    spoken_terms(con, cfg)
    beacons(con)
    evidence(con)
