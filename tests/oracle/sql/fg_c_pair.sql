-- SPDX-License-Identifier: Apache-2.0
-- Document 3, FG-C pairs: rarity of each pair of a scored row's window, collapsed to the row, and the evidence table.

CREATE TABLE cpair AS
WITH target AS (SELECT DISTINCT h, dst FROM pair_count),
p AS (
    SELECT c.r, c.h, c.host_ip, c.role, c.window_label, c.e, c.k, c.is_cold_start, w.peer, w.port, w.sessions_cnt,
        w.bytes_src, w.bytes_dst, w.deny_cnt, w.failed_cnt, w.replied_cnt, w.active_minutes_cnt,
        CASE c.role WHEN 'outbound' THEN c.host_ip ELSE w.peer END AS src,
        CASE c.role WHEN 'outbound' THEN w.peer ELSE c.host_ip END AS dst,
        CASE WHEN c.is_cold_start = 0 THEN 'HOST'
             WHEN c.role = 'inbound' AND t.dst IS NULL THEN 'NONE' ELSE 'SEGMENT' END AS source
    FROM crow c LEFT JOIN target t ON t.h = c.h AND t.dst = c.host_ip
    JOIN window_pair w ON w.window_label = c.window_label AND w.e = c.e AND w.host = c.host_ip AND w.role = c.role),
looked_up AS (
    SELECT p.*, coalesce(ho.active_days, 0) AS active_days,
        CASE WHEN p.port IS NULL OR p.source = 'NONE' THEN NULL
             WHEN p.source = 'HOST' THEN coalesce(ho.pair_seen_count, 0)
             ELSE coalesce(sg.pair_seen_count, 0) END AS seen
    FROM p JOIN address a ON a.ip = p.src
    LEFT JOIN fg_b_pair_host ho ON ho.h = p.h AND ho.host_ip = p.src AND ho.dst_ip = p.dst AND ho.dst_port = p.port
    LEFT JOIN fg_b_pair_segment sg ON sg.h = p.h AND sg.segment_id = a.segment_id AND sg.dst_ip = p.dst
        AND sg.dst_port = p.port)
SELECT *, 1.0::DOUBLE / (1 + seen)::DOUBLE AS score, (seen = 0)::INTEGER AS is_new,
    (seen = 0 OR 1.0::DOUBLE / (1 + seen)::DOUBLE >= getvariable('rarity_threshold'))::INTEGER AS is_rare
FROM looked_up;

CREATE TABLE crow_pair AS
WITH source AS (
    SELECT c.r, c.h, CASE WHEN c.is_cold_start = 0 THEN 'HOST'
        WHEN c.role = 'inbound' AND NOT EXISTS (SELECT 1 FROM pair_count t WHERE t.h = c.h AND t.dst = c.host_ip)
            THEN 'NONE' ELSE 'SEGMENT' END AS pair_rarity_source
    FROM crow c),
collapsed AS (
    SELECT r, h, max(score) AS rarity_max, sum(score * sessions_cnt) / sum(sessions_cnt) FILTER (score IS NOT NULL)
            AS rarity_mean, sum(is_new) AS new_cnt, sum(is_rare) AS rare_cnt
    FROM cpair WHERE port IS NOT NULL GROUP BY ALL)
SELECT r, h, pair_rarity_source,
    CASE WHEN pair_rarity_source <> 'NONE' THEN coalesce(rarity_max, 0) END AS pair_rarity_max,
    CASE WHEN pair_rarity_source <> 'NONE' THEN coalesce(rarity_mean, 0) END AS pair_rarity_mean,
    CASE WHEN pair_rarity_source <> 'NONE' THEN coalesce(new_cnt, 0) END::BIGINT AS new_pair_cnt,
    CASE WHEN pair_rarity_source <> 'NONE' THEN coalesce(rare_cnt, 0) END::BIGINT AS rare_pair_cnt,
    CASE WHEN pair_rarity_source <> 'NONE' THEN (coalesce(new_cnt, 0) > 0)::INTEGER END AS new_pair_anomaly,
    CASE WHEN pair_rarity_source <> 'NONE' THEN (coalesce(rare_cnt, 0) > 0)::INTEGER END AS rare_pair_flag
FROM source LEFT JOIN collapsed USING (r, h);

-- New and rare pairs of the shortest window, at most 1,000 a row.
CREATE TABLE cpair_new AS
SELECT c.*, row_number() OVER (PARTITION BY r, h ORDER BY score DESC, bytes_src + bytes_dst DESC, a.num, port) AS place
FROM cpair c JOIN address a ON a.ip = peer WHERE k = (SELECT min(k) FROM win) AND is_rare = 1;

-- Beacons, and outbound pairs that mostly fail but never give up, of the longest.
CREATE TABLE cpair_long AS
SELECT c.* FROM cpair c LEFT JOIN window_beacon b ON b.window_label = c.window_label AND b.e = c.e
    AND b.host = c.host_ip AND b.role = c.role AND b.peer = c.peer AND b.port IS NOT DISTINCT FROM c.port
WHERE k = (SELECT max(k) FROM win) AND (coalesce(2 * b.score_num >= b.score_den, false)
    OR (c.role = 'outbound' AND c.port IS NOT NULL AND 2 * failed_cnt >= sessions_cnt AND active_minutes_cnt > 30));

CREATE TABLE peer_hosts AS
SELECT window_label, e, role, peer, count(DISTINCT host) AS peer_hosts_cnt FROM window_peer
WHERE e IN (SELECT e FROM crow) GROUP BY ALL;

CREATE TABLE fg_c_pair AS
WITH listed AS (
    SELECT r, h, peer, port FROM cpair_new WHERE place <= 1000
    UNION SELECT r, h, peer, port FROM cpair_long)
SELECT z.label AS baseline_horizon, c.host_ip, c.role, c.window_label, c.peer AS peer_ip, c.port AS dst_port,
    instant(c.e) AS window_end_ts, c.sessions_cnt, sat(c.bytes_src) AS bytes_src_sum, sat(c.bytes_dst) AS bytes_dst_sum,
    c.deny_cnt, c.failed_cnt, c.replied_cnt, c.active_minutes_cnt, ph.peer_hosts_cnt, c.active_days,
    c.seen AS pair_seen_count, c.score AS pair_rarity_score, c.is_new AS is_new_pair_flag,
    c.is_rare AS is_rare_pair_flag, c.source AS pair_rarity_source, icdf(g.gaps, 50) AS gap_median,
    b.score_num::DOUBLE / b.score_den::DOUBLE AS beacon_score, instant(getvariable('reference')) AS reference_ts
FROM cpair c JOIN listed l ON l.r = c.r AND l.h = c.h AND l.peer = c.peer AND l.port IS NOT DISTINCT FROM c.port
JOIN horizon z ON z.h = c.h
JOIN peer_hosts ph ON ph.window_label = c.window_label AND ph.e = c.e AND ph.role = c.role AND ph.peer = c.peer
LEFT JOIN window_gap g ON g.window_label = c.window_label AND g.e = c.e AND g.host = c.host_ip AND g.role = c.role
    AND g.peer = c.peer AND g.port IS NOT DISTINCT FROM c.port
LEFT JOIN window_beacon b ON b.window_label = c.window_label AND b.e = c.e AND b.host = c.host_ip AND b.role = c.role
    AND b.peer = c.peer AND b.port IS NOT DISTINCT FROM c.port;
