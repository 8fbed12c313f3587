-- SPDX-License-Identifier: Apache-2.0
-- Document 2, delta/pair: sessions of (slice, source, destination, service port). Sums saturate at int64's maximum.

CREATE MACRO sat(x) AS least(x, 9223372036854775807)::BIGINT;
CREATE MACRO instant(s) AS make_timestamp(s::BIGINT * 900000000);
CREATE MACRO iso(s) AS strftime(make_timestamp(s::BIGINT * 900000000), '%Y-%m-%dT%H:%M:%SZ');
CREATE MACRO batch_id(s) AS strftime(make_timestamp(s::BIGINT * 900000000), '%Y%m%dT%H%M%SZ');

CREATE TABLE pair AS
SELECT s, src, dst, dst_port,
    sum(n)::BIGINT AS sessions_cnt,
    sum(coalesce(src_bytes, 0)::HUGEINT) AS bytes_src,
    sum(coalesce(dst_bytes, 0)::HUGEINT) AS bytes_dst,
    coalesce(sum(n) FILTER (denied), 0)::BIGINT AS deny_cnt,
    coalesce(sum(n) FILTER (failed), 0)::BIGINT AS failed_cnt,
    coalesce(sum(n) FILTER (replied), 0)::BIGINT AS replied_cnt,
    make_timestamp(min(start_us)) AS first_ts, make_timestamp(max(start_us)) AS last_ts,
    bit_or(1 << minute)::INTEGER AS active_minutes
FROM event WHERE is_session GROUP BY ALL;

CREATE TABLE out_delta_pair AS
SELECT instant(s) AS slice_start_ts, instant(s + 1) AS slice_end_ts, batch_id(s) AS mini_batch_id,
    src AS src_ip, dst AS dst_ip, dst_port, sessions_cnt, sat(bytes_src) AS bytes_src_sum,
    sat(bytes_dst) AS bytes_dst_sum, deny_cnt, failed_cnt, replied_cnt, first_ts, last_ts, active_minutes
FROM pair;

-- The same from each host's side: outbound where it is the source, inbound where it is the destination.
CREATE TABLE side AS
SELECT p.s, r.role, r.host, r.peer, dst_port AS port, sessions_cnt, sat(bytes_src) AS bytes_src,
    sat(bytes_dst) AS bytes_dst, deny_cnt, failed_cnt, replied_cnt, active_minutes
FROM pair p, LATERAL (SELECT unnest(['outbound', 'inbound']) AS role, unnest([src, dst]) AS host,
                             unnest([dst, src]) AS peer) r
JOIN address a ON a.ip = r.host AND a.is_host;
