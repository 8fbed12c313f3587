# SPDX-License-Identifier: Apache-2.0
"""findings, show and explain: formats, filters, and errors that name the remedy."""
import csv
import io
import json

import pytest

import engine

SEVERITIES = ["none", "low", "medium", "high", "critical"]


@pytest.fixture(scope="module")
def found(company):
    every = engine.findings(company.root, "--min-severity", "none")
    assert len(every) > 5
    return every


@pytest.fixture(scope="module")
def worst(company, found):
    """The first finding, and the arguments that explain it."""
    return found[0], ("--root", company.root, "--host", found[0]["host_ip"], "--at", found[0]["strongest_ts"])


def test_formats_say_the_same(company, found):
    run = engine.run("findings", "--root", company.root, "--min-severity", "none", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(run.stdout)))
    assert [(r["id"], r["host_ip"], r["kind"], r["severity"]) for r in rows] == [(f["id"], f["host_ip"], f["kind"], f["severity"]) for f in found]
    assert [float(r["score"]) for r in rows] == [pytest.approx(f["score"], abs=0.005) for f in found]
    table = engine.run("findings", "--root", company.root, "--min-severity", "none").stdout.splitlines()
    ranked = [line.split() for line in table if line[:3].strip().isdigit()]
    assert [(int(line[0]), line[1]) for line in ranked] == [(i + 1, f["host_ip"]) for i, f in enumerate(found)]


def test_findings_are_ordered_and_named(found):
    assert [f["score"] for f in found] == sorted((f["score"] for f in found), reverse=True)
    assert len({f["id"] for f in found}) == len(found)
    assert all(f["reasons"] and f["segment_id"] and f["first_ts"] <= f["strongest_ts"] <= f["last_ts"] for f in found)


def test_replay_ends_with_them(company, found):
    assert f"  1  {found[0]['host_ip']} ({found[0]['segment_id']})" in company.output
    assert f"Again at any time: ndr findings --root {company.root}" in company.output


@pytest.mark.parametrize("severity", SEVERITIES)
def test_min_severity(company, found, severity):
    least = SEVERITIES.index(severity)
    assert engine.findings(company.root, "--min-severity", severity) == [f for f in found if SEVERITIES.index(f["severity"]) >= least]


def test_host_and_time(company, found):
    all_of = lambda *flags: engine.findings(company.root, "--min-severity", "none", *flags)  # noqa: E731
    host = found[0]["host_ip"]
    assert all_of("--host", host) == [f for f in found if f["host_ip"] == host] != found
    middle = sorted(f["first_ts"] for f in found)[len(found) // 2]
    assert all_of("--since", middle) == [f for f in found if f["last_ts"] >= middle]
    assert all_of("--until", middle) == [f for f in found if f["first_ts"] < middle] != found
    assert "No findings." in engine.run("findings", "--root", company.root, "--host", "10.255.255.1").stdout


def test_silenced_are_counted_never_dropped(company, found, tmp_path):
    host = found[0]["host_ip"]
    project = tmp_path / "project.json"
    project.write_text(json.dumps({"findings": {"ignore": [{"host": host, "reason": "known"}]}}))
    silenced = sum(f["host_ip"] == host for f in engine.findings(company.root))
    run = engine.run("findings", "--root", company.root, "--project", project)
    assert f"{silenced} silenced by findings.ignore (--all shows them)" in run.stdout and f" {host} " not in run.stdout
    assert f" {host} " in engine.run("findings", "--root", company.root, "--project", project, "--all").stdout


def test_show_filters(company, worst):
    finding, _ = worst
    rows = engine.show(company.root, "fg_a", "--at", finding["strongest_ts"], "--host", finding["host_ip"], "--window", "w_1h")
    assert {(r["host_ip"], r["window_label"], r["window_end_ts"]) for r in rows} == {(finding["host_ip"], "w_1h", finding["strongest_ts"])}
    few = engine.show(company.root, "fg_a", "--at", finding["strongest_ts"], "--columns", "host_ip,sessions_cnt")
    assert all(list(r) == ["host_ip", "sessions_cnt"] for r in few) and len(few) > len(rows)
    csv_text = engine.run("show", "fg_a", "--root", company.root, "--at", finding["strongest_ts"], "--columns", "host_ip,sessions_cnt",
                          "--format", "csv").stdout
    assert [(r["host_ip"], int(r["sessions_cnt"])) for r in csv.DictReader(io.StringIO(csv_text))] == \
        [(r["host_ip"], r["sessions_cnt"]) for r in few]
    table = engine.run("show", "fg_a", "--root", company.root, "--at", finding["strongest_ts"], "--limit", 3).stdout
    assert table.rstrip().endswith(f"3 of {len(few)} rows")


@pytest.mark.parametrize("dataset", ["delta/host", "delta/pair", "fg_a", "fg_b/host", "fg_b/global", "fg_b/pair/host", "fg_c/host", "fg_c/pair", "fg_c/evidence"])
def test_csv_has_its_header_whether_there_are_rows_or_none(company, found, dataset):
    row = engine.show(company.root, dataset, *engine.EVER, "--limit", 1)[0]
    text = lambda *flags: engine.run("show", dataset, "--root", company.root, "--format", "csv", *flags).stdout.splitlines()  # noqa: E731
    assert text(*engine.EVER, "--limit", 1)[0].split(",") == list(row)
    assert text("--since", "2031-01-01T00:00:00Z") == [",".join(row)]
    assert text("--since", "2031-01-01T00:00:00Z", "--columns", ",".join(list(row)[1::2][::-1])) == [",".join(list(row)[1::2])]


def test_limit_is_of_every_format(company):
    shown = lambda *flags: engine.run("show", "fg_a", "--root", company.root, "--columns", "host_ip", *flags).stdout.splitlines()  # noqa: E731
    every = shown("--format", "json")
    assert len(every) > 20 and shown("--format", "json", "--limit", 2) == every[:2]
    assert shown("--format", "csv", "--limit", 2) == ["host_ip"] + [json.loads(row)["host_ip"] for row in every[:2]]
    assert len(shown("--format", "csv")) == 1 + len(every)
    assert shown()[-1] == f"20 of {len(every)} rows"


def test_explain(company, worst):
    """Every metric of every role and window, its baseline and where it came from; the evidence; the pairs."""
    finding, where = worst
    explained = json.loads(engine.run("explain", *where, "--format", "json").stdout)
    assert (explained["host"], explained["segment"]) == (finding["host_ip"], finding["segment_id"])
    assert max(explained["evidence"]["score"], explained["evidence"]["standing_score"]) == pytest.approx(finding["score"])
    shown = engine.show(company.root, "fg_a", "--at", finding["strongest_ts"], "--host", finding["host_ip"])
    assert {(r["role"], r["window"]) for r in explained["rows"]} == {(r["role"], r["window_label"]) for r in shown}
    metrics = [m for row in explained["rows"] for m in row["metrics"]]
    assert {"HOST", "SEGMENT"} <= {m["level"] for m in metrics} and any(m["z"] is not None for m in metrics)
    words = engine.run("explain", *where).stdout
    assert words.startswith(f"{finding['host_ip']} ({finding['segment_id']}) at ") and "sessions_cnt" in words
    assert explained["pairs"]


@pytest.mark.parametrize("arguments, remedy", [
    (["show", "fg_x"], "'fg_x' is no dataset; there are delta/host, delta/pair, pair_counts"),
    (["show", "fg_a", "--columns", "sesions_cnt"], "has no column 'sesions_cnt'; the nearest is 'sessions_cnt'"),
    (["show", "fg_a", "--at", "yesterday"], "write it with a zone, e.g. 2026-03-10T14:15:00Z"),
    (["show", "fg_a", "--host", "10.20"], "is no address"),
    (["show", "fg_a", "--feature-spec-version", "v9"], "it holds versions v1 (--feature-spec-version)"),
    (["show", "fg_c/host", "--horizon", "9d"], "--horizon '9d' is no horizon of fg_c/host there; there are all"),
    (["show", "fg_b/host", "--horizon", "9d"], "--horizon '9d' is no horizon of fg_b/host there; there are all"),
    (["show", "fg_a", "--horizon", "all"], "fg_a has no horizons; leave --horizon out"),
    (["show", "pair_counts"], 'it is made when the project file says {"keep": {"pair_counts": true}}'),
    (["findings", "--min-severity", "worst"], "is none of none, low, medium, high, critical"),
    (["findings", "--since", "2026-03-09"], "write it with a zone"),
    (["findings", "--format", "xml"], "json"),
    (["explain", "--host", "10.20.9.25", "--at", "2031-01-01T00:00:00Z"], "committed ends reach from 2026-03-03T00:15:00Z to 2026-03-05T00:00:00Z"),
    (["explain", "--host", "10.255.255.1", "--at", "2026-03-04T12:00:00Z"], "'ndr show fg_a --root"),
    (["explain", "--host", "10.20.9.25"], "--at is required"),
])
def test_errors_name_the_remedy(company, arguments, remedy):
    error = engine.run(arguments[0], *arguments[1:], "--root", company.root, expect=2).stderr
    assert remedy in error and error.startswith(f"ndr {arguments[0]}: ")


def test_empty_root(tmp_path):
    for verb in (["findings"], ["show", "fg_a"]):
        error = engine.run(*verb, "--root", tmp_path, expect=2).stderr
        assert f"run 'ndr replay --input LOGS --root {tmp_path}' first" in error


@pytest.mark.folders_only("S3 has no folders, so an empty root and none are the same")
def test_no_root(tmp_path):
    assert "Directory does not exist" in engine.run("findings", "--root", tmp_path / "nowhere", expect=2).stderr


def test_help_has_examples():
    for verb in ("simulate", "replay", "findings", "show", "explain", "catalogue"):
        assert f"ndr {verb}" in engine.run(verb, "--help").stdout
