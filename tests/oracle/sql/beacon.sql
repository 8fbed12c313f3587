-- SPDX-License-Identifier: Apache-2.0
-- Document 2, beacon score of a pair in a window of at least 8 h, in integers: score = score_num / score_den.

-- Inverse CDF with equal weights: the value at place ceil(p n) of the sorted list, p in hundredths.
CREATE MACRO icdf(sorted, p) AS sorted[(p * len(sorted) + 99) // 100];

CREATE TABLE active AS
SELECT s, host, role, peer, port, s * 15 + i AS m,
    lead(s * 15 + i) OVER (PARTITION BY host, role, peer, port ORDER BY s * 15 + i) AS next_m
FROM side, LATERAL (SELECT unnest(range(15)) AS i) WHERE active_minutes & (1 << i) <> 0;

-- Gaps of a window: both minutes inside it. Only the shortest window needs them below 8 h, for fg_c/pair's median.
CREATE TABLE window_gap AS
SELECT window_label, e, host, role, peer, port, list(next_m - m ORDER BY next_m - m) AS gaps
FROM active JOIN slice_window USING (s)
WHERE next_m < e * 15 AND window_label IN
    (SELECT window_label FROM win WHERE k >= 32 OR k = (SELECT min(k) FROM win))
GROUP BY ALL;

CREATE TABLE window_beacon AS
WITH quartile AS (
    SELECT *, icdf(gaps, 25) AS q1, icdf(gaps, 50) AS q2, icdf(gaps, 75) AS q3,
        icdf(list_sort(list_transform(gaps, lambda g: abs(g - icdf(gaps, 50)))), 50) AS mad,
        list_sum(list_filter(gaps, lambda g: g <= 4 * icdf(gaps, 50)))::HUGEINT AS covered
    FROM window_gap JOIN win USING (window_label)
    WHERE k >= 32 AND len(gaps) >= 8),
part AS (
    SELECT *, greatest(q2 - mad, 0)::HUGEINT AS regular_num,                      -- over q2
        CASE WHEN q3 - q1 <= 1 THEN 1 ELSE q3 - q1 END::HUGEINT AS sym_den,
        CASE WHEN q3 - q1 <= 1 THEN 1 ELSE q3 - q1 - abs(q1 + q3 - 2 * q2) END::HUGEINT AS sym_num,
        least(k * 15 - 1, 2 * covered) AS span_num,                                -- over window minutes - 1
        3 * active_minutes_cnt > covered + 1 AS dense
    FROM (SELECT q.*, p.sessions_cnt::HUGEINT AS sessions_cnt, p.active_minutes_cnt::HUGEINT AS active_minutes_cnt
          FROM quartile q JOIN window_pair p USING (window_label, e, host, role, peer)
          WHERE p.port IS NOT DISTINCT FROM q.port))
SELECT window_label, e, host, role, peer, port,
    (regular_num * sym_den + sym_num * q2) * span_num * CASE WHEN dense THEN active_minutes_cnt * active_minutes_cnt ELSE 1 END
        AS score_num,
    2 * q2 * sym_den * (k * 15 - 1)::HUGEINT * CASE WHEN dense THEN sessions_cnt * sessions_cnt ELSE 1 END AS score_den
FROM part;

CREATE TABLE beacon_metric AS
SELECT window_label, e, host, role, max(score_num::DOUBLE / score_den::DOUBLE) AS beacon_score_max,
    count(*) FILTER (5 * score_num >= 4 * score_den) AS beacon_pair_cnt
FROM window_beacon GROUP BY ALL;
