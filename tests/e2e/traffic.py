# SPDX-License-Identifier: Apache-2.0
"""A few hosts' sessions from a seed, as records of `ndr-json`: small enough to replay many times."""
import gzip
import json
import random
from datetime import datetime, timedelta, timezone

START = datetime(2026, 3, 3, tzinfo=timezone.utc)
HOSTS = ["10.1.0.10", "10.1.0.11", "10.1.0.12", "10.1.7.20", "10.1.7.21", "fd00:1::5"]
SERVERS = [("10.1.7.20", 445, "tcp"), ("10.1.7.21", 53, "udp"), ("203.0.113.5", 443, "tcp"),
           ("198.51.100.77", 443, "tcp"), ("2001:db8::9", 443, "tcp"), ("10.1.0.12", None, "icmp")]
BEACON = {"host": "10.1.0.11", "peer": "192.0.2.66", "seconds": 300}


def instant(seconds):
    """Seconds since START as text."""
    return (START + timedelta(seconds=seconds)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def record(number, at, source, destination, port=443, transport="tcp", sent=1000, received=2000, seconds=1.5, **fields):
    """One session that begins `at` seconds after START; `fields` replace what is there."""
    return {"event_start": instant(at), "event_end": instant(at + seconds), "source_ip": source, "destination_ip": destination,
            "source_port": None if port is None else 40000 + number % 20000, "destination_port": port, "source_bytes": sent,
            "destination_bytes": received, "source_packets": 1 + sent // 900, "destination_packets": 1 + received // 900,
            "network_transport": transport, "event_name": "TRAFFIC", "event_subtype": "end", "event_action": "allow",
            "event_reason": "aged-out", "device_id": "fw-1", "session_key": str(number), "sequence": str(number)} | fields


def history(hours, seed=11, first_hour=0):
    """Sessions of [first_hour, hours) by time: ordinary ones of every host, busier by day, and a beacon all the time."""
    rng = random.Random(seed)
    sessions = []
    for hour in range(hours):
        for host in HOSTS:
            for _ in range(rng.randint(4, 10) if 7 <= hour % 24 < 17 else rng.randint(0, 3)):
                peer, port, transport = rng.choice([s for s in SERVERS if s[0] != host and (":" in s[0]) == (":" in host)]
                                                   or SERVERS[:2])
                sessions.append((hour * 3600 + rng.randrange(3_600_000_000) / 1e6, host, peer, port, transport,
                                 rng.randrange(100, 50_000), rng.randrange(100, 900_000), rng.randrange(60_000_000) / 1e6))
    for at in range(60, hours * 3600, BEACON["seconds"]):
        sessions.append((at + rng.randrange(9_000_000) / 1e6, BEACON["host"], BEACON["peer"], 8443, "tcp", 300, 120, 0.25))
    sessions.sort(key=lambda s: s[0])
    return [record(i, *s) for i, s in enumerate(sessions) if s[0] >= first_hour * 3600]


def text(records):
    return "".join(json.dumps(r) + "\n" for r in records)


def write(records, path):
    """JSON lines, compressed where the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = text(records).encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


def write_hourly(records, folder, hours=6):
    """One file for each so many hours, named by its first."""
    for first in range(0, 24 * 31, hours):
        part = [r for r in records if instant(first * 3600) <= r["event_start"] < instant((first + hours) * 3600)]
        if part:
            write(part, folder / f"sessions-{first:03}.json")
    return folder
