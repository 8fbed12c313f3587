# SPDX-License-Identifier: Apache-2.0
"""Document 3, findings from ends: episodes, and which of them open a finding."""
import datetime as dt
import ipaddress

import addresses

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
                episode["score"], episode["kind"] = score, kind
        else:
            result.append({"first": end, "last": end, "score": score, "kind": kind, "kinds": set(kinds)})
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
            finding["score"] = max(finding["score"], episode["score"])
            finding["last"] = max(finding["last"], episode["last"])
            finding["kinds"] |= episode["kinds"]
        else:
            found.append({"host_ip": host, "times": 1, "standing": bool(standing), **episode})
    for finding in found:
        finding["severity"] = severity(finding["score"])
    return found


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
    return [f for host in ordered for f in of_host(host, *hosts[host])]
