# SPDX-License-Identifier: Apache-2.0
"""What is handed to orchestrators is what they take: judged by their own schemas, validators and parsers."""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import engine  # noqa: E402

PIPELINES = ["delta_only", "streaming_15m", "fg_b_baseline"]
# A diamond behind a branch: a -> (b -> (c | d) -> e | f).
DIAMOND = {"a": [], "b": ["a"], "c": ["b"], "d": ["b"], "e": ["c", "d"], "f": ["a"]}


def own_pipeline(folder, after, name="own"):
    """A pipeline file whose steps are deltas with these dependencies."""
    names = {"--project-name": "ProjectName", "--feature-spec-version": "FeatureSpecVersion", "--mini-batch-id": "MiniBatchId",
             "--batch-start-ts-iso": "BatchStartTsIso", "--batch-end-ts-iso": "BatchEndTsIso", "--root": "Root",
             "--raw-parsed-logs-prefix": "RawParsedLogsPrefix"}
    shown = json.loads(engine.run("pipeline", "show", "delta_only", "--format", "json").stdout)
    steps = [{"name": step, "command": "delta", "after": waits,
              "arguments": [{"flag": flag, "parameter": parameter} for flag, parameter in names.items()]}
             for step, waits in after.items()]
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"name": name, "parameters": shown["parameters"], "steps": steps}))
    return path


def export(name, target, *flags):
    return engine.run("pipeline", "export", name, "--target", target, *flags).stdout


@pytest.fixture(params=[*PIPELINES, "diamond"])
def name(request, tmp_path):
    return own_pipeline(tmp_path, DIAMOND, "diamond") if request.param == "diamond" else request.param


@pytest.fixture(scope="module")
def schema():
    data = os.environ.get("NDR_SHARED_DATA", str(HERE.parents[2] / "shared" / "data"))
    path = Path(data).parent / "vendor" / "sagemaker-pipeline-definition.schema.json"
    if not path.is_file():
        pytest.skip(f"{path.name} is not beside the shared data")
    return json.loads(path.read_text())


def test_sagemaker_schema(schema, name):
    definition = json.loads(export(name, "sagemaker"))
    jsonschema.Draft7Validator(schema).validate(definition)
    assert all("DefaultValue" not in parameter for parameter in definition["Parameters"])


def test_sagemaker_schema_refuses_what_is_wrong(schema):
    """The check above can fail."""
    definition = json.loads(export("delta_only", "sagemaker"))
    definition["Steps"][0]["Arguments"]["AppSpecification"]["Image"] = "x"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(definition)


def test_sagemaker_gets_only_declared_parameters(name):
    definition = json.loads(export(name, "sagemaker"))
    declared = {"Parameters." + parameter["Name"] for parameter in definition["Parameters"]}

    def taken(value):
        if isinstance(value, dict):
            return {value["Get"]} if set(value) == {"Get"} else set().union(*map(taken, value.values()))
        return set().union(*map(taken, value)) if isinstance(value, list) else set()
    assert taken(definition["Steps"]) == declared


@pytest.fixture(scope="module")
def asl_validator(tmp_path_factory):
    """The validator of tests/control/asl, fetched by npm."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("asl")
    for file in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "asl" / file, folder)
    fetched = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True,
                             timeout=300)
    if fetched.returncode != 0:
        pytest.skip(f"npm could not fetch asl-validator: {fetched.stderr[-500:]}")
    return folder / "node_modules" / ".bin" / "asl-validator"


def is_valid(asl_validator, path):
    return subprocess.run([asl_validator, "--json-path", path], capture_output=True, text=True, timeout=60)


def test_stepfunctions_language(asl_validator, name, tmp_path):
    path = tmp_path / "machine.json"
    export(name, "stepfunctions", "--out", path)
    judged = is_valid(asl_validator, path)
    assert judged.returncode == 0, judged.stdout + judged.stderr


def test_stepfunctions_validator_refuses_what_is_wrong(asl_validator, tmp_path):
    machine = json.loads(export("streaming_15m", "stepfunctions"))
    machine["States"]["delta"]["Next"] = "nowhere"
    path = tmp_path / "machine.json"
    path.write_text(json.dumps(machine))
    assert is_valid(asl_validator, path).returncode != 0


def test_stepfunctions_refuses_what_it_cannot_say(tmp_path):
    path = own_pipeline(tmp_path, {"a": [], "b": [], "c": ["a", "b"], "d": ["b"]})
    run = engine.run("pipeline", "export", path, "--target", "stepfunctions", expect=2)
    assert "has exactly the dependencies of the steps a, b, c, d" in run.stderr


def test_airflow_compiles(name):
    compile(export(name, "airflow"), "dag.py", "exec", dont_inherit=True)


AIRFLOW_CHECK = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("dag_file", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
dag = module.dag
print(json.dumps({"params": sorted(dag.params), "tasks": {t.task_id: sorted(t.downstream_task_ids) for t in dag.tasks}}))
"""


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    """A Python with Airflow. Some hundred packages, so only on request."""
    if os.environ.get("NDR_TEST_AIRFLOW") != "1":
        pytest.skip("NDR_TEST_AIRFLOW is not 1")
    folder = tmp_path_factory.mktemp("airflow")
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    python = folder / "env" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "apache-airflow==3.3.2"],
                   check=True, timeout=1800)
    return python, {**os.environ, "AIRFLOW_HOME": str(folder / "home"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}


def test_airflow_imports(airflow, tmp_path):
    python, env = airflow
    path = tmp_path / "dag.py"
    export("streaming_15m", "airflow", "--out", path)
    run = subprocess.run([python, "-c", AIRFLOW_CHECK, path], capture_output=True, text=True, env=env, timeout=300)
    assert run.returncode == 0, run.stderr[-3000:]
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["tasks"] == {"delta": ["fg_a", "pair_counts"], "pair_counts": [], "fg_a": ["fg_c"], "fg_c": []}
    assert found["params"] == sorted(["ProjectName", "FeatureSpecVersion", "MiniBatchId", "BatchStartTsIso", "BatchEndTsIso",
                                      "RawParsedLogsPrefix", "Root"])


@pytest.mark.parametrize("target", ["sagemaker", "stepfunctions", "airflow"])
def test_same_bytes_everywhere(name, target):
    again = engine.run("pipeline", "export", name, "--target", target, env={"TZ": "Asia/Kolkata", "LC_ALL": "C"}).stdout
    assert again == export(name, target)
