-- SPDX-License-Identifier: Apache-2.0
-- Document 2, novelty: every window against [window start - look-back days, window start), per role, over side.

CREATE MACRO reach() AS getvariable('lookback_days') * 96;

CREATE TABLE seen_key AS
SELECT 'peer' AS kind, host, role, peer AS key, s, sessions_cnt AS n FROM side
UNION ALL SELECT 'port', host, role, port::VARCHAR, s, sessions_cnt FROM side WHERE port IS NOT NULL
UNION ALL SELECT 'pair', host, role, peer || '|' || port, s, sessions_cnt FROM side WHERE port IS NOT NULL
UNION ALL SELECT 'segment', host, role, a.segment_id, s, sessions_cnt FROM side JOIN address a ON a.ip = peer;

CREATE TABLE window_key AS
SELECT 'peer' AS kind, window_label, e, host, role, peer AS key, reached FROM window_peer
UNION ALL SELECT 'port', window_label, e, host, role, port::VARCHAR, reached FROM window_port
UNION ALL SELECT 'pair', window_label, e, host, role, peer || '|' || port, replied_cnt > 0 FROM window_pair
          WHERE port IS NOT NULL
UNION ALL SELECT 'segment', window_label, e, host, role, a.segment_id, bool_or(reached)
          FROM window_peer JOIN address a ON a.ip = peer GROUP BY ALL;

-- Sessions of a key up to and with slice s, so that a look-back is a difference of two.
CREATE TABLE running AS
SELECT kind, host, role, key, s, sum(n) OVER (PARTITION BY kind, host, role, key ORDER BY s)::BIGINT AS upto
FROM (SELECT kind, host, role, key, s, sum(n) AS n FROM seen_key GROUP BY ALL);

-- past: sessions with the key in the look-back; 0: the look-back lacks it.
CREATE TABLE window_past AS
WITH looked_up AS (SELECT w.*, w.e - win.k - 1 AS last_s, w.e - win.k - 1 - reach() AS before_s
            FROM window_key w JOIN win USING (window_label)),
a AS (SELECT t.*, coalesce(r.upto, 0) AS upto_last FROM looked_up t ASOF LEFT JOIN running r
      ON t.kind = r.kind AND t.host = r.host AND t.role = r.role AND t.key = r.key AND t.last_s >= r.s)
SELECT a.* EXCLUDE (last_s, before_s, upto_last), a.upto_last - coalesce(r.upto, 0) AS past
FROM a ASOF LEFT JOIN running r
    ON a.kind = r.kind AND a.host = r.host AND a.role = r.role AND a.key = r.key AND a.before_s >= r.s;

-- N sessions and V distinct keys of the host in the look-back that ends with window start ws.
CREATE TABLE host_past AS
WITH span AS (      -- from a sighting on, while it is the latest one and inside the look-back, the key is seen
    SELECT kind, host, role, s + 1 AS ws_first,
        least(coalesce(lead(s) OVER (PARTITION BY kind, host, role, key ORDER BY s), s + reach()), s + reach())
            AS ws_last
    FROM running WHERE kind IN ('peer', 'port')),
wanted AS (SELECT DISTINCT w.kind, w.host, w.role, w.e - win.k AS ws
           FROM window_key w JOIN win USING (window_label) WHERE w.kind IN ('peer', 'port')),
slice AS (SELECT kind, host, role, s, sum(n) AS n FROM seen_key WHERE kind IN ('peer', 'port') GROUP BY ALL),
v AS (SELECT w.*, count(*) AS v FROM wanted w JOIN span p ON p.kind = w.kind AND p.host = w.host AND p.role = w.role
        AND w.ws BETWEEN p.ws_first AND p.ws_last GROUP BY ALL),
total AS (SELECT w.*, sum(t.n)::BIGINT AS n FROM wanted w JOIN slice t ON t.kind = w.kind AND t.host = w.host
          AND t.role = w.role AND t.s < w.ws AND t.s >= w.ws - reach() GROUP BY ALL)
SELECT w.*, coalesce(total.n, 0) AS n, coalesce(v.v, 0) AS v
FROM wanted w LEFT JOIN v USING (kind, host, role, ws) LEFT JOIN total USING (kind, host, role, ws);

CREATE TABLE key_metric AS
WITH scored AS (
    SELECT p.*, -ln((p.past + 1) / (h.n + h.v + 1)::DOUBLE) AS rarity
    FROM window_past p JOIN win USING (window_label)
    LEFT JOIN host_past h ON h.kind = p.kind AND h.host = p.host AND h.role = p.role AND h.ws = p.e - win.k)
SELECT window_label, e, host, role,
    count(*) FILTER (kind = 'peer' AND past = 0) AS new_peer_cnt,
    count(*) FILTER (kind = 'port' AND past = 0) AS new_dst_port_cnt,
    count(*) FILTER (kind = 'pair' AND past = 0) AS new_pair_cnt,
    count(*) FILTER (kind = 'segment' AND past = 0) AS new_segment_cnt,
    count(*) FILTER (kind = 'peer' AND past > 0 AND past < getvariable('rare_below')) AS rare_peer_cnt,
    count(*) FILTER (kind = 'port' AND past > 0 AND past < getvariable('rare_below')) AS rare_dst_port_cnt,
    count(*) FILTER (kind = 'pair' AND past > 0 AND past < getvariable('rare_below')) AS rare_pair_cnt,
    avg(rarity) FILTER (kind = 'peer') AS pair_rarity_score_mean,
    max(rarity) FILTER (kind = 'peer') AS pair_rarity_score_max,
    avg(rarity) FILTER (kind = 'port') AS dst_port_rarity_score_mean,
    max(rarity) FILTER (kind = 'port') AS dst_port_rarity_score_max,
    count(*) FILTER (kind = 'peer' AND past = 0 AND reached) AS reached_new_peer_cnt,
    count(*) FILTER (kind = 'port' AND past = 0 AND reached) AS reached_new_port_cnt
FROM scored GROUP BY ALL;

-- Bytes that the host sent to one new peer outside, which answered with less than a quarter.
CREATE TABLE sent_metric AS
WITH sent AS (
    SELECT w.*, a.num, CASE role WHEN 'outbound' THEN bytes_src ELSE bytes_dst END AS sent,
        CASE role WHEN 'outbound' THEN bytes_dst ELSE bytes_src END AS received
    FROM window_peer w JOIN address a ON a.ip = peer AND NOT a.is_host)
SELECT window_label, e, host, role, sat(max(sent)) AS new_peer_bytes_sent_max,
    arg_min(peer, (-sent, num)) AS new_peer_bytes_sent_at
FROM sent JOIN (SELECT window_label, e, host, role, key AS peer FROM window_past WHERE kind = 'peer' AND past = 0) p
    USING (window_label, e, host, role, peer)
WHERE 4 * received < sent GROUP BY ALL;

-- Reached new pairs inside at ports that administer: who else of the role has that peer, in look-back or window?
CREATE TABLE reach_metric AS
WITH candidate AS (
    SELECT DISTINCT w.window_label, w.e, w.host, w.role, w.peer, w.e - win.k - reach() AS from_s
    FROM window_pair w JOIN win USING (window_label) JOIN address a ON a.ip = w.peer AND a.is_host
    JOIN window_past p ON p.kind = 'pair' AND p.past = 0 AND p.window_label = w.window_label AND p.e = w.e
        AND p.host = w.host AND p.role = w.role AND p.key = w.peer || '|' || w.port
    WHERE w.replied_cnt > 0 AND w.port IN (SELECT port FROM port_set
        WHERE name IN ('ADMIN_PORTS', 'FILESHARE_PORTS', 'DIRECTORY_PORTS', 'DB_PORTS'))),
others AS (
    SELECT c.window_label, c.e, c.host, c.role, c.peer
    FROM candidate c JOIN side o ON o.role = c.role AND o.peer = c.peer AND o.host <> c.host
        AND o.s >= c.from_s AND o.s < c.e GROUP BY ALL)
SELECT window_label, e, c.host, c.role, count(*) + 2 * count(*) FILTER (o.peer IS NULL) AS reach
FROM candidate c LEFT JOIN others o USING (window_label, e, host, role, peer) GROUP BY ALL;
