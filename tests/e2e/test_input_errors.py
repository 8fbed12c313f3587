# SPDX-License-Identifier: Apache-2.0
"""Damaged and odd input: a message that says what to do, counters, quarantine; never a crash, never a quiet loss."""
import gzip
import json
import random

import pyarrow.parquet as pq
import pytest

import engine
import traffic

HOURS = 4


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """Four hours of sessions, and what a replay of them alone publishes."""
    folder = tmp_path_factory.mktemp("good")
    records = traffic.history(HOURS)
    traffic.write(records, folder / "logs" / "good.json")
    engine.replay(folder / "logs", folder / "root")
    return records, engine.data(folder / "root")


def quarantine(root):
    """All quarantined records."""
    return [row for path in sorted(root.glob("_quarantine/*/*.parquet")) for row in pq.read_table(path).to_pylist()]


def replay_beside(good, folder, name, content, *flags, expect=0):
    """A replay of the good file and another one."""
    traffic.write(good[0], folder / "logs" / "good.json")
    (folder / "logs" / name).write_bytes(content)
    return engine.replay(folder / "logs", folder / "root", *flags, expect=expect)


def assert_nothing_published(root):
    assert not engine.commits(root) and not engine.data(root)


def test_truncated_gzip(good, tmp_path):
    whole = gzip.compress(traffic.text(good[0]).encode())
    run = replay_beside(good, tmp_path, "cut.json.gz", whole[:len(whole) // 2], expect=1)
    assert "cut.json.gz" in run.stderr and "is cut off after" in run.stderr and "the file is not complete" in run.stderr
    assert_nothing_published(tmp_path / "root")


def test_gzip_damaged_inside(good, tmp_path):
    whole = bytearray(gzip.compress(traffic.text(good[0]).encode()))
    whole[len(whole) // 2] ^= 0xFF
    run = replay_beside(good, tmp_path, "damaged.json.gz", bytes(whole), expect=1)
    assert "damaged.json.gz" in run.stderr and "damaged" in run.stderr.replace("damaged.json.gz", "")
    assert_nothing_published(tmp_path / "root")


def test_too_little_of_a_file_to_recognise_it(good, tmp_path):
    """A cut file is no other thing in the folder, however little of it is left; --skip-bad-files goes on without it."""
    whole = gzip.compress(traffic.text(good[0]).encode())
    run = replay_beside(good, tmp_path, "cut.json.gz", whole[:40], expect=1)
    assert "cut.json.gz" in run.stderr and "is cut off after 40 bytes" in run.stderr and "--skip-bad-files" in run.stderr
    assert_nothing_published(tmp_path / "root")
    run = engine.replay(tmp_path / "logs", tmp_path / "root", "--skip-bad-files")
    assert "cut.json.gz was passed over" in run.stdout
    assert engine.data(tmp_path / "root") == good[1]


def test_lines_of_a_skipped_damaged_file_are_counted(good, tmp_path):
    lines = traffic.text(good[0]).encode()
    packed = gzip.compress(lines)
    replay_beside(good, tmp_path, "bad.json.gz", packed[:-6] + b"wrong!", "--skip-bad-files")
    assert engine.counters(tmp_path / "root")["skipped_bad_file"] == len(good[0])
    engine.assert_every_line_is_accounted_for(tmp_path / "root")
    assert engine.data(tmp_path / "root") == good[1]


@pytest.mark.folders_only("links are of disks")
def test_a_file_that_cannot_be_read(good, tmp_path):
    """It may be a log: nothing is published without it. (Memory at address 0 can be opened, by root too, and not read.)"""
    traffic.write(good[0], tmp_path / "logs" / "good.json")
    (tmp_path / "logs" / "unreadable.json").symlink_to("/proc/self/mem")
    run = engine.replay(tmp_path / "logs", tmp_path / "root", expect=1)
    assert "cannot " in run.stderr and "unreadable.json" in run.stderr and "take it out of the input" in run.stderr
    assert_nothing_published(tmp_path / "root")


@pytest.mark.folders_only("the root lies among the logs")
def test_a_root_among_the_logs(good, tmp_path):
    """Its files are no logs: a second run over the same input changes nothing."""
    traffic.write(good[0], tmp_path / "logs" / "good.json")
    engine.replay(tmp_path / "logs", tmp_path / "logs" / "root")
    assert "Nothing to do" in engine.replay(tmp_path / "logs", tmp_path / "logs" / "root").stdout
    assert engine.data(tmp_path / "logs" / "root") == good[1]


@pytest.mark.parametrize("name, content, why", [
    ("garbage.bin", random.Random(1).randbytes(100_000), "holds binary data"),
    ("windows.json", "".join(json.dumps({"source_ip": "10.1.0.10"}) for _ in range(9)).encode("utf-16"), "is UTF-16 text; convert it to UTF-8"),
    ("letter.txt", b"Dear all,\nthis is no log.\n", "is of no known source (known: ndr-json, zeek, argus)"),
    ("table.parquet", b"PAR1" + bytes(100), "is Parquet, which is not read yet"),
])
def test_no_log(good, tmp_path, name, content, why):
    """In a folder it is passed over and said; a file that was named is refused."""
    run = replay_beside(good, tmp_path, name, content)
    assert "passed over what is no log (1 of 2 files): " in run.stdout and why in run.stdout
    assert engine.data(tmp_path / "root") == good[1]
    run = engine.replay(tmp_path / "logs" / name, tmp_path / "other", expect=2)
    assert why in run.stderr and name in run.stderr
    assert_nothing_published(tmp_path / "other")


def test_empty_file_and_blank_lines(good, tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "blank.json").write_bytes(b"\n\n  \n")
    replay_beside(good, tmp_path, "empty.json", b"")
    assert engine.data(tmp_path / "root") == good[1]
    assert engine.counters(tmp_path / "root")["blank_lines"] == 3
    engine.assert_every_line_is_accounted_for(tmp_path / "root")


def test_nothing_to_read(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "empty.json").write_bytes(b"")
    assert "the input holds no sessions: 0 lines were read" in engine.replay(tmp_path / "folder", tmp_path / "root", expect=2).stderr
    assert "does not exist" in engine.replay(tmp_path / "nowhere", tmp_path / "root", expect=2).stderr
    assert "matches no file" in engine.replay(tmp_path / "folder" / "*.log", tmp_path / "root", expect=2).stderr


@pytest.mark.folders_only("S3 has no empty folders")
def test_an_empty_folder(tmp_path):
    (tmp_path / "folder").mkdir()
    assert "the input holds no files" in engine.replay(tmp_path / "folder", tmp_path / "root", expect=2).stderr


ODD_LINES = {
    "not JSON": b'{"source_ip": "10.1.0.10", \n',
    "deep JSON": b'{"source_ip": "10.1.0.10", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n",
    "a list": b"[1, 2, 3]\n",
    "wrong encoding": '{"source_ip": "10.1.0.10", "event_reason": "zurückgesetzt"}\n'.encode("latin-1"),
    "a megabyte of nothing": b"x" * 1_000_000 + b"\n",
}


@pytest.mark.parametrize("what", ODD_LINES)
def test_odd_line_among_good_ones(good, tmp_path, what):
    """One bad line of many: counted, in quarantine with its place, and the rest is as if it were not there."""
    lines = traffic.text(good[0]).encode().splitlines(keepends=True)
    before = b"".join(lines[:50])
    (tmp_path / "log.json").write_bytes(before + ODD_LINES[what] + b"".join(lines[50:]))
    engine.replay(tmp_path / "log.json", tmp_path / "root")
    assert engine.data(tmp_path / "root") == good[1]
    n = engine.counters(tmp_path / "root")
    assert (n["unparsable"], n["used"], n["lines_read"]) == (1, len(lines), len(lines) + 1)
    (row,) = quarantine(tmp_path / "root")
    assert (row["rule"], row["byte_offset"]) == ("unparsable", len(before))
    assert row["first_bytes"] == ODD_LINES[what].rstrip(b"\n")[:4096]


def test_record_of_a_megabyte(good, tmp_path):
    """A long record is a record."""
    records = [r | {"note": "x" * 1_000_000} if i == 20 else r for i, r in enumerate(good[0])]
    traffic.write(records, tmp_path / "log.json")
    engine.replay(tmp_path / "log.json", tmp_path / "root")
    assert engine.data(tmp_path / "root") == good[1]
    assert engine.counters(tmp_path / "root")["used"] == len(records)


def test_too_many_bad_lines(good, tmp_path):
    """Above max_malformed_ratio a file stops the replay by name, or is passed over by wish with all its lines counted."""
    bad = traffic.text(good[0][:9]).encode() + b"{not json\n" * 2
    run = replay_beside(good, tmp_path, "bad.json", bad, expect=2)
    for part in ("bad.json", "18.2 % of its records can't be parsed", f"begins at byte {len(bad) - 20}, '{{not json': ", "--skip-bad-files"):
        assert part in run.stderr
    assert_nothing_published(tmp_path / "root")
    run = engine.replay(tmp_path / "logs", tmp_path / "root", "--skip-bad-files")
    assert "bad.json was passed over" in run.stdout
    assert engine.data(tmp_path / "root") == good[1]
    assert engine.counters(tmp_path / "root")["skipped_bad_file"] == 11
    engine.assert_every_line_is_accounted_for(tmp_path / "root")


ZEEK = {"event_start": "ts", "session_key": "uid", "source_ip": "id.orig_h", "source_port": "id.orig_p", "destination_ip": "id.resp_h",
        "destination_port": "id.resp_p", "network_transport": "proto", "source_bytes": "orig_bytes", "destination_bytes": "resp_bytes"}


def zeek(records, fields):
    """A conn log with these of the fields, in this order."""
    lines = ["#separator \\x09", "#unset_field\t-", "#path\tconn", "#fields\t" + "\t".join(ZEEK[f] for f in fields)]
    return "\n".join(lines + ["\t".join("-" if r[f] is None else str(r[f]) for f in fields) for r in records]) + "\n"


def test_zeek_header_changes_half_way(good, tmp_path):
    """Columns are those of the header above; a log with two headers is two logs one after the other."""
    records = [r | {"event_start": f"{traffic.datetime.fromisoformat(r['event_start']).timestamp():.6f}"} for r in good[0]]
    fields, half = list(ZEEK), len(records) // 2
    (tmp_path / "plain.log").write_text(zeek(records, fields))
    (tmp_path / "changed.log").write_text(zeek(records[:half], fields) + zeek(records[half:], fields[::-1]))
    for name in ("plain", "changed"):
        engine.replay(tmp_path / f"{name}.log", tmp_path / name)
        assert engine.counters(tmp_path / name)["used"] == len(records)
        engine.assert_every_line_is_accounted_for(tmp_path / name)
    assert engine.data(tmp_path / "plain") == engine.data(tmp_path / "changed")


@pytest.mark.parametrize("year", [1970, 2099])
def test_one_wrong_time(good, tmp_path, year):
    """A clock that was never set changes nothing but a counter."""
    wrong = good[0][30] | {"event_start": f"{year}-01-01T00:00:01Z", "event_end": f"{year}-01-01T00:00:02Z", "session_key": "wrong"}
    run = replay_beside(good, tmp_path, "wrong.json", traffic.text([wrong]).encode())
    assert "1 records start outside the history" in run.stdout and "--from and --to choose another" in run.stdout
    assert engine.data(tmp_path / "root") == good[1]
    assert engine.counters(tmp_path / "root")["outside_history"] == 1
    (row,) = quarantine(tmp_path / "root")
    assert row["rule"] == "outside_history" and str(year).encode() in row["first_bytes"]
    engine.assert_every_line_is_accounted_for(tmp_path / "root")


def test_every_rule_has_its_counter(good, tmp_path):
    """Records that a data-quality rule refuses or mends: each counted once, and all of them add up."""
    at, base = 3 * 3600, {"event_reason": "aged-out"}
    wrong = [
        traffic.record(1, at, "10.1.0.999", "203.0.113.5"),                                             # malformed_address
        traffic.record(2, at, "10.1.0.10", "203.0.113.5", port=None, source_bytes=None, destination_bytes=None),  # no_bytes_no_ports
        traffic.record(3, at, "198.51.100.1", "203.0.113.5"),                                           # no_host
        traffic.record(4, at, "10.1.0.10", "203.0.113.5", event_start=None, **base),                    # null_start
        traffic.record(5, at, "10.1.0.10", "203.0.113.5", event_end=traffic.instant(at - 9)),           # duration: used
        traffic.record(6, at, "10.1.0.10", "203.0.113.5", source_bytes=-7),                             # negative: used
    ]
    wrong = [r | {"session_key": f"w{i}", "sequence": str(10_000 + i)} for i, r in enumerate(wrong)] + [good[0][5]]  # and a duplicate
    replay_beside(good, tmp_path, "wrong.json", traffic.text(wrong).encode())
    n = engine.counters(tmp_path / "root")
    assert {k: n[k] for k in ("malformed_address", "no_bytes_no_ports", "no_host", "null_start", "duration", "negative", "duplicates")} == \
        {"malformed_address": 1, "no_bytes_no_ports": 1, "no_host": 1, "null_start": 1, "duration": 1, "negative": 1, "duplicates": 1}
    assert n["used"] == len(good[0]) + 2
    engine.assert_every_line_is_accounted_for(tmp_path / "root")
    assert sorted(row["rule"] for row in quarantine(tmp_path / "root")) == ["malformed_address", "no_bytes_no_ports", "null_start"]


def test_nobody_at_home(good, tmp_path):
    """Nothing inside host_networks: the busiest addresses, and the flag to try; which then works."""
    public = [r | {"source_ip": "9.9.9.9", "destination_ip": f"8.8.{i % 2}.8"} for i, r in enumerate(good[0])]
    traffic.write(public, tmp_path / "log.json")
    run = engine.replay(tmp_path / "log.json", tmp_path / "root", expect=2)
    assert f"no address of the {len(public)} records lies inside host_networks (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7)" in run.stderr
    busiest = [line.split()[0] for line in run.stderr.splitlines() if line.endswith(" records")]
    assert busiest[0] == "9.9.9.9" and set(busiest) == {"9.9.9.9", "8.8.0.8", "8.8.1.8"}
    assert run.stderr.rstrip().endswith("--host-network 9.9.9.9")
    engine.replay(tmp_path / "log.json", tmp_path / "root", "--host-network", "9.9.9.9")
    assert engine.counters(tmp_path / "root")["used"] == len(public)


@pytest.mark.parametrize("flags, remedy", [
    (["--host-network", "10.0.0.0/40"], "write 10.0.0.0/8, 2001:db8::/32 or an address"),
    (["--timezone", "Europe/Atlantis"], "Europe/Atlantis"),
    (["--reference-time", "2026-03-03"], "write it with a zone, e.g. 2026-03-10T14:15:00Z"),
    (["--reference-time", "2026-03-03T01:10:00Z"], "use a quarter of an hour, such as 2026-03-03T01:00:00Z"),
    (["--reference-time", "2030-03-03T01:00:00Z"], "does not lie inside the history 2026-03-03T00:00:00Z to"),
    (["--from", "2026-03-03T03:00:00Z", "--to", "2026-03-03T02:00:00Z"], "is not before --to"),
    (["--horizons", "7x:2d"], "--horizons"),
    (["--memory-limit", "lots"], "write 512M, 8G or a number of bytes"),
    (["--source", "syslog"], "known: auto, ndr-json, zeek, argus"),
    (["--feature-spec-version", "a/b"], "--feature-spec-version: 'a/b' is no name: 1 to 128 letters"),
    (["--project-name", "a#b"], "--project-name: 'a#b' is no name"),
    (["--project-name", "a/b"], "--project-name: 'a/b' is no name"),
    (["--source-timezone", "Nope"], "--source-timezone: time zone 'Nope' is not known; use an IANA name"),
    (["--no-such-flag"], "'ndr replay --help' shows every flag"),
    (["--project", "/nonexistent.json"], "/nonexistent.json"),
])
def test_wrong_flag(good, tmp_path, flags, remedy):
    traffic.write(good[0], tmp_path / "log.json")
    run = engine.replay(tmp_path / "log.json", tmp_path / "root", *flags, expect=2)
    assert remedy in run.stderr
    assert not (tmp_path / "root").exists() or not engine.commits(tmp_path / "root")


def test_a_root_must_be_named(good, tmp_path):
    traffic.write(good[0], tmp_path / "log.json")
    for verb in (["replay", "--input", tmp_path / "log.json"], ["findings"], ["watch", "--folder", tmp_path, "--project-name", "acme", "--feature-spec-version", "v1"]):
        assert "--root: is empty; name a folder such as out, or s3://bucket/prefix" in engine.run(*verb, "--root", "", expect=2).stderr


def test_wrong_project_key(good, tmp_path):
    traffic.write(good[0], tmp_path / "log.json")
    (tmp_path / "project.json").write_text('{"host_network": ["10.0.0.0/8"]}')
    run = engine.replay(tmp_path / "log.json", tmp_path / "root", "--project", tmp_path / "project.json", expect=2)
    assert "host_network" in run.stderr and "host_networks" in run.stderr


def test_root_of_another_history(good, tmp_path):
    """Slices of other logs would enter windows: refused with the ways out (exit 3), until --replace."""
    traffic.write(good[0], tmp_path / "log.json")
    engine.replay(tmp_path / "log.json", tmp_path / "root")
    later = [r for r in good[0] if r["event_start"] >= traffic.instant(3600)]
    traffic.write(later, tmp_path / "later.json")
    run = engine.replay(tmp_path / "later.json", tmp_path / "root", expect=3)
    assert "holds version v1 of another history" in run.stderr and "--replace" in run.stderr and "--root" in run.stderr
    engine.replay(tmp_path / "later.json", tmp_path / "root", "--replace")
    engine.replay(tmp_path / "later.json", tmp_path / "fresh")
    # The reference of the other history stays, as any earlier one does.
    of_references = ("fg_b/", "_commits/fg_b/")
    slices = [{p: d for p, d in engine.contents(tmp_path / r).items() if not p.startswith(of_references)} for r in ("root", "fresh")]
    assert engine.without_memory(slices[0]) == engine.without_memory(slices[1])
