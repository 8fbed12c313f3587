# SPDX-License-Identifier: Apache-2.0
"""What `ndr pipeline` and `ndr watch` say before anything runs: exit codes and sentences."""
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "e2e"))
import engine  # noqa: E402

BATCH = ["-p", "ProjectName=acme", "-p", "FeatureSpecVersion=v1", "-p", "MiniBatchId=20240420T120000Z",
         "-p", "BatchStartTsIso=2024-04-20T12:00:00Z", "-p", "BatchEndTsIso=2024-04-20T12:15:00Z", "-p", "RawParsedLogsPrefix=logs"]


def test_list_names_them_all():
    lines = engine.run("pipeline", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["delta_only", "streaming_15m", "fg_b_baseline"]


def test_show_is_read_back(tmp_path):
    shown = engine.run("pipeline", "show", "streaming_15m", "--format", "json").stdout
    (tmp_path / "own.json").write_text(shown)
    assert engine.run("pipeline", "show", tmp_path / "own.json", "--format", "json").stdout == shown
    assert "fg_a                 What each host does now" in engine.run("pipeline", "show", "streaming_15m").stdout


def test_validate_parses_with_the_commands_own_parsers(tmp_path):
    assert engine.run("pipeline", "validate").stdout == "delta_only: valid\nstreaming_15m: valid\nfg_b_baseline: valid\n"
    pipeline = json.loads(engine.run("pipeline", "show", "fg_b_baseline", "--format", "json").stdout)
    pipeline["steps"][0]["arguments"].append({"flag": "--no-such-flag"})
    (tmp_path / "own.json").write_text(json.dumps(pipeline))
    run = engine.run("pipeline", "validate", tmp_path / "own.json", expect=2)
    assert "step 'fg_b': 'ndr fg-b' refuses its arguments: --no-such-flag is no flag of this command" in run.stdout
    assert run.stderr.startswith("ndr pipeline validate: 1 of 1 pipelines are not valid")


def test_run_names_what_is_not_set(tmp_path):
    run = engine.run("pipeline", "run", "streaming_15m", "--root", tmp_path / "root", *BATCH[:6], expect=2)
    assert "nothing sets BatchStartTsIso, BatchEndTsIso, RawParsedLogsPrefix" in run.stderr
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize("flags, says", [
    (["-p", "MiniBatchId"], "is not NAME=VALUE"),
    (["-p", "MiniBatchId=a", "-p", "MiniBatchId=b"], "the parameter MiniBatchId is set twice"),
    (["-p", "Root=a", "--root", "b"], "--root and the parameter Root say the same"),
])
def test_run_refuses_parameters(flags, says):
    assert says in engine.run("pipeline", "run", "streaming_15m", *flags, expect=2).stderr


def test_dry_run_prints_command_lines(tmp_path):
    run = engine.run("pipeline", "run", "streaming_15m", "--root", tmp_path / "a root", *BATCH, "--replace", "--dry-run")
    lines = run.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == ["delta", "pair_counts", "fg_a", "fg_c"]
    assert lines[3] == ("fg_c: ndr fg-c --project-name acme --feature-spec-version v1 --mini-batch-id 20240420T120000Z "
                        "--batch-start-ts-iso 2024-04-20T12:00:00Z --batch-end-ts-iso 2024-04-20T12:15:00Z "
                        f"--root '{tmp_path}/a root' --replace --quiet")
    assert not (tmp_path / "a root").exists()


def test_unknown_pipeline():
    assert "did you mean 'streaming_15m'?" in engine.run("pipeline", "run", "streaming_15", expect=2).stderr


def test_watch_wants_a_folder(tmp_path):
    run = engine.run("watch", "--folder", tmp_path / "none", "--root", tmp_path / "root", "--project-name", "acme",
                     "--feature-spec-version", "v1", "--once", expect=2)
    assert "is no folder" in run.stderr


@pytest.mark.parametrize("kept", ["store", "file"])
def test_run_hands_configuration_to_every_step(tmp_path, kept):
    """Specs of a store, or a project file: every step publishes an empty batch, and again nothing is written."""
    (tmp_path / "logs").mkdir()
    if kept == "store":
        engine.run("spec", "init", "--project-name", "acme", "--feature-spec-version", "v1", "--out", tmp_path / "specs")
        flags = ["--spec-store", f"files:{tmp_path}/specs"]
    else:
        (tmp_path / "project.json").write_text(json.dumps({"project_name": "acme", "feature_spec_version": "v1"}))
        flags = ["--project", tmp_path / "project.json"]
    command = ["pipeline", "run", "streaming_15m", "--root", tmp_path / "root", *BATCH[:-1], f"RawParsedLogsPrefix={tmp_path}/logs", *flags]
    assert engine.run(*command).stderr.count(": done in ") == 4
    assert sorted(path.split("/")[1] for path in engine.commits(tmp_path / "root")) == ["delta", "fg_a", "fg_c", "pair_counts"]
    before = engine.times(tmp_path / "root")
    engine.run(*command)
    assert engine.times(tmp_path / "root") == before
