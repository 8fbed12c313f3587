# SPDX-License-Identifier: Apache-2.0
"""Each failure of the DynamoDB store, over a real connection: its words, its exit code, and what was tried again."""
import time

import faults
import pytest
import specs
from faults import answer, refusal

STORE = "dynamodb:specs"
WHERE = "job spec of project acme, job delta_builder, version v1 in dynamodb:specs: "
FOUND = answer({"Item": {"spec": {"M": {"outputs": {"M": {"root": {"S": "out"}}}}}}})


def failing(server, *script, expect=1, **env):
    server.says(*script)
    said = specs.get(STORE, expect=expect, env=specs.aws(server.url, **env))
    assert WHERE in said
    return said.split(WHERE)[1].strip()


def test_requests_are_signed_for_dynamodb(server):
    server.says(FOUND)
    assert specs.get(STORE, env=specs.aws(server.url, AWS_SESSION_TOKEN=faults.TOKEN)) == {"outputs": {"root": "out"}}
    (request,) = server.requests
    assert server.problems == [None]
    assert (request.method, request.path, request.target) == ("POST", "/", "GetItem")
    assert request.headers["Content-Type"] == "application/x-amz-json-1.0"
    assert request.headers["X-Amz-Security-Token"] == faults.TOKEN
    assert "x-amz-security-token" in request.headers["Authorization"]


@pytest.mark.parametrize("passing", [
    refusal("ThrottlingException"), refusal("ProvisionedThroughputExceededException"), refusal("RequestLimitExceeded"),
    refusal("InternalServerError", status=500), answer(b"<html>", 503), faults.cut, faults.torn],
    ids=["throttling", "throughput", "limit", "500", "503", "cut", "torn"])
def test_what_passes_is_tried_again(server, passing):
    server.says(passing, passing, FOUND)
    assert specs.get(STORE, env=specs.aws(server.url)) == {"outputs": {"root": "out"}}
    assert len(server.requests) == 3
    assert server.problems == [None] * 3


@pytest.mark.parametrize("name", ["AccessDeniedException", "ValidationException", "ResourceNotFoundException",
                                  "UnrecognizedClientException", "ItemCollectionSizeLimitExceededException"])
def test_what_does_not_pass_is_not(server, name):
    failing(server, refusal(name))
    assert len(server.requests) == 1


def test_throttled_beyond_patience(server):
    said = failing(server, refusal("ThrottlingException", "Rate exceeded"))
    assert said == ("still throttled after 3 attempts: ThrottlingException (status 400: Rate exceeded); raise the table's capacity, "
                    "or AWS_MAX_ATTEMPTS")
    assert len(server.requests) == 3


def test_failing_beyond_patience(server):
    said = failing(server, refusal("InternalServerError", status=500))
    assert said.startswith("DynamoDB still fails after 3 attempts: InternalServerError (status 500: said)")


def test_cut_beyond_patience(server):
    said = failing(server, faults.cut)
    assert said.startswith(f"the connection to {server.url} broke: ") and said.endswith("(tried 3 times)")


def test_no_connection(server):
    server.close()
    said = specs.get(STORE, expect=1, env=specs.aws(server.url))
    assert f"{WHERE}cannot connect to {server.url}: " in said


def test_a_slow_answer_is_not_waited_for(server):
    began = time.monotonic()
    said = failing(server, faults.slow(5), NDR_AWS_TIMEOUT_SECONDS="0.3", AWS_MAX_ATTEMPTS="2")
    assert said == f"no whole answer from {server.url} within 0.3 s (tried 2 times)"
    assert time.monotonic() - began < 4


def test_access_denied(server):
    said = failing(server, refusal("AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized"))
    assert said == ("access denied: AccessDeniedException (status 400: User: arn:aws:iam::1:user/x is not authorized); "
                    "the credentials need dynamodb:GetItem on table specs")


def test_no_such_table(server):
    said = failing(server, refusal("ResourceNotFoundException", "Requested resource not found"))
    assert said == (f"there is no table specs in region eu-central-1 ({server.url}): ResourceNotFoundException (status 400: "
                    "Requested resource not found); create it, or name another")


@pytest.mark.parametrize("body", [b'{"Item": ', b"[]", b"", b"<html></html>"])
def test_malformed_answers(server, body):
    said = failing(server, answer(body))
    assert said == f"GetItem: the answer of {server.url} is no JSON object; is it DynamoDB?"


def test_secrets_stay_secret(server):
    echo = f"The canonical string: {faults.SECRET}\nx-amz-security-token:{faults.TOKEN}"
    for shown in (echo, f"{faults.TOKEN} was sent"):
        said = failing(server, refusal("InvalidSignatureException", shown), AWS_SESSION_TOKEN=faults.TOKEN)
        assert said.startswith("the AWS credentials are refused: ")
        assert faults.SECRET not in said and faults.TOKEN not in said


def test_bodies_that_are_none(server):
    said = failing(server, answer({}), expect=2)
    assert said == "there is none; `ndr spec list` shows what there is, `ndr spec put` stores one"
    said = failing(server, answer({"Item": {"job_name": {"S": "delta_builder#v1"}}}), expect=2)
    assert said == "the item has no body in the attribute spec; `ndr spec put --replace` stores one"
    said = failing(server, answer({"Item": {"spec": {"SS": ["x"]}}}), expect=2)
    assert said == "the body is a set of texts in the attribute spec, and must be a JSON object"
    said = failing(server, answer({"Item": {"spec": {"M": {"z_max": {"N": "0.12345678901234567890"}}}}}), expect=2)
    assert said.startswith("the body cannot be read: z_max: the number 0.12345678901234567890 has more digits")
    said = failing(server, answer({"Item": {"spec": {"M": {"feature_spec_version": {"S": "v2"}}}}}), expect=2)
    assert said.startswith('the body\'s own feature_spec_version is "v2", and was asked for as "v1"')


def test_a_put_whose_answer_was_lost_is_not_another_body(server, tmp_path):
    stored = {"M": {"project_name": {"S": "acme"}, "job_name": {"S": "delta_builder"}, "feature_spec_version": {"S": "v1"}, "outputs": {"M": {"root": {"S": "out"}}}}}
    server.says(answer({}), faults.cut, refusal("ConditionalCheckFailedException"), answer({"Item": {"spec": stored}}))
    specs.put(specs.BODY, tmp_path, STORE, env=specs.aws(server.url))
    assert [r.target for r in server.requests] == ["GetItem", "PutItem", "PutItem", "GetItem"]
    assert b"project_parameters#v1" in server.requests[0].body


def test_a_table_must_be_named(server):
    said = specs.get("dynamodb", expect=2, env=specs.aws(server.url))
    assert "table_name" in said and "ML_PROJECTS_PARAMETERS_TABLE_NAME" in said and "JOB_SPEC_DDB_TABLE_NAME" in said


def test_the_older_name_of_the_tables_variable_warns(server):
    server.says(FOUND)
    done = specs.run("get", "--project-name", "acme", "--job", "delta_builder", "--feature-spec-version", "v1",
                            env=specs.aws(server.url, JOB_SPEC_DDB_TABLE_NAME="old"))
    assert "warning: the table's name comes from JOB_SPEC_DDB_TABLE_NAME" in done.stderr
    assert b'"TableName":"old"' in server.requests[0].body
