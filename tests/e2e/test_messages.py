# SPDX-License-Identifier: Apache-2.0
"""What is said to somebody who mistyped, or whose data are not what they took them for."""
import json
import shutil

import pytest

import batches
import engine
import traffic


def refused(*arguments, code=2):
    said = engine.run(*arguments, expect=code).stderr
    assert "json.exception" not in said, said
    return said


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Two batches of delta and fg_a, the second with a line that is no record."""
    folder = tmp_path_factory.mktemp("messages")
    records = [r for r in traffic.history(1) if batches.slot_of(r) < 2]
    slots = batches.deliver(records, folder / "logs")
    (log,) = (folder / "logs" / batches.batch_id(slots[1])).glob("*.json")
    log.write_text(log.read_text() + "no record\n")
    project = batches.project(folder / "project.json", data_quality={"max_malformed_ratio": 1})
    for slot in slots:
        batches.run_batch(folder / "root", folder / "logs", slot, project, ("delta", "fg-a"))
    return folder


def test_a_file_that_is_no_json_is_named_with_line_and_column(tmp_path):
    path = tmp_path / "broken.json"
    path.write_text('{\n  "z_max": }\n')
    for command in (["catalogue", "list", "--project", path], ["pipeline", "show", path], ["spec", "put", path]):
        assert f"{path}: no JSON: line 2, column " in refused(*command)
    key = tmp_path / "key.json"
    key.write_text('{"seed": "x"}')
    (tmp_path / "findings.jsonl").write_text("")
    assert "the answer key can't be read: " in refused("simulate", "--judge", key, tmp_path / "findings.jsonl", code=1)
    key.write_text(json.dumps({"host_ip": 7}))
    assert "is no finding" in refused("simulate", "--judge", simulated_key(tmp_path), key)


def simulated_key(tmp_path):
    done = engine.run("simulate", "--out", tmp_path / "logs", "--hosts", 40, "--days", 1)
    assert f"Next: ndr replay --input {tmp_path / 'logs'} --root out" in done.stdout
    return tmp_path / "logs" / "answer-key.json"


def test_explain_of_keys():
    assert "  Default: none\n" in engine.run("spec", "explain", "outputs.root").stdout
    said = refused("spec", "explain", "evidence_score")
    assert "'evidence_score' is no key; the nearest are " in said and "findings.min_score" in said
    assert said.split("the nearest are ")[1].count(",") == 4
    assert "the nearest" not in refused("spec", "explain", "qqq")


def test_logs_are_named_once(root):
    slot = batches.slice_flags(root / "root", 0, root / "project.json")
    assert "leave one of them out" in refused("delta", *slot, "--input", root / "logs", "--raw-parsed-logs-prefix", root / "logs")


@pytest.mark.parametrize("verb", ["delta", "fg-b", "replay", "simulate"])
def test_threads_have_a_range(verb):
    said = refused(verb, "--threads", "-3")
    assert "--threads" in said and "0" in said and "1024" in said and "-3" in said


def test_days_that_no_calendar_has(root, tmp_path):
    assert "there is no day 2024-02-30 in the calendar" in refused("findings", "--root", root / "root", "--since", "2024-02-30T00:00:00Z")
    path = tmp_path / "project.json"
    path.write_text(json.dumps({"calendar": {"holidays": ["2023-02-29"]}, "findings": {"ignore": [{"until": "2024-04-31", "reason": "x"}]}}))
    said = refused("catalogue", "list", "--project", path)
    assert "calendar.holidays[0]: there is no day 2023-02-29" in said and "findings.ignore[0].until: there is no day 2024-04-31" in said


def test_backfills_name_what_is_missing_or_wrong(root):
    flags = ("fg-b", "--project-name", "default", "--feature-spec-version", "v1", "--root", root / "root", "--project", root / "project.json")
    end = ("--reference-time-iso", "2030-02-01T00:00:00Z")
    assert "--mode BACKFILL needs --end too" in refused(*flags, *end, "--mode", "BACKFILL", "--start", "2030-01-01T00:00:00Z")
    assert "--mode BACKFILL needs --start too" in refused(*flags, *end, "--mode", "BACKFILL", "--end", "2030-02-01T00:00:00Z")
    assert "add --mode BACKFILL" in refused(*flags, *end, "--start", "2030-01-01T00:00:00Z")
    backfill = ("--mode", "BACKFILL", "--end", "2030-02-01T00:00:00Z", "--start")
    assert "the backfill's start, 2030-01-01T00:01:00Z, is no slice boundary" in refused(*flags, *end, *backfill, "2030-01-01T00:01:00Z")
    assert "2030-03-01T00:00:00Z, must lie before its end, 2030-02-01T00:00:00Z" in refused(*flags, *end, *backfill, "2030-03-01T00:00:00Z")
    said = refused(*flags, *end, *backfill, "2030-01-01T00:00:00Z", code=3)
    assert "range is 2030-01-01T00:00:00Z..2030-02-01T00:00:00Z" in said
    assert f"delta is committed from {batches.iso(0)} to {batches.iso(1800)}" in said and "another --start and --end" in said
    said = refused(*flags, "--reference-time-iso", "2000-01-01T00:00:00Z", code=3)
    assert "7d is " in said and "30d is " in said and "first committed slice of delta begins at" in said


def test_all_parameters_that_are_missing_are_listed(root):
    said = refused("pipeline", "run", "fg_b_baseline", "--root", root / "root", "-p", "ProjectName=acme")
    assert "nothing sets FeatureSpecVersion, ReferenceTimeIso; add -p FeatureSpecVersion=... -p ReferenceTimeIso=..." in said


def test_one_stale_batch_is_one(root, tmp_path):
    copy = tmp_path / "root"
    shutil.copytree(root / "root", copy)
    (log,) = (root / "logs" / batches.batch_id(1)).glob("*.json")
    less = tmp_path / "less.json"
    less.write_text("".join(log.read_text().splitlines(keepends=True)[:-2]))
    done = batches.run_job("delta", copy, 1, root / "project.json", "--input", less)
    assert f"stale, since what it was made from changed: the batch {batches.batch_id(1)} of fg_a; run it again" in done.stdout


def test_columns_and_windows_that_are_not_there(root):
    where = ("--root", root / "root")
    assert "has no column 'zzzzzz'; 'ndr catalogue schema fg_a' lists them" in refused("show", "fg_a", *where, "--columns", "zzzzzz")
    for verb in (["show", "fg_a"], ["explain", "--host", "10.0.0.1", "--at", batches.iso(900)]):
        said = refused(*verb, *where, "--window", "w_2h")
        assert "--window 'w_2h' is no window; there are w_15m, w_30m, w_1h, w_8h, w_24h" in said


def test_simulations_that_cannot_be():
    assert "--days: must be 1 to 366, not 0" in refused("simulate", "--out", "nowhere", "--days", 0)
    assert "--hosts: must be " in refused("simulate", "--out", "nowhere", "--hosts", 1)


def test_quarantine_can_be_looked_at(root):
    (row,) = engine.show(root / "root", "quarantine")
    assert list(row) == ["file", "byte_offset", "rule", "reason", "first_bytes"]
    assert row["first_bytes"] == "no record" and row["byte_offset"] > 0 and row["reason"]
    assert "1 of 1 rows" in engine.run("show", "quarantine", "--root", root / "root", "--columns", "rule,first_bytes").stdout
    assert "0 of 0 rows" in engine.run("show", "quarantine", "--root", root / "root", "--feature-spec-version", "v9").stdout
    assert engine.run("show", "quarantine", "--root", root / "root", "--feature-spec-version", "v9", "--format", "csv").stdout == \
        "file,byte_offset,rule,reason,first_bytes\n"
    assert "leave --host out" in refused("show", "quarantine", "--root", root / "root", "--host", "10.0.0.1")
    assert "it has file, byte_offset" in refused("show", "quarantine", "--root", root / "root", "--columns", "when")


EVIL = b"\x1b[31mEVIL\x1b]0;title\x07\tend"


def test_what_a_log_holds_does_not_steer_the_terminal(root, tmp_path):
    """In tables and in messages control characters are named; JSON escapes them, CSV keeps them."""
    slot = batches.slot_of(traffic.history(1)[0])
    log = tmp_path / "logs" / batches.batch_id(slot) / "log.json"
    log.parent.mkdir(parents=True)
    log.write_bytes((traffic.text([r for r in traffic.history(1) if batches.slot_of(r) == slot])).encode() + EVIL + b"\n")
    batches.run_batch(tmp_path / "root", tmp_path / "logs", slot, root / "project.json", ("delta",))
    shown = lambda *flags: engine.run("show", "quarantine", "--root", tmp_path / "root", "--columns", "first_bytes", *flags).stdout  # noqa: E731
    assert "\\x1b[31mEVIL\\x1b]0;title\\x07\\tend" in shown()
    assert EVIL.decode() in shown("--format", "csv")
    assert json.loads(shown("--format", "json"))["first_bytes"] == EVIL.decode()
    (tmp_path / "evil.log").write_bytes(EVIL + b"\n" + "\u009b31m".encode() + b"\n")
    said = refused("replay", "--input", tmp_path / "evil.log", "--root", tmp_path / "other")
    assert "EVIL" in said and "\x1b" not in said and "\a" not in said and "\u009b" not in said


@pytest.mark.folders_only("the path of the mapping stands in commit records, and is another in each run")
def test_names_of_machines_do_not_steer_the_terminal(tmp_path):
    """A DHCP client may call itself anything."""
    records = traffic.history(12)
    traffic.write(records, tmp_path / "logs" / "log.json")
    hosts = sorted({r["source_ip"] for r in records})
    (tmp_path / "machines.csv").write_text("ip_address,machine_name\n" + "".join(f"{h},PC\x1b[2J\n" for h in hosts))
    project = tmp_path / "project.json"
    project.write_text(json.dumps({"ip_machine_mapping": {"path": str(tmp_path / "machines.csv")}, "findings": {"min_score": 0}}))
    done = engine.replay(tmp_path / "logs", tmp_path / "root", "--project", project)
    found = engine.run("findings", "--root", tmp_path / "root", "--project", project, "--min-severity", "none").stdout
    assert "PC\\x1b[2J" in found and "\x1b" not in found + done.stdout


def test_windows_that_give_no_evidence_are_said(root, tmp_path):
    """Findings are of w_1h and w_24h: a project without either must not look like a quiet network."""
    unseen = "none of findings.windows (w_1h, w_24h) is among the project's windows (w_15m, w_2h), so no batch gives evidence"
    project = batches.project(tmp_path / "project.json", windows={"w_2h": 8, "w_15m": 1})
    checked = engine.run("spec", "validate", project).stdout
    assert f"warning: {project}: {unseen}" in checked and f"valid: {project}" in checked
    traffic.write(traffic.history(4), tmp_path / "logs" / "log.json")
    assert f"note: {unseen}" in engine.replay(tmp_path / "logs", tmp_path / "root", "--project", project).stdout
    for form in ("table", "json", "csv"):
        assert unseen in engine.run("findings", "--root", tmp_path / "root", "--project", project, "--format", form).stderr
    batches.run_batch(tmp_path / "jobs", root / "logs", 0, project, ("delta", "fg-a"))
    assert f"note: {unseen}" in batches.run_job("fg-c", tmp_path / "jobs", 0, project).stdout
    heard = batches.project(tmp_path / "heard.json", windows={"w_2h": 8, "w_15m": 1}, findings={"windows": ["w_2h"]})
    assert "warning" not in engine.run("spec", "validate", heard).stdout


def test_the_sort_attribute_is_of_dynamodb(tmp_path):
    said = refused("spec", "list", "--sort-attribute", "kind", "--spec-store", f"files:{tmp_path}")
    assert "a sort key's attribute ('kind') is of DynamoDB" in said


@pytest.mark.parametrize("command, remedy", [
    (["fidnings"], "ndr: 'fidnings' is no command; did you mean 'findings'?"),
    (["fidnings", "--root", "out"], "ndr: 'fidnings' is no command; did you mean 'findings'?"),
    (["spec", "valdate", "x.json"], "ndr spec: 'valdate' is no command; did you mean 'validate'?"),
    (["xyzzy"], "ndr: 'xyzzy' is no command; there are replay, findings, explain, show,")])
def test_an_unknown_command_is_named_with_the_nearest(command, remedy):
    assert remedy in refused(*command)


def test_groups_are_of_the_catalogue_too():
    assert engine.run("catalogue", "groups", "--dataset", "fg_a").stdout == engine.run("features", "groups", "--dataset", "fg_a").stdout != ""


def test_a_history_without_a_roll_up_says_why(root):
    """Two slices: no day is over."""
    said = refused("show", "lookback", "--root", root / "root")
    assert "a day is rolled up with the first batch that starts data_quality.allowed_lateness_hours after the day's end" in said
    assert "ndr replay" not in said


def test_a_mapping_of_machines_that_is_absent_stops_a_replay_before_its_work(tmp_path):
    traffic.write(traffic.history(2), tmp_path / "logs" / "log.json")
    project = batches.project(tmp_path / "project.json", ip_machine_mapping={"path": str(tmp_path / "machines.csv")})
    said = engine.replay(tmp_path / "logs", tmp_path / "root", "--project", project, expect=3).stderr
    assert "ip_machine_mapping.path: '" in said and "machines.csv' does not exist" in said
    assert not (tmp_path / "root").exists() or not engine.commits(tmp_path / "root")


def test_named_horizons_are_built_where_the_history_is_short(tmp_path):
    """30 h: T is at 18 h, and 12 h fit before it. The project's own stand for the default ones, which a short history has not."""
    traffic.write(traffic.history(30), tmp_path / "logs" / "log.json")
    named = engine.replay(tmp_path / "logs", tmp_path / "named", "--horizons", "12h:0h").stdout
    assert f"reference time {batches.iso(18 * 3600)}: " in named and "horizons that fit: 12h" in named and "left out" not in named
    assert {r["baseline_horizon"] for r in engine.show(tmp_path / "named", "fg_b/global", "--columns", "baseline_horizon")} == {"12h"}
    project = batches.project(tmp_path / "project.json", horizons=[{"label": "half", "length_days": 0.5, "gap_days": 0}])
    assert "left out: half (no local midnight has room for it" in engine.replay(tmp_path / "logs", tmp_path / "own", "--project", project).stdout


@pytest.mark.parametrize("command, flag", [
    (["--inptu", "x"], "--inptu"), (["--inptu", "x", "replay"], "--inptu"), (["delta", "--inptu", "x"], "--inptu"),
    (["spec", "get", "--jbo", "x"], "--jbo"), (["pipeline", "run", "--rot", "x"], "--rot"), (["watch", "-x"], "-x"),
    (["fg-b", "--threads", "2", "--end-time=1"], "--end-time")])
def test_an_unknown_flag_comes_before_one_that_is_missing(command, flag):
    assert f"{flag} is no flag of this command" in refused(*command)
