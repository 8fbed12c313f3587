# SPDX-License-Identifier: Apache-2.0
"""SageMaker's feature store runtime as botocore describes it: what a request is, whether it is valid, who signed it."""
import json
import re

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

MODEL = ServiceModel(Loader().load_service_model("sagemaker-featurestore-runtime", "service-2"))
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>\w+)/(?P<day>\d{8})/(?P<region>[a-z0-9-]+)/(?P<service>\w+)/aws4_request, ?"
    r"SignedHeaders=(?P<names>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})")
MAX_RECORD_BYTES, MAX_ID_BYTES, MAX_FEATURES = 350 << 10, 2 << 10, 2500


def operation_of(method, path, body):
    """(name, parameters); (None, why) where there is no such operation."""
    part = path.strip("/").split("/")
    known = {("POST", 1, "BatchWriteRecord"): "BatchWriteRecord", ("PUT", 2, "FeatureGroup"): "PutRecord",
             ("POST", 3, "FeatureGroup"): "ListRecords"}
    name = known.get((method, len(part), part[0]))
    if name is None or (name == "ListRecords" and part[2] != "ListRecords"):
        return None, f"no operation {method} {path}"
    try:
        parameters = json.loads(body)
    except ValueError as error:
        return None, f"no JSON: {error}"
    if name != "BatchWriteRecord":
        parameters["FeatureGroupName"] = part[1]
    return name, parameters


def _limits(value, shape, where, found):
    """What ParamValidator leaves out: max, enum, pattern."""
    limit = shape.metadata
    size = value if shape.type_name in ("integer", "long") else len(value) if hasattr(value, "__len__") else None
    if size is not None and "max" in limit and size > limit["max"]:
        found.append(f"{where}: {size} is more than {limit['max']}")
    if shape.type_name == "string":
        if getattr(shape, "enum", None) and value not in shape.enum:
            found.append(f"{where}: {value!r} is none of {shape.enum}")
        if limit.get("pattern", ".*") != ".*" and not re.fullmatch(limit["pattern"], value):
            found.append(f"{where}: {value!r} does not match {limit['pattern']}")
    elif shape.type_name == "list":
        for index, element in enumerate(value):
            _limits(element, shape.member, f"{where}[{index}]", found)
    elif shape.type_name == "structure":
        for name, element in value.items():
            if name in shape.members:
                _limits(element, shape.members[name], f"{where}.{name}", found)


def size_of(record):
    return sum(len(f["FeatureName"].encode()) + len(f["ValueAsString"].encode()) for f in record)


def value_in(record, name):
    return next((f["ValueAsString"] for f in record if f["FeatureName"] == name), None)


def _record(record, found):
    names = [f["FeatureName"] for f in record]
    identifier = value_in(record, "entity_id")
    if len(set(names)) < len(names) or len(names) > MAX_FEATURES:
        found.append(f"{len(names)} features, {len(set(names))} names")
    if not identifier or len(identifier.encode()) > MAX_ID_BYTES:
        found.append(f"record identifier {identifier!r}")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", value_in(record, "window_end_ts") or ""):
        found.append(f"event time {value_in(record, 'window_end_ts')!r}")
    if size_of(record) > MAX_RECORD_BYTES:
        found.append(f"{size_of(record)} bytes")
    for feature in record:
        if feature["ValueAsString"].lower() in ("nan", "inf", "-inf", "null"):
            found.append(f"{feature['FeatureName']} is {feature['ValueAsString']}")


def problems(operation, parameters):
    """Each violation of the model, and of the limits that stand in the developer guide."""
    shape = MODEL.operation_model(operation).input_shape
    report = ParamValidator().validate(parameters, shape)
    if report.has_errors():
        return [report.generate_report()]
    found = []
    _limits(parameters, shape, operation, found)
    for entry in parameters.get("Entries", [parameters]):
        if "Record" in entry and not found:
            _record(entry["Record"], found)
    if operation == "BatchWriteRecord":
        ids = [(e["FeatureGroupName"], value_in(e["Record"], "entity_id")) for e in parameters["Entries"]]
        if len(set(ids)) < len(ids):
            found.append("one identifier twice in a request: nobody says which is written first")
    return found


def signature_problem(method, path, headers, body, key, secret, token):
    """None where botocore's signer comes to the same signature; headers have lower-case names."""
    found = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if not found or found["service"] != "sagemaker" or found["key"] != key:
        return f"Authorization: {headers.get('authorization')}"
    names = found["names"].split(";")
    needed = {"host", "x-amz-date", "content-type"} | ({"x-amz-security-token"} if token else set())
    if not needed <= set(names) or (token and headers.get("x-amz-security-token") != token):
        return f"signed headers: {names}"
    request = AWSRequest(method=method, url=f"http://{headers['host']}{path}", data=body,
                         headers={name: headers[name] for name in names})
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials(key, secret, token), "sagemaker", found["region"])
    expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return None if expected == found["signature"] else f"signature {found['signature']}, not {expected}"
