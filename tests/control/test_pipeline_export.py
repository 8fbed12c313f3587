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


JSONATA = """
const [expression, bound] = process.argv.slice(1).map(text => JSON.parse(text));
require("jsonata")(expression).evaluate({}, {states: bound}).then(value => console.log(JSON.stringify(value)));
"""


def evaluate(asl_validator, text, states):
    """An expression of a state machine, by the language's own implementation."""
    assert text.startswith("{% ") and text.endswith(" %}")
    run = subprocess.run(["node", "-e", JSONATA, json.dumps(text[3:-3]), json.dumps(states)], cwd=asl_validator.parents[2],
                         capture_output=True, text=True, timeout=60, check=True)
    return json.loads(run.stdout)


@pytest.mark.parametrize("results, failed", [
    ([{"Root": "out"}, {"Root": "out"}], False),
    ([{"Root": "out"}, {"StepFailed": True}], True),
    ([{"StepFailed": True}, {"StepFailed": True}], True),
    ([{"Root": "out", "StepFailed": False}, {"Root": "out"}], False),  # a branch with branches of its own
])
def test_stepfunctions_knows_which_branches_failed(asl_validator, results, failed):
    states = json.loads(export("streaming_15m", "stepfunctions"))["States"]
    after = evaluate(asl_validator, states["Parallel 1"]["Output"], {"input": {"Root": "out"}, "result": results})
    assert after == {"Root": "out", "StepFailed": failed}
    assert evaluate(asl_validator, states["Parallel 1 ended"]["Choices"][0]["Condition"], {"input": after}) is failed


def test_stepfunctions_begins_with_all_parameters_or_not_at_all(asl_validator):
    first = json.loads(export("delta_only", "stepfunctions"))["States"]["Parameters are set"]
    names = ["ProjectName", "FeatureSpecVersion", "MiniBatchId", "BatchStartTsIso", "BatchEndTsIso", "RawParsedLogsPrefix", "Root",
             "Cluster", "TaskDefinition", "Subnets", "SecurityGroups"]
    condition = first["Choices"][0]["Condition"]
    assert evaluate(asl_validator, condition, {"input": dict.fromkeys(names, "x")}) is True
    for missing in names:
        assert evaluate(asl_validator, condition, {"input": {n: "x" for n in names if n != missing}}) is False
    assert first["Default"] == "A parameter is not set"


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
PARAMETERS = ["ProjectName", "FeatureSpecVersion", "MiniBatchId", "BatchStartTsIso", "BatchEndTsIso", "RawParsedLogsPrefix", "Root"]


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    """A folder with Airflow, whose dags/ has the streaming pipeline. Some hundred packages, so only on request."""
    if os.environ.get("NDR_TEST_AIRFLOW") != "1":
        pytest.skip("NDR_TEST_AIRFLOW is not 1")
    folder = tmp_path_factory.mktemp("airflow")
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
    subprocess.run([folder / "env/bin/python", "-m", "pip", "install", "--quiet", "apache-airflow==3.3.2"], check=True, timeout=1800)
    (folder / "dags").mkdir()
    export("streaming_15m", "airflow", "--out", folder / "dags" / "streaming.py")
    return folder


def in_airflow(folder, *command):
    env = {**os.environ, "AIRFLOW_HOME": str(folder / "home"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
           "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"), "PATH": f"{folder}/bin:{os.environ['PATH']}"}
    run = subprocess.run([folder / "env/bin" / command[0], *command[1:]], capture_output=True, text=True, env=env, timeout=600)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return run.stdout


def test_airflow_imports(airflow):
    found = json.loads(in_airflow(airflow, "python", "-c", AIRFLOW_CHECK, airflow / "dags/streaming.py").splitlines()[-1])
    assert found["tasks"] == {"delta": ["fg_a", "pair_counts"], "pair_counts": [], "fg_a": ["fg_c"], "fg_c": []}
    assert found["params"] == sorted(PARAMETERS)


def test_airflow_runs_each_step_with_its_arguments(airflow):
    """A script in the place of ndr notes how it was called; nothing in a value is taken for a command."""
    (airflow / "bin").mkdir()
    script = airflow / "bin" / "ndr"
    script.write_text(f"#!/bin/sh\nfor word in \"$@\"; do printf '%s|' \"$word\"; done >> {airflow}/called\necho >> {airflow}/called\n")
    script.chmod(0o755)
    values = dict.fromkeys(PARAMETERS, "x") | {"ProjectName": f"a b; touch {airflow}/harm $(touch {airflow}/harm)"}
    in_airflow(airflow, "airflow", "db", "migrate")
    in_airflow(airflow, "airflow", "dags", "test", "streaming_15m", "--conf", json.dumps(values))
    called = {line.split("|")[0]: line.split("|")[1:-1] for line in (airflow / "called").read_text().splitlines()}
    assert sorted(called) == ["delta", "fg-a", "fg-c", "pair-counts"]
    assert called["fg-c"] == [f"--project-name={values['ProjectName']}", "--feature-spec-version=x", "--mini-batch-id=x",
                              "--batch-start-ts-iso=x", "--batch-end-ts-iso=x", "--root=x"]
    assert not (airflow / "harm").exists()


@pytest.mark.parametrize("target", ["sagemaker", "stepfunctions", "airflow"])
def test_same_bytes_everywhere(name, target):
    again = engine.run("pipeline", "export", name, "--target", target, env={"TZ": "Asia/Kolkata", "LC_ALL": "C"}).stdout
    assert again == export(name, target)
