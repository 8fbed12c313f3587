-- SPDX-License-Identifier: Apache-2.0
-- Document 1: from records to used sessions and THREAT rows. Data-quality rules first, in order, then duplicates.

CREATE MACRO word(t) AS replace(replace(lower(trim(t)), ' ', '-'), '_', '-');

CREATE TABLE named AS
SELECT *,
    coalesce(upper(event_name), 'TRAFFIC') AS name,
    CASE WHEN lower(network_transport) IN ('tcp', '6') THEN 'tcp'
         WHEN lower(network_transport) IN ('udp', '17') THEN 'udp'
         WHEN lower(network_transport) IN ('icmp', '1', 'icmp6', 'ipv6-icmp', '58') THEN 'icmp'
         WHEN network_transport IS NULL THEN NULL ELSE 'other' END AS transport,
    -- transports that have ports; none named keeps its ports
    network_transport IS NULL OR lower(network_transport) IN
        ('tcp', '6', 'udp', '17', 'sctp', '132', 'dccp', '33', 'udp-lite', 'udplite', '136') AS has_ports
FROM record WHERE coalesce(upper(event_name), 'TRAFFIC') IN ('TRAFFIC', 'THREAT')
    AND coalesce(repeat_count, 1) < 2147483648;         -- more is no number of sessions: unparsable

CREATE TABLE valid AS
SELECT r.file_order, r.name, r.start_us, r.start_us // 900000000 AS s, r.end_us, r.src, r.dst, r.transport,
    lower(r.event_subtype) AS subtype, word(r.event_action) AS action, word(r.event_reason) AS reason,
    lower(r.category) AS category, greatest(coalesce(r.repeat_count, 1), 1) AS n,
    CASE WHEN r.has_ports THEN r.source_port END AS src_port,
    CASE WHEN r.has_ports THEN r.destination_port END AS dst_port,
    -- rule 4: negative is null; more bytes than the known packets could carry is null
    CASE WHEN r.source_bytes >= 0 AND NOT coalesce(r.source_packets >= 0
          AND r.source_bytes > 65535 * r.source_packets::HUGEINT, false) THEN r.source_bytes END AS src_bytes,
    CASE WHEN r.destination_bytes >= 0 AND NOT coalesce(r.destination_packets >= 0
          AND r.destination_bytes > 65535 * r.destination_packets::HUGEINT, false) THEN r.destination_bytes END AS dst_bytes,
    CASE WHEN r.source_packets >= 0 THEN r.source_packets END AS src_packets,
    CASE WHEN r.destination_packets >= 0 THEN r.destination_packets END AS dst_packets,
    r.device_id, nullif(r.session_key, '0') AS session_key, nullif(r.sequence, '0') AS sequence
FROM named r JOIN address a ON r.src = a.ip JOIN address b ON r.dst = b.ip       -- rule 1
WHERE NOT (getvariable('no_bytes_no_ports') AND r.name = 'TRAFFIC' AND r.source_bytes IS NULL
           AND r.destination_bytes IS NULL AND r.source_port IS NULL AND r.destination_port IS NULL)  -- rule 2
  AND (a.is_host OR b.is_host)                                                    -- rule 5
  AND r.start_us IS NOT NULL;                                                     -- rule 6

-- The history: the run of slices with the most records without a gap above 7 days, of equal runs the later.
CREATE TABLE history AS
WITH slice AS (SELECT s, count(*) AS records FROM valid GROUP BY s),
gap AS (SELECT *, coalesce(s - lag(s) OVER (ORDER BY s) - 1 > 7 * 96, true) AS opens FROM slice),
run AS (SELECT *, sum(opens::INT) OVER (ORDER BY s) AS run FROM gap)
SELECT min(s) AS first_slice, max(s) AS last_slice FROM run GROUP BY run
ORDER BY sum(records) DESC, min(s) DESC LIMIT 1;

CREATE TABLE kept AS
WITH inside AS (SELECT v.* FROM valid v, history h WHERE v.s BETWEEN h.first_slice AND h.last_slice),
-- duplicates, rule 1: the same identity and the same content in every canonical field
first_of_equals AS (
    SELECT * FROM inside QUALIFY session_key IS NULL OR sequence IS NULL OR row_number() OVER (
        PARTITION BY s, name, start_us, end_us, src, dst, src_port, dst_port, src_bytes, dst_bytes, src_packets,
            dst_packets, transport, subtype, action, reason, category, n, device_id, session_key, sequence
        ORDER BY file_order) = 1)
-- rule 2: of the end rows of one session the highest sequence, ties: the last in file order
SELECT * FROM first_of_equals QUALIFY session_key IS NULL OR name <> 'TRAFFIC' OR subtype IS DISTINCT FROM 'end'
    OR row_number() OVER (
        PARTITION BY name, subtype, device_id, session_key, start_us, src, dst, src_port, dst_port
        ORDER BY coalesce(try_cast(sequence AS HUGEINT), -1) DESC, file_order DESC) = 1;

CREATE TABLE event AS
WITH judged AS (
    SELECT *, name = 'TRAFFIC' AND (subtype IS NULL OR subtype IN (SELECT name FROM subtype)) AS is_session,
        coalesce(greatest(end_us - start_us, 0), 0) AS duration_us,                -- rule 3
        (start_us // 60000000 % 15)::INT AS minute,
        EXISTS (SELECT 1 FROM deny_action d WHERE kept.action LIKE d.pattern) AS denied,
        coalesce(dst_bytes = 0, coalesce(dst_packets = 0, false)) AS zero_reply,
        coalesce(starts_with(reason, 'tcp-rst'), false) AS reset
    FROM kept)
SELECT *, denied OR (coalesce(transport = 'tcp', false) AND (zero_reply
        OR (reset AND duration_us <= 1000000 AND coalesce(dst_bytes <= 128, false)))) AS failed,
    NOT denied AND NOT zero_reply AS replied
FROM judged;
