# SPDX-License-Identifier: Apache-2.0
"""Signature Version 4 a second time, for servers that check what the engine signed and for requests of the tests' own."""
import datetime as dt
import hashlib
import hmac
import re

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>\w+)/(?P<day>\d{8})/(?P<region>[a-z0-9-]+)/(?P<service>\w+)/aws4_request, "
    r"SignedHeaders=(?P<names>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})")


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(secret, path, headers, names, body, region, service):
    """Of a POST without a query; `headers` have lower-case names."""
    time = headers["x-amz-date"]
    canonical = "\n".join(["POST", path, "", *(f"{n}:{' '.join(headers[n].split())}" for n in names), "", ";".join(names),
                           hashlib.sha256(body).hexdigest()])
    scope = f"{time[:8]}/{region}/{service}/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{secret}".encode()
    for part in (time[:8], region, service, "aws4_request"):
        key = _hmac(key, part)
    return _hmac(key, to_sign).hex()


def signed_headers(host, target, body, key="AKTEST", secret="test", region="eu-central-1"):
    headers = {"content-type": "application/x-amz-json-1.0", "host": host, "x-amz-target": f"DynamoDB_20120810.{target}",
               "x-amz-date": dt.datetime.now(dt.timezone.utc).strftime("%Y%m%dT%H%M%SZ")}
    names = sorted(headers)
    signed = signature(secret, "/", headers, names, body, region, "dynamodb")
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={key}/{headers['x-amz-date'][:8]}/{region}/dynamodb/aws4_request, "
                                f"SignedHeaders={';'.join(names)}, Signature={signed}")
    return headers


def problem(headers, path, body, secret):
    """Why the request is not signed with the secret; None where it is."""
    headers = {name.lower(): value for name, value in headers.items()}
    found = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if not found:
        return f"no Authorization header of the form: {headers.get('authorization')}"
    names = found["names"].split(";")
    if names != sorted(names) or not {"host", "x-amz-date", "x-amz-target", "content-type"} <= set(names):
        return f"signed headers: {names}"
    if headers["x-amz-date"][:8] != found["day"]:
        return "x-amz-date is of another day"
    expected = signature(secret, path, headers, names, body, found["region"], found["service"])
    return None if expected == found["signature"] else f"signature {found['signature']}, not {expected}"
