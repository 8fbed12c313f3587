# SPDX-License-Identifier: Apache-2.0
"""Document 3, findings from ends: episodes, and which of them open a finding."""
import datetime as dt
import ipaddress

import addresses
import evidence

EPISODE_GAP = dt.timedelta(hours=1)
MEMORY = dt.timedelta(days=30)
MIN_SCORE = 20.0
REOPEN_ABOVE = 20.0


def severity(score):
    for limit, name in ((20, "none"), (40, "low"), (70, "medium"), (90, "high")):
        if score < limit:
            return name
    return "critical"


def episodes(ends):
    """`ends`: (end, score, kind, kinds with evidence) of one host in order -> episodes as dicts."""
    result = []
    for end, score, kind, kinds in ends:
        if score < MIN_SCORE:
            continue
        if result and end - result[-1]["last"] <= EPISODE_GAP:
            episode = result[-1]
            episode["last"] = end
            episode["kinds"] |= kinds
            if score > episode["score"]:
                episode["score"], episode["kind"], episode["strongest"] = score, kind, end
        else:
            result.append({"first": end, "last": end, "score": score, "kind": kind, "kinds": set(kinds), "strongest": end})
    return result


def of_host(host, changes, standings):
    """Findings of one host. Episodes in order of their first end; a change before a standing one of the same end."""
    todo = sorted([(e["first"], 0, e) for e in episodes(changes)] + [(e["first"], 1, e) for e in episodes(standings)],
                  key=lambda t: t[:2])
    found = []
    for first, standing, episode in todo:
        active = [f for f in found if first - f["last"] <= MEMORY]
        same = [f for f in active if f["kind"] == episode["kind"]]
        if standing:
            same = same or [f for f in active if episode["kind"] in f["kinds"]]
        if same and (standing or episode["score"] < same[-1]["score"] + REOPEN_ABOVE):
            finding = same[-1]
            finding["times"] += finding["standing"] == bool(standing)   # the other sort is the same episode seen twice
            if episode["score"] > finding["score"]:
                finding.update(score=episode["score"], strongest=episode["strongest"], side=standing)
            finding["last"] = max(finding["last"], episode["last"])
            finding["kinds"] |= episode["kinds"]
        else:
            found.append({"host_ip": host, "times": 1, "standing": bool(standing), "side": standing, **episode})
    for finding in found:
        finding["severity"] = severity(finding["score"])
    return found


def add_reasons(con, found):
    """`reasons` of each finding: (kind, metric, role, window, place), of each kind the term behind the score that it shows."""
    con.execute("CREATE OR REPLACE TEMP TABLE shown (host_ip VARCHAR, window_end_ts TIMESTAMP)")
    for side, (column, other) in enumerate((("evidence", "standing"), ("standing", "evidence"))):
        of_side = [f for f in found if f["side"] == side]
        con.execute("DELETE FROM shown")
        con.executemany("INSERT INTO shown VALUES (?, ?)", [(f["host_ip"], f["strongest"]) for f in of_side] or [(None, None)])
        rows = con.execute(f"SELECT host_ip, window_end_ts, kind, metric, role, window_label, place FROM "
                           f"({evidence.strongest(column, other, 'shown')}) ORDER BY {column} DESC, {other} DESC, kind").fetchall()
        for f in of_side:
            f["reasons"] = tuple(tuple(reason) for host, end, *reason in rows if (host, end) == (f["host_ip"], f["strongest"]))


def from_evidence(con, kinds):
    """Every finding of the table fg_c_evidence, hosts by address."""
    names = [f"{side}_{k}" for side in ("evidence", "standing_evidence") for k in kinds]
    rows = con.execute(f"SELECT host_ip, window_end_ts, score, kind, standing_score, standing_kind, {', '.join(names)} "
                       "FROM fg_c_evidence ORDER BY host_ip, window_end_ts").fetchall()
    hosts = {}
    for host, end, score, kind, standing_score, standing_kind, *by_kind in rows:
        changes, standings = hosts.setdefault(host, ([], []))
        have = {k for k, v in zip(kinds, by_kind) if v}
        changes.append((end, score, kind, have))
        standings.append((end, standing_score, standing_kind, {k for k, v in zip(kinds, by_kind[len(kinds):]) if v}))
    ordered = sorted(hosts, key=lambda h: addresses.number(ipaddress.ip_address(h)))
    found = [f for host in ordered for f in of_host(host, *hosts[host])]
    add_reasons(con, found)
    return found
