# SPDX-License-Identifier: Apache-2.0
"""`ndr spec`: documents that are made, checked, kept, moved and compared."""
import json
import os
from pathlib import Path

import jsonschema
import pytest

import engine

JOBS = ["delta_builder", "fg_a_builder", "fg_b_builder", "fg_c_builder", "pair_counts_builder", "project_parameters"]
SCHEMAS = Path(os.environ.get("NDR_SOURCE_DIR", Path(__file__).parents[2])) / "docs" / "schemas"
ACME = ("--project-name", "acme", "--feature-spec-version", "v1")


def spec(*arguments, expect=0):
    return engine.run("spec", *arguments, expect=expect)


@pytest.fixture
def folder(tmp_path):
    """What `init` writes for an editor."""
    spec("init", *ACME, "--out", tmp_path / "specs")
    return tmp_path / "specs"


@pytest.fixture
def store(tmp_path, folder):
    """The flags of a store that holds it."""
    flags = ("--spec-store", f"sqlite:{tmp_path / 'specs.sqlite'}")
    spec("import", "--from", folder, *flags)
    return flags


def document(folder, job, version="v1"):
    return folder / "acme" / version / f"{job}.json"


def edit(path, **keys):
    body = json.loads(path.read_text()) | keys
    path.write_text(json.dumps(body))
    return path


def checker(path):
    schema = json.loads(Path(path).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_init_writes_six_documents_that_satisfy_the_schemas_beside_them(folder):
    assert sorted(p.stem for p in (folder / "acme" / "v1").glob("*.json")) == JOBS
    for job in JOBS:
        path = document(folder, job)
        body = json.loads(path.read_text())
        beside = (path.parent / body["$schema"]).resolve()
        assert beside.read_text() == (SCHEMAS / f"{job}.schema.json").read_text()
        checker(beside).validate(body)
    spec("validate", *sorted((folder / "acme" / "v1").glob("*.json")))


def test_schemas_refuse_what_the_engine_refuses(folder, tmp_path):
    wrong = [
        ("project_parameters", {"calender": {}}),
        ("project_parameters", {"lookback": {"days": 0}}),
        ("project_parameters", {"lookback": {"days": "30"}}),
        ("project_parameters", {"keep": {"fg_a": "some"}}),
        ("project_parameters", {"host_networks": []}),
        ("project_parameters", {"horizons": [{"label": "7d"}]}),
        ("project_parameters", {"scores": {"mine": {"max": ["deny_ratio"], "sum": ["deny_ratio"]}}}),
        ("project_parameters", {"port_sets": {"DB_PORTS": [70000]}}),
        ("project_parameters", {"job_name": "fg_b_builder"}),
        ("fg_b_builder", {"capping": {"w_anom": 2}}),
        ("fg_b_builder", {"host_networks": ["10.0.0.0/8"]}),
        ("fg_b_builder", {"inputs": {"source": "fg_c"}}),
        ("delta_builder", {"inputs": {"log_format": "syslog"}}),
        ("fg_a_builder", {"inputs": {}}),
    ]
    for job, keys in wrong:
        path = tmp_path / f"{job}.json"
        path.write_text(document(folder, job).read_text())
        body = json.loads(edit(path, **keys).read_text())
        with pytest.raises(jsonschema.ValidationError):
            checker(SCHEMAS / f"{job}.schema.json").validate(body)
        spec("validate", path, "--job", body["job_name"], expect=2)


def test_import_list_get_and_export_give_back_the_same(folder, store, tmp_path):
    lines = spec("list", *store).stdout.splitlines()
    assert [line.split("\t") for line in lines] == [["acme", "v1", job] for job in JOBS]
    got = spec("get", *ACME, "--job", "fg_b_builder", *store).stdout
    assert json.loads(got) == json.loads(document(folder, "fg_b_builder").read_text())
    spec("export", "--project-name", "acme", "--out", tmp_path / "again", *store)
    for job in JOBS:
        assert document(tmp_path / "again", job).read_bytes() == document(folder, job).read_bytes()
    assert (tmp_path / "again" / "schemas" / "delta_builder.schema.json").is_file()


def test_put_refuses_what_is_not_valid_and_another_body_under_a_version(folder, store):
    path = document(folder, "fg_c_builder")
    spec("put", path, *store)
    changed = edit(path, z_max=7)
    refused = spec("put", changed, *store, expect=2).stderr
    assert "fg_c_builder" in refused and "--replace" in refused, refused
    spec("put", changed, "--replace", *store)
    assert json.loads(spec("get", *ACME, "--job", "fg_c_builder", *store).stdout)["z_max"] == 7
    refused = spec("put", edit(path, z_max="7"), "--replace", *store, expect=2).stderr
    assert 'acme/fg_c_builder#v1: z_max: expected a number, found string "7"' in refused
    refused = spec("put", edit(path, z_max=7, windows={"w_1h": 4}), "--replace", *store, expect=2).stderr
    assert "windows is the project's: datasets made under different ones do not join" in refused
    refused = spec("put", document(folder, "fg_b_builder"), "--project-name", "other", *store, expect=2).stderr
    assert 'project_name is "acme", and the flag says \'other\'' in refused


def test_parameters_must_suit_the_job_specs_over_them(folder, store):
    spec("put", edit(document(folder, "fg_b_builder"), capping={"key_metrics": ["deny_cnt"]}), "--replace", *store)
    path = edit(document(folder, "project_parameters"), baselined_metrics=["sessions_cnt"])
    refused = spec("put", path, "--replace", *store, expect=2).stderr
    assert "with these parameters acme/fg_b_builder#v1: capping.key_metrics: 'deny_cnt' is no baselined metric" in refused


def test_get_of_what_is_not_there_says_what_was_asked_for(store):
    refused = spec("get", "--project-name", "acme", "--feature-spec-version", "v9", "--job", "fg_b_builder", *store, expect=2).stderr
    for word in ("acme", "v9", "fg_b_builder", "sqlite:"):
        assert word in refused


def test_validate_names_each_document_and_its_mistake(folder, store):
    path = edit(document(folder, "fg_b_builder"), rarity_threshhold=0.5)
    done = spec("validate", document(folder, "fg_c_builder"), path, expect=2)
    assert f"valid: {document(folder, 'fg_c_builder')}" in done.stdout
    assert f"not valid: {path}: rarity_threshhold: unknown key; did you mean 'rarity_threshold'?" in done.stdout
    assert "warning: " in spec("validate", path, "--lenient").stdout
    assert spec("validate", "--project-name", "acme", *store).stdout.count("valid: acme/") == len(JOBS)
    spec("validate", "--project-name", "nobody", *store, expect=2)


def test_job_specs_are_checked_over_the_parameters_beside_them(folder):
    parameters = edit(document(folder, "project_parameters"), port_sets={"MAIL_PORTS": [25]},
                      baselined_metrics=["sessions_cnt", "mail_port_sessions_cnt"])
    path = edit(document(folder, "fg_b_builder"), capping={"key_metrics": ["mail_port_sessions_cnt"]})
    spec("validate", parameters, path)
    assert "'mail_port_sessions_cnt' is no baselined metric" in spec("validate", path, expect=2).stdout


def test_a_second_version_lives_beside_the_first_and_differs_by_name(folder, store, tmp_path):
    spec("init", "--project-name", "acme", "--feature-spec-version", "v2", *store)
    assert spec("diff", "v1", "v2", "--project-name", "acme", *store).stdout == "no key differs\n"
    spec("export", "--project-name", "acme", "--feature-spec-version", "v2", "--out", tmp_path / "v2", *store)
    for job, keys in (("fg_b_builder", {"capping": {"z_max": 8}}), ("project_parameters", {"lookback": {"days": 7}})):
        spec("put", edit(document(tmp_path / "v2", job, "v2"), **keys), "--replace", *store)
    assert spec("diff", "v1", "v2", "--project-name", "acme", *store).stdout.splitlines() == [
        "project_parameters lookback.days: 30 -> 7",
        "fg_b_builder capping.z_max: (the project's) -> 8",
    ]
    assert json.loads(spec("get", *ACME, "--job", "fg_b_builder", *store).stdout).get("capping") is None


def test_diff_names_the_datasets_that_become_stale(company, folder, tmp_path):
    old = document(folder, "project_parameters")
    stale = {
        "z_max": (9, ["fg_c"]),
        "lookback": ({"min_days": 2}, ["fg_a", "fg_b", "fg_c"]),
        "dark_hosts": ("keep", []),
    }
    for key, (value, families) in stale.items():
        new = tmp_path / f"{key}.json"
        new.write_text(old.read_text())
        edit(new, **{key: value})
        lines = spec("diff", old, new, "--root", company.root).stdout.splitlines()
        assert [line.split()[1] for line in lines if line.startswith("stale: ")] == families, lines
        if not families:
            assert lines == ["no key differs", f"nothing in {company.root} becomes stale"]


def test_explain_says_what_a_key_takes():
    assert spec("explain", "capping.w_anom").stdout.startswith("capping.w_anom: a number, 0 to 1\n")
    assert "did you mean 'capping.w_anom'?" in spec("explain", "w_anom", expect=2).stderr


def test_the_published_words_are_those_of_the_command():
    assert spec("docs").stdout == (SCHEMAS.parent / "job-spec.md").read_text()
    for job in JOBS:
        assert spec("schema", job).stdout == (SCHEMAS / f"{job}.schema.json").read_text()


def test_an_unknown_flag_is_named_before_one_that_is_missing():
    assert "--inptu is no flag of this command; did you mean --input?" in engine.run("replay", "--inptu", "x", expect=2).stderr
    assert "--inptu" in engine.run("replay", "--inptu=x", "--root", "out", expect=2).stderr
    assert "--input is required" in engine.run("replay", "--root", "out", expect=2).stderr
    assert spec("put", expect=2).stderr.startswith("ndr spec put: ")
