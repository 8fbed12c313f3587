-- SPDX-License-Identifier: Apache-2.0
-- Document 2: the windows that end with every slice of the history. e is the slice index of a window's end.

CREATE TABLE window_end AS
SELECT w.window_label, w.k, c.s + 1 AS e, c.s + 1 - w.k AS ws,
    least(w.k, c.s + 1 - h.first_slice)::INTEGER AS slices_covered,
    least(getvariable('lookback_days'), greatest(0, (c.s + 1 - w.k - h.first_slice) // 96))::INTEGER
        AS lookback_days_covered,
    c.* EXCLUDE (s)
FROM calendar c, win w, history h;

-- A slice counts in the k windows that end with it or up to k - 1 slices later.
CREATE TABLE slice_window AS
SELECT w.window_label, c.s, c.s + 1 + unnest(range(w.k)) AS e FROM calendar c, win w;
DELETE FROM slice_window WHERE e > (SELECT last_slice + 1 FROM history);

CREATE TABLE window_pair AS
SELECT window_label, e, host, role, peer, port, sum(sessions_cnt)::BIGINT AS sessions_cnt,
    sum(bytes_src::HUGEINT) AS bytes_src, sum(bytes_dst::HUGEINT) AS bytes_dst, sum(deny_cnt)::BIGINT AS deny_cnt,
    sum(failed_cnt)::BIGINT AS failed_cnt, sum(replied_cnt)::BIGINT AS replied_cnt,
    sum(bit_count(active_minutes))::BIGINT AS active_minutes_cnt
FROM side JOIN slice_window USING (s) GROUP BY ALL;

-- Shares and entropies from the counts of a histogram, in ascending order.
CREATE MACRO entropy(counts) AS -list_sum(list_transform(list_sort(counts),
    lambda c: c::DOUBLE / list_sum(counts)::DOUBLE * ln(c::DOUBLE / list_sum(counts)::DOUBLE)));
CREATE MACRO top_share(counts) AS CASE WHEN list_sum(counts) IS NULL THEN NULL WHEN list_sum(counts) = 0 THEN 0.0
    ELSE list_max(counts)::DOUBLE / list_sum(counts)::DOUBLE END;

CREATE TABLE window_peer AS
SELECT window_label, e, host, role, peer, sum(sessions_cnt)::BIGINT AS sessions_cnt,
    sum(bytes_src) AS bytes_src, sum(bytes_dst) AS bytes_dst, bool_or(replied_cnt > 0) AS reached,
    count(*) FILTER (port IS NOT NULL AND failed_cnt = sessions_cnt) AS failed_ports
FROM window_pair GROUP BY ALL;

CREATE TABLE window_port AS
SELECT window_label, e, host, role, port, sum(sessions_cnt)::BIGINT AS sessions_cnt,
    sum(bytes_src) + sum(bytes_dst) AS bytes, bool_or(replied_cnt > 0) AS reached,
    count(*) FILTER (failed_cnt = sessions_cnt) AS failed_peers
FROM window_pair WHERE port IS NOT NULL GROUP BY ALL;

CREATE TABLE peer_metric AS
SELECT window_label, e, host, role,
    count(*) AS peer_ip_nunique, count(DISTINCT a.segment_id) AS peer_segment_nunique,
    entropy(list(sessions_cnt)) AS peer_ip_entropy, top_share(list(sessions_cnt)) AS peer_ip_top1_sessions_share,
    top_share(list(bytes_src + bytes_dst)) AS peer_ip_top1_bytes_share,
    coalesce(sum(sessions_cnt) FILTER (a.high_risk), 0)::BIGINT AS high_risk_segment_sessions_cnt,
    count(*) FILTER (a.high_risk) AS high_risk_segment_unique_peers,
    max(failed_ports) AS failed_ports_per_peer_max,
    arg_min(peer, (-failed_ports::HUGEINT, a.num)) FILTER (failed_ports > 0) AS failed_ports_per_peer_at
FROM window_peer JOIN address a ON a.ip = peer GROUP BY ALL;

CREATE TABLE port_metric AS
SELECT window_label, e, host, role,
    count(*) AS peer_port_nunique, entropy(list(sessions_cnt)) AS peer_port_entropy,
    top_share(list(sessions_cnt)) AS peer_port_top1_sessions_share, top_share(list(bytes)) AS peer_port_top1_bytes_share,
    count(*) FILTER (port IN (SELECT port FROM port_set WHERE name = 'HIGH_RISK_PORTS')) AS high_risk_port_nunique,
    max(failed_peers) AS failed_peers_per_port_max,
    arg_min(port, (-failed_peers, port)) FILTER (failed_peers > 0) AS failed_peers_per_port_at
FROM window_port GROUP BY ALL;

CREATE TABLE set_metric AS
SELECT window_label, e, host, role,
    count(DISTINCT peer) FILTER (port IN (SELECT port FROM port_set WHERE name = 'HIGH_RISK_PORTS'))
        AS high_risk_port_unique_peers,
    count(DISTINCT peer) FILTER (port IN (SELECT port FROM port_set WHERE name = 'ADMIN_PORTS'))
        AS admin_port_unique_peers
FROM window_pair GROUP BY ALL;
