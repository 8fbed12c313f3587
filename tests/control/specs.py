# SPDX-License-Identifier: Apache-2.0
"""`ndr spec put|get|list` on a store."""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))
import engine  # noqa: E402

import faults  # noqa: E402

REGION = "eu-central-1"
KEY = ("acme", "delta_builder", "v1")
BODY = {"project_name": "acme", "job_name": "delta_builder", "feature_spec_version": "v1", "outputs": {"root": "out"}}


# Nothing of the person who runs the tests: an empty variable is as good as none.
CLEAN = {name: "" for name in (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE",
    "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_CA_BUNDLE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_EC2_METADATA_SERVICE_ENDPOINT", "NDR_AWS_TIMEOUT_SECONDS", "NDR_SPEC_STORE",
    "NDR_SPEC_SORT_ATTRIBUTE", "ML_PROJECTS_PARAMETERS_TABLE_NAME", "JOB_SPEC_DDB_TABLE_NAME")}
CLEAN |= {"HOME": "/nobody", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "3", "no_proxy": "*"}


def run(*arguments, expect=0, env=None):
    return engine.run("spec", *arguments, expect=expect, env={**CLEAN, **(env or {})})


def aws(url, **more):
    """Variables for a server of the tests' own."""
    return {"AWS_ENDPOINT_URL_DYNAMODB": url, "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "AKTEST",
            "AWS_SECRET_ACCESS_KEY": faults.SECRET, **more}


def _flags(key, store):
    return ["--project-name", key[0], "--job", key[1], "--feature-spec-version", key[2], *(["--spec-store", store] if store else [])]


def get(store="", key=KEY, expect=0, env=None, more=()):
    """The document; where a failure is expected, what stderr says."""
    done = run("get", *_flags(key, store), *more, expect=expect, env=env)
    return json.loads(done.stdout) if expect == 0 else done.stderr


def put(body, folder, store="", key=KEY, expect=0, env=None, more=()):
    path = Path(folder) / "body.json"
    path.write_text(json.dumps(body))
    done = run("put", path, *_flags(key, store), *more, expect=expect, env=env)
    return done.stderr


def listed(store="", project="", expect=0, env=None):
    done = run("list", *(["--project-name", project] if project else []),
                      *(["--spec-store", store] if store else []), expect=expect, env=env)
    return done.stdout if expect == 0 else done.stderr
