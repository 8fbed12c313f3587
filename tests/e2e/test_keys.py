# SPDX-License-Identifier: Apache-2.0
"""Every key of a project acts: with another value the datasets change from where the key acts on, and none before."""
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

import batches
import engine
import traffic

HOURS = 9
REFERENCE_HOUR = 8
STAGES = ["delta", "fg_a", "fg_b", "fg_c"]
FAMILY = {"delta": "delta", "pair_counts": "kept", "lookback": "delta", "fg_a": "fg_a", "fg_a_wide": "kept", "fg_b": "fg_b", "fg_c": "fg_c"}
MACHINES = "ip_address,machine_name\n10.1.0.10,WS-0010\n10.1.0.11,ws-0011\n10.1.7.20,files\n"


def records():
    """Ordinary traffic with one of everything that a key speaks of."""
    sessions = traffic.history(HOURS)
    n = len(sessions) + 1000

    def add(at, source, destination, port=443, transport="tcp", **more):
        sessions.append(traffic.record(n + len(sessions), at, source, destination, port, transport, **more))

    for i in range(60):  # a burst, so that there is something to cap
        add(2 * 3600 + i, "10.1.0.10", "203.0.113.5")
    for i in range(120):  # a scan in the part that is judged
        add(8 * 3600 + 60 + i, "10.1.0.12", f"10.1.9.{i}", 25, received=0, destination_packets=0)
    add(3600, "10.1.0.10", "10.1.0.11", event_subtype="drop", event_action="drop")
    add(3700, "10.1.0.10", "10.1.0.11", event_action="reset-both")
    add(3800, "10.1.0.10", "203.0.113.5", None, "icmp", source_bytes=None, destination_bytes=None)
    # Another name for a field, which a mapping may know.
    return [{"why" if name == "event_reason" else name: value for name, value in r.items()}
            for r in sorted(sessions, key=lambda r: r["event_start"])]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    sessions = records()
    zoneless = [dict(r, event_start=r["event_start"][:-1], event_end=r["event_end"][:-1]) for r in sessions[::5]]
    traffic.write([r for i, r in enumerate(sessions) if i % 5], folder / "logs" / "a.json")
    traffic.write(zoneless, folder / "logs" / "b.json")
    (folder / "machines.csv").write_text(MACHINES)
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.chdir(folder)  # commit records hold the path of the mapping as it is given
    keys = {"lookback": {"min_days": 0}, "support_min": {"default": 10}, "typical_band_share": 0.99,
            "ip_machine_mapping": {"path": "machines.csv"},
            "horizons": [{"label": "8h", "length_days": 1 / 3}]}
    found = replayed(folder / "root", folder / "logs", keys)
    yield SimpleNamespace(logs=folder / "logs", keys=keys, found=found, root=folder / "root")
    monkeypatch.undo()


def replayed(root, logs, keys):
    project = batches.project(Path(str(root) + ".json"), **keys)
    engine.replay(logs, root, "--project", project, "--reference-time", batches.iso(REFERENCE_HOUR * 3600),
                  "--from", batches.iso(0), "--to", batches.iso(HOURS * 3600))
    return by_stage(root)


def by_stage(root):
    found = {stage: {} for stage in (*STAGES, "kept")}
    for path, digest in engine.data(root).items():
        found[FAMILY[path.split("/")[0]]][path] = digest
    return found


def merged(keys, path, value):
    """The project's keys with another value at a path."""
    keys = json.loads(json.dumps(keys))
    at = keys
    *groups, last = path.split(".")
    for group in groups:
        at = at.setdefault(group, {})
    at[last] = value
    return keys


TERM = {"kind": "volume", "metric": "sessions_cnt", "roles": ["outbound"], "amount": 1}
CHANGES = [
    ("host_networks", ["10.1.0.0/24"], "delta"),
    ("field_mapping", {"event_reason": "why"}, "delta"),
    ("source_timezone", "Etc/GMT+1", "delta"),
    ("calendar.timezone", "Etc/GMT+1", "delta"),
    ("calendar.weekend", ["TUE"], "fg_a"),
    ("calendar.working_hours", [6, 17], "fg_a"),
    ("calendar.off_hours", [2, 5], "fg_a"),
    ("calendar.holidays", ["2026-03-03"], "fg_a"),
    ("segments.mapping", [{"name": "servers", "cidr": "10.1.7.0/24"}], "delta"),
    ("segments.ipv4_prefix_length", 16, "delta"),
    ("segments.ipv6_prefix_length", 48, "delta"),
    ("segments.high_risk", ["10.1.7.0/24"], "fg_a"),
    ("port_sets", {"ADMIN_PORTS": [445]}, "delta"),
    ("port_sets", {"WEB_PORTS": [443]}, "delta"),
    ("sessions.subtypes", ["end"], "delta"),
    ("sessions.deny_actions", ["drop"], "delta"),
    ("data_quality.rules.no_bytes_no_ports", False, "delta"),
    ("windows", {"w_15m": 1, "w_1h": 4, "w_2h": 8}, "fg_a"),
    ("lookback.days", 1, "fg_a"),
    ("lookback.min_days", 1, "fg_a"),
    ("lookback.rare_below_sessions", 50, "fg_a"),
    ("dark_hosts", "drop", "fg_a"),
    ("horizons", [{"label": "8h", "length_days": 1 / 6}], "fg_b"),
    ("horizons", [{"label": "8h", "length_days": 1 / 6, "gap_days": 1 / 24}], "fg_b"),
    ("baselined_metrics", ["sessions_cnt", "deny_cnt"], "fg_b"),
    ("support_min.default", 20, "fg_b"),
    ("support_min.metrics", {"sessions_cnt": 20}, "fg_b"),
    ("support_min.windows", {"w_15m": 20}, "fg_b"),
    ("capping.key_metrics", ["rst_cnt"], "fg_b"),
    ("capping.z_max", 1, "fg_b"),
    ("capping.w_anom", 0, "fg_b"),
    ("capping.level", "segment", "fg_b"),
    ("rarity_threshold", 0.01, "fg_b"),
    ("ip_machine_mapping.path", "", "fg_b"),
    ("non_persistent_machine_prefixes", ["ws-"], "fg_b"),
    ("transforms", ["z_mad", "diff"], "fg_c"),
    ("z_max", 1, "fg_c"),
    ("rank_metrics", ["sessions_cnt"], "fg_c"),
    ("typical_band_share", 0.01, "fg_c"),
    ("time_band_alpha", 3, "fg_c"),
    ("scores", {"anomaly_strength_core": {"sum": ["sessions_cnt", "-deny_cnt"]}}, "fg_c"),
    ("scores", {"mine": {"max": ["rare:sessions_cnt"]}}, "fg_c"),
    ("findings.terms", [TERM], "fg_c"),
    ("findings.windows", ["w_15m"], "fg_c"),
    ("findings.min_score", 99, "fg_c"),
    ("findings.clock_ports", [8443], "fg_c"),
]
# Shown, limiting or kept: no data that stand change with these.
NEVER = [
    ("findings.memory_days", 1),
    ("findings.ignore", [{"host": "10.1.0.12", "reason": "a scanner of our own"}]),
    ("data_quality.max_malformed_ratio", 0.5),
    ("project_name", "another"),
]
# Tested below, one by one.
APART = {"job_name", "keep.fg_a", "keep.pair_counts", "keep.fg_a_wide", "feature_spec_version", "ip_machine_mapping.required", "$schema",
         "data_quality.rules.outside_batch", "data_quality.allowed_lateness_hours", "data_quality.clock_skew_minutes",
         "baseline_required_metrics"}
# They act after publication: tests/feature_store, and offline_layout_test there for the parts of a path.
SERVING = {"feature_groups." + key for key in
           ("enabled", "names", "account", "region", "offline.prefix", "offline.created", "online.kind", "online.store", "online.concurrency",
            "online.entries_per_request", "online.requests_per_second", "online.write_units_per_second", "online.max_dead_letter_ratio")}


@pytest.mark.parametrize("path, value, stage", CHANGES, ids=[p for p, _, _ in CHANGES])
def test_a_key_changes_what_is_made_from_where_it_acts(base, tmp_path, path, value, stage):
    found = replayed(tmp_path / "root", base.logs, merged(base.keys, path, value))
    unchanged = STAGES[:STAGES.index(stage)]
    assert {s: found[s] == base.found[s] for s in unchanged} == {s: True for s in unchanged}
    assert found[stage] != base.found[stage]


@pytest.mark.parametrize("path, value", NEVER, ids=[p for p, _ in NEVER])
def test_a_key_that_only_shows_or_limits_changes_no_data(base, tmp_path, path, value):
    assert replayed(tmp_path / "root", base.logs, merged(base.keys, path, value)) == base.found


def leaves(schema, path=""):
    for name, member in schema["properties"].items():
        at = f"{path}.{name}" if path else name
        if member.get("type") == "object" and member.get("properties"):
            yield from leaves(member, at)
        else:
            yield at


def test_every_key_of_the_published_schema_is_tested_here():
    schema = json.loads((Path(engine.SOURCE) / "docs/schemas/project_parameters.schema.json").read_text())
    assert set(leaves(schema)) == {p for p, *_ in CHANGES} | {p for p, _ in NEVER} | APART | SERVING


def test_keep_says_what_stays(base, tmp_path):
    scored = replayed(tmp_path / "scored", base.logs, merged(base.keys, "keep.fg_a", "scored"))
    assert scored["fg_a"].items() < base.found["fg_a"].items()
    assert scored["fg_b"] == base.found["fg_b"] and scored["fg_c"] == base.found["fg_c"]
    for key in ("pair_counts", "fg_a_wide"):
        kept = replayed(tmp_path / key, base.logs, merged(base.keys, f"keep.{key}", True))
        assert kept["kept"] and all(path.startswith(key + "/") for path in kept["kept"])
        assert {s: kept[s] for s in STAGES} == {s: base.found[s] for s in STAGES}


def test_a_machine_mapping_that_is_required_must_be_there(base, tmp_path):
    keys = merged(base.keys, "ip_machine_mapping", {"path": "absent.csv"})
    project = batches.project(tmp_path / "required.json", **keys)
    flags = ("--project", project, "--reference-time", batches.iso(REFERENCE_HOUR * 3600))
    done = engine.replay(base.logs, tmp_path / "root", *flags, expect=3)
    assert "absent.csv" in done.stderr and "ip_machine_mapping.required" in done.stderr
    batches.project(project, **merged(keys, "ip_machine_mapping.required", False))
    engine.replay(base.logs, tmp_path / "root", *flags)


def test_required_metrics_say_whose_history_is_full(base, tmp_path):
    # A metric whose minimum no band reaches half of: where it is required, nobody's history is full.
    keys = merged(base.keys, "support_min", {"default": 8, "metrics": {"deny_ratio": 1000}})
    flags = ("--window", "w_15m", "--at", batches.iso(HOURS * 3600))
    full = []
    for i, required in enumerate((["sessions_cnt"], ["sessions_cnt", "deny_ratio"])):
        replayed(tmp_path / str(i), base.logs, merged(keys, "baseline_required_metrics", required))
        full.append(sum(r["is_full_history"] for r in engine.show(tmp_path / str(i), "fg_b/ip_metadata", *flags)))
    assert full[1] < full[0]


def delivered(tmp_path, name, keys, at):
    """The counters of a delivery of slot 20 with one record at `at` seconds."""
    traffic.write([traffic.record(1, at, "10.1.0.10", "203.0.113.9")], tmp_path / name / batches.batch_id(20) / "a.json")
    project = batches.project(tmp_path / f"{name}.project.json", **keys)
    batches.run_job("delta", tmp_path / f"{name}.root", 20, project, "--raw-parsed-logs-prefix", tmp_path / name)
    return batches.commit(tmp_path / f"{name}.root", "delta", batches.batch_id(20))["counters"]


@pytest.mark.parametrize("path, value, at, by_default, changed", [
    ("data_quality.allowed_lateness_hours", 1, 20 * 900 - 3601, "late", "outside_batch"),
    ("data_quality.clock_skew_minutes", 1, 21 * 900 + 61, "ahead", "outside_batch"),
    ("data_quality.rules.outside_batch", False, 21 * 900 + 301, "outside_batch", "ahead"),
])
def test_deliveries_keep_to_the_rules_of_time(tmp_path, path, value, at, by_default, changed):
    before = delivered(tmp_path, "before", {}, at)
    after = delivered(tmp_path, "after", merged({}, path, value), at)
    for counters, fate in ((before, by_default), (after, changed)):
        assert {name for name in ("late", "ahead", "outside_batch") if counters[name]} == {fate}


def test_more_malformed_lines_than_allowed_fail_a_batch(tmp_path):
    logs = tmp_path / "logs.json"
    logs.write_text(traffic.text([traffic.record(i, 20 * 900, "10.1.0.10", "203.0.113.9") for i in range(9)]) + "{]\n")
    for ratio, code in ((0.05, 1), (0.2, 0)):
        project = batches.project(tmp_path / "project.json", data_quality={"max_malformed_ratio": ratio})
        batches.run_job("delta", tmp_path / "root", 20, project, "--input", logs, expect=code)


def test_findings_are_silenced_and_remembered_as_the_project_says(base, tmp_path):
    def shown(keys, *flags):
        project = batches.project(tmp_path / "view.json", **keys)
        return engine.findings(base.root, "--project", project, *flags)
    assert any(f["host_ip"] == "10.1.0.12" for f in shown(base.keys))
    silenced = merged(base.keys, "findings.ignore", [{"host": "10.1.0.12", "reason": "a scanner of our own"}])
    assert not any(f["host_ip"] == "10.1.0.12" for f in shown(silenced))
    assert any(f["host_ip"] == "10.1.0.12" for f in shown(silenced, "--all"))
