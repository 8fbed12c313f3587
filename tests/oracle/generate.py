# SPDX-License-Identifier: Apache-2.0
"""Seeded session records with the nasty cases of documents 1 to 3, as raw ndr-json records in file order."""
import datetime as dt
import json
import random

DAY = 86400
MANY = 2**31 - 1
WEB = ["8.8.4.4", "93.184.216.34", "151.101.1.69", "2a00:1450:4001::200e", "140.82.121.3", "17.253.144.10"]


def stamp(second):
    """ISO UTC with microseconds; a second of the epoch, fractions kept."""
    micros = round(second * 1_000_000)
    return (dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=micros)).isoformat(timespec="microseconds") + "Z"


def session(second, src, dst, port, sent=500, received=2000, transport="tcp", duration=0.5, **other):
    """A session as a firewall logs it; None in `other` leaves a field out."""
    record = {"event_start": stamp(second), "event_end": stamp(second + duration), "source_ip": src,
              "destination_ip": dst, "source_port": 40000, "destination_port": port, "source_bytes": sent,
              "destination_bytes": received, "source_packets": 3 + (sent or 0) // 1000,
              "destination_packets": 3 + (received or 0) // 1000 if received else 0, "network_transport": transport,
              "event_name": "TRAFFIC", "event_subtype": "end", "event_action": "allow", "event_reason": "tcp-fin"}
    record.update(other)
    return {k: v for k, v in record.items() if v is not None}


def threat(second, src, dst, port, **other):
    record = session(second, src, dst, port, None, None, event_name="THREAT", event_subtype="spyware",
                     event_action="alert", event_reason=None, source_packets=None, destination_packets=None,
                     event_end=None)
    return {**record, **other}


class Network:
    """Hosts in segments, with steady habits, over [start, start + days)."""

    def __init__(self, seed, start, days, hosts):
        self.random = random.Random(seed)
        self.start, self.end = start, start + days * DAY
        self.users = [f"10.1.0.{i}" for i in range(10, 10 + hosts)]
        self.servers = ["10.1.9.5", "10.1.9.6", "fd00:1:2:3::5"]
        self.records = []

    def add(self, record):
        self.records.append(record)

    def habits(self):
        """Ordinary work: ties by round numbers, a DNS server, a file server, the web; less at night and weekends."""
        r = self.random
        for i, host in enumerate(self.users):
            second = self.start + r.random() * 3000
            quiet = i % 7 == 3                              # a host of few slices
            while second < self.end:
                local = dt.datetime.fromtimestamp(second, dt.timezone.utc)
                busy = 5 <= local.hour < 16 and local.isoweekday() < 6
                second += r.expovariate(1 / (1500 if busy else 9000)) * (12 if quiet else 1)
                self.one(second, host)

    def one(self, second, host):
        r = self.random
        if second >= self.end:
            return
        kind = r.random()
        if kind < 0.3:
            self.add(session(second, host, self.servers[0], 53, 80, r.choice([0, 120, 120, 240]), "udp",
                             r.choice([0, 0.02]), event_reason="aged-out"))
        elif kind < 0.5:
            self.add(session(second, host, self.servers[1], 445, r.choice([1000, 4096, 65536]), 4096, "TCP",
                             r.choice([1.0, 1.000001, 30])))
        elif kind < 0.6:
            self.add(session(second, host, self.servers[2], 22, 3000, 6000, "6", 60))
        elif kind < 0.65:
            self.add(session(second, host, r.choice(WEB), 25, 0, 0, "tcp", 0, event_action=r.choice(
                ["deny", "drop", "drop ICMP", "reset both", "Reset_Client", "DENY"]), event_subtype=r.choice(
                ["deny", "drop"]), event_reason="policy-deny"))
        elif kind < 0.67:
            self.add(session(second, host, self.servers[0], r.choice([389, 88, 636]), 300, 900, "tcp", 1))
        elif kind < 0.68:
            self.add(session(second, host, self.servers[1], r.choice([1433, 5432, 6379]), 300, 9000, "tcp", 5))
        elif kind < 0.69:
            self.add(session(second, host, self.servers[0], 0, 64, 64, "icmp", 0, event_reason=None))
        elif kind < 0.74:
            self.add(session(second, host, r.choice(WEB), 443, 100, r.choice([0, 100, 128, 129, None]), "tcp",
                             r.choice([0.4, 1, 1.5]), event_reason=r.choice(
                                 ["tcp-rst-from-server", "tcp-rst-from-client"])))
        else:
            self.add(session(second, host, r.choice(WEB), r.choice([80, 443, 443]), r.randrange(100, 9000),
                             r.randrange(100, 200000), "tcp", r.expovariate(0.2),
                             repeat_count=r.choice([None, None, 1, 2, 0, 3])))

    def beacons(self):
        """Regular, jittered, and dense random traffic; a beacon without a port, and one to a dead address."""
        r = self.random
        plans = [("10.1.0.10", "45.33.32.156", 443, 300, 5), ("10.1.0.11", "45.79.19.196", 8443, 900, 200),
                 ("10.1.0.12", "198.35.26.96", None, 600, 0), ("10.1.0.13", "5.9.49.12", 4444, 420, 30)]
        begin = {"10.1.0.13": self.start + 0.7 * (self.end - self.start)}
        for host, peer, port, period, jitter in plans:
            second = begin.get(host, self.start + 17)
            while second < self.end - 300:
                self.add(session(second + r.uniform(0, jitter), host, peer, port, 300, 0 if port == 4444 else 700,
                                 "icmp" if port is None else "tcp", 0.2, event_reason="aged-out"))
                second += period
        second = self.start + 50
        while second < self.end - 300:                     # someone else's clock
            self.add(session(second + r.uniform(0, 60), "185.60.216.35", "10.1.9.5", 443, 200, 500))
            second += 600
        day = self.end - 1.3 * DAY
        for second in sorted(r.uniform(day, day + 40000) for _ in range(900)):
            self.add(session(second, "10.1.0.14", "31.13.72.36", 443, 200, 900))

    def attacks(self):
        """In the scored part: scans, denials, exfiltration, lateral movement, bursts, new places."""
        r = self.random
        at = self.end - 0.9 * DAY
        for i in range(45):                                # a horizontal scan, some answered by a reset
            self.add(session(at + i * 30, "10.1.0.15", f"10.1.7.{i + 1}", 3389, 60, 0 if i % 3 else 40, "tcp", 0.1,
                             event_reason="tcp-rst-from-server"))
        for i in range(90):                                # a vertical one
            self.add(session(at + 2000 + i * 9, "10.1.0.16", "10.1.9.6", 1000 + i, 60, 0, "tcp", 0))
        for i in range(130):
            self.add(session(at + 4000 + i * 5, "10.1.0.17", "1.1.1.1", 6667, 0, 0, "tcp", 0, event_action="deny",
                             event_subtype="deny", event_reason=None))
        for i in range(30):
            self.add(session(at + 5000 + i * 60, "10.1.0.18", "104.244.42.1", 443, 5_000_000, 9000, "tcp", 20))
            self.add(session(at + 5000 + i * 60, "104.244.42.2", "10.1.9.5", 443, 9000, 3_000_000, "tcp", 20))
        for i in range(6):                                 # moves where nobody goes, and knows where
            self.add(session(at + 7000 + i * 100, "10.1.0.19", f"10.1.8.{i + 1}", r.choice([22, 445, 389, 5432]), 9000, 9000))
        for i in range(150):
            self.add(session(at + 9000 + i * 20, "10.1.0.20", self.servers[2], 22, 900, 900))
        for i in range(320):
            self.add(session(at + 12000 + i * 10, "10.1.0.21", f"62.210.{i // 200}.{i % 200 + 1}", 4000 + i % 15, 900, 900))
        for host in self.users[12:18]:                     # many at once: the network's doing
            for i in range(4):
                self.add(session(at + 15000 + i, host, "23.45.67.89", 443, 900, 9000, repeat_count=260))

    def oddities(self):
        """Records that the rules mend, refuse or must not count."""
        r, mid = self.random, self.start + 1.5 * DAY
        for k in range(40):
            t, host = self.start + r.random() * (self.end - self.start), r.choice(self.users)
            s = lambda **o: session(t + r.random(), host, "10.1.9.5", 53, **o)  # noqa: E731
            self.add(s(event_subtype="start"))
            self.add(s(event_subtype="unheard-of"))
            self.add(s(event_subtype=None, event_name=None, event_action=None, event_reason=None))
            self.add(s(source_bytes=-5, destination_bytes=None, destination_packets=0))
            self.add(s(destination_bytes=65_535 * 3 + 1, destination_packets=3))
            self.add(s(source_bytes=10, source_packets=-1, destination_packets=None))
            self.add(s(source_bytes=10**12, source_packets=0))
            self.add(s(event_end=None))
            self.add(s(event_end=stamp(t - 50)))
            self.add(session(t, host, r.choice(WEB), 8, 64, 64, "icmp6" if k % 2 else "ICMP", event_reason=None))
            self.add(session(t, host, "9.9.9.9", 70000, 64, 0, "1", event_reason=None))      # no port of its own
            self.add(session(t, host, "9.9.9.9", 7, 64, 0, "esp", event_reason=None))
            self.add(session(t, host, "9.9.9.9", 7, 64, 0, "sctp", event_reason=None))
            self.add(session(t, host, "9.9.9.9", 7, 64, 0, None, event_reason=None))
            self.add(session(t, f"::ffff:{host}", "::ffff:9.9.9.9", 123, 48, 48, "udp"))
            self.add(session(t, "9.9.9.9", host, 3389, 48, None, "tcp", destination_packets=None))
            self.add(threat(t, r.choice(WEB), host, 445, event_subtype="vulnerability", repeat_count=3))
            self.add(threat(t, host, r.choice(WEB), 80, category="vulnerability" if k % 2 else "other"))
            self.add(threat(t, "10.1.5.77", "8.8.4.4", 80, event_action="drop"))               # of THREAT rows alone
        good = session(mid, "10.1.0.10", "10.1.9.5", 53)
        for bad in ({"source_ip": "10.1.0.999"}, {"destination_ip": "host"}, {"event_name": "SYSTEM"},
                    {"event_start": None}, {"source_ip": "8.8.8.8", "destination_ip": "9.9.9.9"},
                    {"source_bytes": None, "destination_bytes": None, "source_port": None, "destination_port": None},
                    {"event_start": "1970-01-01T00:00:10.000000Z"}, {"event_start": "2099-01-01T00:00:10.000000Z"}):
            self.add({k: v for k, v in {**good, **bad}.items() if v is not None})

    def edges(self):
        """Midnight, quarter hours, duplicates, one-slice hosts, hosts whose every slice is out of the ordinary."""
        midnight = (self.start // DAY + 2) * DAY
        for t in (midnight - 1e-6, midnight, midnight + 900 - 1e-6, midnight + 899.9999994):
            self.add(session(t, "10.1.0.22", "10.1.9.5", 53))
        for k in range(12):
            t = midnight + k * 5000
            first = session(t, "10.1.0.23", "10.1.9.6", 445, device_id="fw1", session_key=f"k{k}", sequence="9")
            self.add(first)
            self.add(dict(first))                                                    # rule 1
            self.add({**first, "sequence": "10", "source_bytes": 900})               # rule 2: 10 counts, not 9
            self.add({**first, "sequence": "10", "source_bytes": 901})               # a tie: the last
            self.add({**first, "session_key": "0", "sequence": "0"})                 # no key, and so again
            self.add({**first, "session_key": "0", "sequence": "0"})
            self.add({**first, "event_subtype": "drop", "sequence": "3"})            # no end row: kept
            self.add(threat(t, "10.1.0.23", "10.1.9.6", 445, session_key=f"k{k}", sequence="4"))
            self.add(threat(t, "10.1.0.23", "10.1.9.6", 445, session_key=f"k{k}", sequence="4"))
        self.add(session(midnight + 40000, "10.1.0.200", "10.1.9.5", 53))            # one slice only
        for k in range(7):                                                           # every slice capped
            for i in range(3):
                self.add(session(midnight + 36000 + k * 9000 + i, "10.1.0.201", "10.1.9.6", 445, 90_000_000,
                                 70_000_000, repeat_count=300))
        for k in range(20):                                                          # overlapping and risky segments
            t = midnight + k * 4000
            self.add(session(t, "10.1.0.24", "10.1.9.130", 1433, 500, 500))
            self.add(session(t, "10.1.0.24", "10.77.1.1", 6379, 500, 500))
            self.add(session(t + 1, "fd00:1:2:3::9", "fd00:1:2:4::9", 443, 500, 500))
        for k in range(60):                                                          # a lone host of steady ways
            self.add(session(self.start + 30000 + k * 7200, "172.16.5.5", "10.1.9.5", 53, 100, 100, "udp", 0))

    def standing(self):
        """A host that always was that bad, and once does a little more of it and something else beside; an old beacon's
        host with a new one that is weaker."""
        host, hour = "10.1.0.202", 3600
        for begin in range(int(self.start // DAY * DAY), int(self.end), hour):
            if begin >= self.start and 7 <= begin % DAY // hour < 15:
                for i in range(70):
                    self.add(session(begin + 60 + i, host, f"10.1.6.{i + 1}", 25, 60, 0, "tcp", 0))
        at = int((self.end - 0.9 * DAY - 10 * hour) // DAY + 1) * DAY + 10 * hour         # the first 10:00 of the scored part
        for i in range(3):
            self.add(session(at + 200 + i, host, f"10.1.6.{i + 100}", 25, 60, 0, "tcp", 0))
        for i in range(35):
            self.add(session(at + 300 + i, host, "10.1.9.6", 2000 + i, 60, 0, "tcp", 0))
        for i in range(180):                               # a fifth without an answer
            self.add(session(at - DAY / 2 + i * 420, "10.1.0.10", "77.88.55.60", 8443, 300, 700 if i % 5 else 0))

    def extremes(self):
        """More new pairs in a slice than the evidence lists, and sums at and beyond the ends of their types."""
        at = (self.end - 7200) // 900 * 900
        for i in range(1100):
            self.add(session(at + i * 0.4, "10.1.0.26", f"10.1.{20 + i // 200}.{i % 200}", 80 + i % 3, i % 5 * 100, 0))
        for i in range(2):
            self.add(session(at + 60 + i, "10.1.0.27", "8.8.4.4", 443, 9_000_000_000_000_000_000,
                             9_000_000_000_000_000_000, source_packets=None, destination_packets=None))
        for i in range(8):                                  # as many sessions as a record stands for, slice after slice
            self.add(session(at - 3600 + i * 900, "10.1.0.28", f"10.1.9.{5 + i % 2}", 443, 900, 900, repeat_count=MANY))
            self.add(session(at - 3590 + i * 900, "10.1.0.28", "10.1.9.5", 22, 900, 0, repeat_count=1 + i))
            self.add(session(at - 3580 + i * 900, "10.1.0.28", "10.1.9.5", 443, 900, 900, repeat_count=MANY + 1))
            self.add(session(at - 3570 + i * 900, "10.1.0.28", "10.1.9.5", 443, 900, 900, repeat_count=2**63 - 1))
        for i in range(3):                                  # until the end of time, once and many times over
            self.add(session(at + i * 900, "10.1.0.29", "8.8.4.4", 443, event_end="9999-12-31T23:59:59.999999Z",
                             repeat_count=MANY if i < 2 else None))


def build(seed, start, days, hosts, gap=None, extremes=False):
    """Records in file order, mostly by time, some not; `gap` leaves out [start, end) in days after `start`."""
    network = Network(seed, start, days, hosts)
    for part in (network.habits, network.beacons, network.attacks, network.oddities, network.edges, network.standing):
        part()
    if extremes:
        network.extremes()
    records = network.records
    if gap:
        low, high = stamp(start + gap[0] * DAY), stamp(start + gap[1] * DAY)
        records = [r for r in records if not low <= r.get("event_start", "") < high]
    last = stamp(network.end)
    records = [r for r in records if r.get("event_start", "") < last or r["event_start"] > "2090"]
    order = network.random
    keyed = sorted(enumerate(records), key=lambda p: (p[1].get("event_start", ""), p[0]))
    records = [r for _, r in keyed]
    for _ in range(len(records) // 50):                     # out of order here and there, never within duplicates
        i = order.randrange(len(records))
        if "session_key" not in records[i]:
            records.append(records.pop(i))
    return records


def write(records, path):
    with open(path, "w") as file:
        for record in records:
            file.write(json.dumps(record) + "\n")
