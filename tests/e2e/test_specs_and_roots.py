# SPDX-License-Identifier: Apache-2.0
"""Specs of a store and the root that was made under them: what is looked at with them, and what a change of them makes stale."""
import json

import pytest

import batches
import engine
import traffic

ACME = ("--project-name", "acme", "--feature-spec-version", "v1")


def spec(*arguments, expect=0):
    return engine.run("spec", *arguments, expect=expect)


@pytest.fixture
def store(tmp_path):
    """The flags of a store with acme v1, every key with its default, as the roots of the tests were made."""
    flags = ("--spec-store", f"files:{tmp_path / 'specs'}")
    spec("init", *ACME, *flags)
    return flags


def change(tmp_path, store, job, **keys):
    body = json.loads(spec("get", *ACME, "--job", job, *store).stdout) | keys
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(body))
    spec("put", path, "--replace", *store)


def test_looking_reads_the_parameters_of_the_store(company, store, tmp_path):
    as_ever = engine.findings(company.root)
    assert engine.findings(company.root, *ACME, *store) == as_ever
    host = as_ever[0]["host_ip"]
    change(tmp_path, store, "fg_c_builder", findings={"ignore": [{"host": host, "reason": "known"}]})
    assert host not in {f["host_ip"] for f in engine.findings(company.root, *ACME, *store)}
    where = ("--root", company.root, "--host", host, "--at", as_ever[0]["strongest_ts"])
    # Local times and columns are those of the store too.
    change(tmp_path, store, "project_parameters", calendar={"timezone": "Asia/Tokyo"}, port_sets={"MAIL_PORTS": [25]})
    local = engine.run("explain", *where).stdout.splitlines()[0]
    assert engine.run("explain", *where, "--timezone", "Asia/Tokyo").stdout.splitlines()[0] != local
    table = engine.run("findings", "--root", company.root, "--all", *ACME, *store).stdout
    assert table == engine.run("findings", "--root", company.root, "--all", "--timezone", "Asia/Tokyo", "--project",
                               project_with_ignore(tmp_path, host)).stdout
    refused = engine.run("show", "fg_a", "--root", company.root, "--columns", "mail_port", expect=2, ).stderr
    assert "mail_port_sessions_cnt" not in refused
    refused = engine.run("show", "fg_a", "--root", company.root, "--columns", "mail_port_sessions_cn", *ACME, *store, expect=2).stderr
    assert "the nearest is 'mail_port_sessions_cnt'" in refused


def project_with_ignore(tmp_path, host):
    return batches.project(tmp_path / "project.json", findings={"ignore": [{"host": host, "reason": "known"}]})


def test_a_store_that_is_asked_must_have_the_project(company, store):
    refused = engine.run("findings", "--root", company.root, *store, expect=2).stderr
    assert "--project-name is missing" in refused
    refused = engine.run("show", "fg_a", "--root", company.root, "--project-name", "acne", *store, expect=2).stderr
    assert "the store has the project acme" in refused


def test_diff_compares_the_store_with_what_a_root_was_made_under(company, store, tmp_path):
    diff = ("diff", "--root", company.root, *store)
    assert spec(*diff).stdout == f"nothing of version v1 in {company.root} is stale\n"
    change(tmp_path, store, "fg_b_builder", capping={"z_max": 9})
    lines = spec(*diff, "--project-name", "acme").stdout.splitlines()
    judged = len(engine.commits(company.root, "fg_c"))
    assert lines == ["stale: fg_b v1, 1 of 1 commits, for capping.z_max (there 6, now 9)",
                     f"stale: fg_c v1, {judged} of {judged} commits, for capping.z_max (there 6, now 9)"]
    spec("init", "--project-name", "acme", "--feature-spec-version", "v2", *store)
    assert spec(*diff, "--feature-spec-version", "v2").stdout == f"{company.root} holds nothing of version v2\n"
    spec("init", "--project-name", "other", "--feature-spec-version", "v1", *store)
    assert "holds the projects acme, other; say which with --project-name" in spec(*diff, expect=2).stderr
    assert "--root to compare" in spec("diff", *store, expect=2).stderr


def test_a_half_made_version_is_named_and_completed(tmp_path):
    flags = ("--spec-store", f"files:{tmp_path / 'specs'}")
    path = tmp_path / "parameters.json"
    path.write_text(json.dumps({"project_name": "acme", "feature_spec_version": "v1", "lookback": {"days": 7}}))
    spec("put", path, *flags)
    checked = spec("validate", *ACME, *flags).stdout
    assert "missing: acme v1 has no delta_builder, pair_counts_builder, fg_a_builder, fg_b_builder, fg_c_builder" in checked
    assert "'ndr spec init --project-name acme --feature-spec-version v1' adds them" in checked
    said = spec("init", *ACME, *flags).stdout
    assert "acme v1: 5 documents in " in said and "1 was there already, and kept" in said
    assert "missing" not in spec("validate", *ACME, *flags).stdout
    parameters = json.loads(spec("get", *ACME, "--job", "project_parameters", *flags).stdout)
    assert parameters["lookback"] == {"days": 7}
    assert "6 were there already" in spec("init", *ACME, *flags).stdout
    (tmp_path / "specs" / "acme" / "v1" / "project_parameters.json").unlink()
    assert "acme v1 has no project_parameters; " in spec("validate", *ACME, *flags, expect=2).stdout


def test_what_is_unknown_is_answered_with_what_there_is(store, tmp_path):
    def refused(project, version, job="delta_builder"):
        return spec("get", "--project-name", project, "--feature-spec-version", version, "--job", job, *store, expect=2).stderr
    assert "there is none; acme has the version v1, and `ndr spec init --project-name acme --feature-spec-version v7` makes" in refused("acme", "v7")
    assert "there is none; the store has the project acme, and `ndr spec init --project-name nobody " in refused("nobody", "v1")
    (tmp_path / "specs" / "acme" / "v1" / "delta_builder.json").unlink()
    assert "where others of acme v1 are; `ndr spec init " in refused("acme", "v1")
    slot = ("--mini-batch-id", "b", "--batch-start-ts-iso", "2024-04-20T12:00:00Z", "--batch-end-ts-iso", "2024-04-20T12:15:00Z")
    job = engine.run("delta", "--project-name", "acme", "--feature-spec-version", "v7", "--root", tmp_path / "root", *slot, *store, expect=2)
    assert "acme has the version v1" in job.stderr and "ndr spec init" in job.stderr
    checked = spec("validate", "--project-name", "acme", "--feature-spec-version", "v7", *store, expect=2).stderr
    assert "acme has the version v1" in checked
    assert "holds no specs of nobody" in spec("list", "--project-name", "nobody", *store).stderr


def test_all_problems_are_told_at_once(store, tmp_path):
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps({"job_name": "project_parameters", "project_name": "acme", "feature_spec_version": "v1", "z_max": "6",
                                "lookback": {"days": 0, "dayz": 3}, "host_networks": ["10.0.0.0/8", "ten"],
                                "calendar": {"working_hours": ["a", 17]}}))
    said = spec("validate", path, expect=2).stdout
    assert said.splitlines() == [
        f"not valid: {path}: 5 problems",
        '  host_networks[1]: expected a CIDR such as 10.0.0.0/8 or fc00::/7, found string "ten"',
        '  calendar.working_hours[0]: expected a whole number, found string "a"',
        "  lookback.days: 0 is not within 1 to 366",
        "  lookback.dayz: unknown key; did you mean 'days'?",
        '  z_max: expected a number, found string "6"',
    ]
    path.write_text(json.dumps({"baseline_required_metrics": ["sesions_cnt"], "support_min": {"windows": {"w_3h": 4}}}))
    said = spec("validate", path, expect=2).stdout
    assert "2 problems" in said and "'sesions_cnt' is no baselined metric" in said and "'w_3h' is no window" in said


def test_a_refusal_says_how_many_batches_and_which(tmp_path):
    records = [r for r in traffic.history(1) if batches.slot_of(r) < 2]
    slots = batches.deliver(records, tmp_path / "logs")
    before = batches.project(tmp_path / "before.json")
    after = batches.project(tmp_path / "after.json", lookback={"min_days": 2})
    root = tmp_path / "root"
    for slot in slots:
        batches.run_batch(root, tmp_path / "logs", slot, before, ("delta", "fg-a"))
    refused = batches.run_job("fg-a", root, slots[0], after, expect=3).stderr
    assert "2 of 2 batches of fg_a, version v1, were made under another configuration: lookback.min_days (there 1, now 2)" in refused
    assert f"for each of {batches.batch_id(slots[0])}, {batches.batch_id(slots[1])}" in refused
    batches.run_job("fg-a", root, slots[0], after, "--replace")
    refused = batches.run_job("fg-a", root, slots[0], after, expect=3).stderr
    assert "1 of 2 batches of fg_a, version v1, was made" in refused and f"for each of {batches.batch_id(slots[1])}" in refused
