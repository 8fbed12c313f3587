# SPDX-License-Identifier: Apache-2.0
"""Real logs end to end, where $NDR_SHARED_DATA names their folder: row counts, every line accounted for, who stands out and why."""
import os
from pathlib import Path

import pytest

import engine

DATA = Path(os.environ.get("NDR_SHARED_DATA") or "nowhere")


def root_of(tmp_path_factory, logs, *flags):
    if not (DATA / logs).exists():
        pytest.skip(f"no {logs} in NDR_SHARED_DATA ({DATA})")
    root = tmp_path_factory.mktemp(logs) / "root"
    engine.replay(DATA / logs, root, *flags)
    engine.assert_every_line_is_accounted_for(root)
    return root


@pytest.fixture(scope="module")
def rita(tmp_path_factory):
    return root_of(tmp_path_factory, "rita-72h", "--host-network", "64.225.56.201/32")


@pytest.fixture(scope="module")
def ctu13(tmp_path_factory):
    return root_of(tmp_path_factory, "ctu13-s6", "--host-network", "147.32.0.0/16", "--timezone", "Europe/Prague")


def records(root):
    """Lines that are records: not headers, not blank."""
    n = engine.counters(root)
    return n["lines_read"] - n["header_lines"] - n["blank_lines"]


def test_rita_rows(rita):
    assert records(rita) == 105_918


def test_rita_beacon(rita):
    """The known beacon: 73.54.23.243 -> 64.225.56.201:80, 950 calls 200 to 350 s apart."""
    pairs = engine.show(rita, "fg_c/pair", *engine.EVER, "--host", "64.225.56.201", "--window", "w_24h", "--columns",
                        "peer_ip,dst_port,beacon_score")
    scores = [p["beacon_score"] for p in pairs if (p["peer_ip"], p["dst_port"]) == ("73.54.23.243", 80)]
    assert scores and max(s for s in scores if s is not None) >= 0.8


def test_rita_finding(rita):
    """It is the finding of its host: there is one host, and its first finding names the caller."""
    first = engine.findings(rita)[0]
    assert (first["host_ip"], first["kind"]) == ("64.225.56.201", "beaconing")
    assert "73.54.23.243" in str(first["reasons"])


def test_ctu13_rows(ctu13):
    assert records(ctu13) == 558_919


def test_ctu13_bot(ctu13):
    """147.32.84.165 is first of its network, as scanning, and no other host reaches medium."""
    found = engine.findings(ctu13)
    assert (found[0]["host_ip"], found[0]["kind"]) == ("147.32.84.165", "scanning")
    assert {f["host_ip"] for f in engine.findings(ctu13, "--min-severity", "medium")} <= {"147.32.84.165"}


def test_iot23_rows(tmp_path_factory):
    root = root_of(tmp_path_factory, "iot23-34-1")
    assert records(root) == 23_145
    assert engine.findings(root)[0]["host_ip"] == "192.168.1.195"


def test_zeek_json_rows(tmp_path_factory):
    """All log types in one file: the conn lines are sessions, the others are counted by stream."""
    root = root_of(tmp_path_factory, "zeek-json")
    n = engine.counters(root)
    assert n["lines_read"] == 2_140
    assert n["lines_read"] - n["other_streams"] == 613
