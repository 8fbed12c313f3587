# SPDX-License-Identifier: Apache-2.0
"""The chain of credentials over real files and connections."""
import pytest
import specs
from faults import SECRET, TOKEN, answer, refusal
from planted import OWN

STORE = "dynamodb:specs"
FOUND = answer({"Item": {"spec": {"M": {}}}})
KEYS = {"AccessKeyId": "AKMACHINE", "SecretAccessKey": SECRET, "Token": TOKEN, "Expiration": "2999-01-01T00:00:00Z"}


def environment(server, **more):
    return {"AWS_ENDPOINT_URL": server.url, "AWS_REGION": specs.REGION, **more}


def signed_by(request):
    return request.headers["Authorization"].split("Credential=")[1].split("/")[0]


def test_none_found_says_where(server):
    said = specs.get(STORE, expect=1, env=environment(server))
    for place in ("no AWS credentials", "AWS_ACCESS_KEY_ID", ".aws/credentials", ".aws/config",
                  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_EC2_METADATA_DISABLED"):
        assert place in said


def test_no_region(server):
    said = specs.get(STORE, expect=1, env={"AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"})
    assert "no AWS region: neither AWS_REGION nor AWS_DEFAULT_REGION is set" in said


def test_profile_files(server, tmp_path):
    keys = tmp_path / f"keys{OWN}"
    keys.write_text(f"[work]\naws_access_key_id = AKPROFILE\naws_secret_access_key = {SECRET}\n")
    (tmp_path / "config").write_text("[profile work]\nregion = eu-north-1\n")
    server.says(FOUND)
    specs.get(STORE, env={"AWS_ENDPOINT_URL": server.url, "AWS_PROFILE": "work", "AWS_CONFIG_FILE": str(tmp_path / "config"),
                          "AWS_SHARED_CREDENTIALS_FILE": str(keys)})
    assert signed_by(server.requests[0]) == "AKPROFILE"
    assert "/eu-north-1/dynamodb/" in server.requests[0].headers["Authorization"]
    assert server.problems == [None]


def test_container_endpoint(server):
    server.says(answer(KEYS), FOUND)
    specs.get(STORE, env=environment(server, AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{server.url}/keys",
                                     AWS_CONTAINER_AUTHORIZATION_TOKEN="Bearer x"))
    asked, found = server.requests
    assert (asked.method, asked.path, asked.headers["Authorization"]) == ("GET", "/keys", "Bearer x")
    assert signed_by(found) == "AKMACHINE" and found.headers["X-Amz-Security-Token"] == TOKEN


def test_instance_endpoint(server):
    server.says(answer(b"A-TOKEN"), answer(b"the-role"), answer(KEYS), FOUND)
    specs.get(STORE, env=environment(server, AWS_EC2_METADATA_DISABLED="false", AWS_EC2_METADATA_SERVICE_ENDPOINT=server.url))
    token, roles, role, found = server.requests
    assert (token.method, token.path) == ("PUT", "/latest/api/token")
    assert token.headers["X-aws-ec2-metadata-token-ttl-seconds"] == "21600"
    assert roles.path == "/latest/meta-data/iam/security-credentials/"
    assert role.path == "/latest/meta-data/iam/security-credentials/the-role"
    assert role.headers["X-aws-ec2-metadata-token"] == "A-TOKEN"
    assert signed_by(found) == "AKMACHINE"


@pytest.mark.parametrize("half, missing", [({"AWS_ACCESS_KEY_ID": "A"}, "without its secret access key"),
                                           ({"AWS_SECRET_ACCESS_KEY": "hunter2"}, "without its access key id")])
def test_half_a_pair(server, half, missing):
    said = specs.get(STORE, expect=1, env=environment(server, **half))
    assert "the environment has a" in said and missing in said and "hunter2" not in said


def test_keys_that_are_refused(server):
    server.says(refusal("ExpiredTokenException", "The security token included in the request is expired"))
    said = specs.get(STORE, expect=1, env=specs.aws(server.url))
    assert "the AWS credentials are refused: ExpiredTokenException" in said
