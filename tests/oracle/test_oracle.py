# SPDX-License-Identifier: Apache-2.0
"""The engine against the oracle: $NDR_BINARY replays each scenario, every dataset is compared cell by cell."""
import json
import os
import subprocess
from types import SimpleNamespace

import pytest

import compare
import findings
import generate
import metrics
import oracle
import scenarios

BINARY = os.environ.get("NDR_BINARY")
pytestmark = pytest.mark.skipif(not BINARY, reason="NDR_BINARY does not name an ndr binary")
TIMEOUT_SECONDS = 1200


def replay(scenario, folder):
    """Writes the input and runs the engine; returns its root."""
    records, project, root = folder / "sessions.jsonl", folder / "project.json", folder / "root"
    generate.write(scenario.records, records)
    project.write_text(json.dumps(scenario.project))
    command = [BINARY, "replay", "--input", str(records), "--root", str(root), "--project", str(project),
               "--reference-time", scenario.reference.isoformat() + "Z"]
    if scenario.horizons:
        command += ["--horizons", scenario.horizons]
    run = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    assert run.returncode == 0, f"{' '.join(command)}\n{run.stdout[-4000:]}\n{run.stderr[-4000:]}"
    return root


@pytest.fixture(scope="module", params=list(scenarios.ALL))
def both(request, tmp_path_factory):
    """The oracle's connection and the engine's root of one scenario."""
    folder = tmp_path_factory.mktemp(request.param)
    scenario = scenarios.ALL[request.param]()
    if scenario.machines:
        machines = folder / "machines.csv"
        machines.write_text(scenario.machines)
        scenario.project["ip_machine_mapping"] = {"path": str(machines)}
    root = replay(scenario, folder)
    con = oracle.run(scenario.records, scenario.project, scenario.reference, scenario.horizons)
    yield SimpleNamespace(con=con, root=str(root), scenario=scenario, project=str(folder / "project.json"))
    con.close()


@pytest.mark.parametrize("dataset", list(compare.DATASETS))
def test_dataset(both, dataset):
    differences = compare.dataset(both.con, both.root, dataset)
    assert not differences, f"{both.scenario.name}\n{differences}"


def test_findings(both):
    """`ndr findings` shows the findings of the oracle's evidence."""
    run = subprocess.run([BINARY, "findings", "--root", both.root, "--project", both.project, "--format", "json"],
                         capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    assert run.returncode == 0, run.stderr
    theirs = {(f["host_ip"], f["kind"], f["first_ts"], f["last_ts"], round(f["score"], 6), f["severity"], f["times"],
               f["standing"], tuple((r["kind"], r["metric"], r["role"], r["window_label"], r["at"]) for r in f["reasons"]))
              for f in map(json.loads, run.stdout.splitlines())}
    ours = {(f["host_ip"], f["kind"], f["first"].isoformat() + "Z", f["last"].isoformat() + "Z", round(f["score"], 6),
             f["severity"], f["times"], f["standing"], f["reasons"]) for f in findings.from_evidence(both.con, metrics.KINDS)}
    assert theirs == ours and ours and all(f[-1] for f in ours)


def test_input_is_nasty_enough(both):
    """The scenario exercises what it is for: each level, each scale, new and rare pairs, evidence of both sorts."""
    one = lambda query: both.con.execute(query).fetchone()[0]  # noqa: E731
    assert one("SELECT count(DISTINCT baseline_level) FROM fg_c_host") >= 2
    assert one("SELECT count(DISTINCT scale_source) FROM cmetric WHERE z IS NOT NULL") == 3
    assert one("SELECT count(*) FROM fg_c_host WHERE new_pair_cnt > 0 AND rare_pair_cnt > new_pair_cnt") > 0
    assert one("SELECT count(*) FROM weight WHERE w_host < 1000") > 0
    assert one("SELECT count(*) FROM fg_a WHERE sessions_cnt = 0 AND threat_cnt > 0") > 0
    assert one("SELECT count(*) FROM fg_a WHERE beacon_pair_cnt > 0") > 0
    assert one("SELECT count(DISTINCT kind) FROM fg_c_reason") >= 5
    assert one("SELECT count(*) FROM fg_c_evidence WHERE standing_score >= 20") > 0
    assert one("SELECT count(DISTINCT kind) FROM (SELECT kind FROM fg_c_reason GROUP BY host_ip, window_end_ts, kind "
               "HAVING count(*) = 2)") == (2 if one("SELECT count(*) FROM fg_c_pair WHERE active_days >= 3") else 1)
    assert any(f["standing"] and f["host_ip"] == "10.1.0.202" for f in findings.from_evidence(both.con, metrics.KINDS))
