# SPDX-License-Identifier: Apache-2.0
"""The servers and the proxy do what the other tests here rely on, as plain boto3 sees it."""
import itertools
import os
import ssl
import time
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError, IncompleteReadError, ResponseStreamingError, SSLError

import fault_proxy
import planted
import servers

names = (f"rig-{n}-{os.getpid()}" for n in itertools.count(1))
BROKEN = (ConnectionError, HTTPClientError, IncompleteReadError, ResponseStreamingError)


@pytest.mark.parametrize("form", planted.FORMS)
def test_the_net_holds_a_secret_back(tmp_path, form):
    """In what is said, and in files: any but those that have to know it."""
    with pytest.raises(AssertionError, match="holds a secret"):
        planted.assert_absent(f"denied to {form}, said the server", "stderr")
    planted.assert_absent("access is denied", "stderr")
    (tmp_path / "_reports").mkdir()
    (tmp_path / "_reports" / "fg_a.json").write_bytes(b"\0{" + form.encode() + b"}")
    (tmp_path / f"keys{planted.OWN}").write_text(form)
    assert planted.files_with(tmp_path) == [tmp_path / "_reports" / "fg_a.json"]
    (tmp_path / "_reports" / "fg_a.json").unlink()


def code(refused):
    return refused.value.response["Error"]["Code"], refused.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_a_first_put_wins_and_a_replacement_needs_what_it_replaces(server):
    s3, bucket = server.client, server.bucket(next(names))
    first = s3.put_object(Bucket=bucket, Key="a=1/x.json", Body=b"one", IfNoneMatch="*", Metadata={"token": "t1"})
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=bucket, Key="a=1/x.json", Body=b"two", IfNoneMatch="*")
    assert code(refused) == ("PreconditionFailed", 412)
    read = s3.get_object(Bucket=bucket, Key="a=1/x.json")
    assert (read["Body"].read(), read["Metadata"], read["ETag"]) == (b"one", {"token": "t1"}, first["ETag"])
    s3.put_object(Bucket=bucket, Key="a=1/x.json", Body=b"three", IfMatch=first["ETag"])
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=bucket, Key="a=1/x.json", Body=b"four", IfMatch=first["ETag"])
    assert code(refused) == ("PreconditionFailed", 412)
    assert s3.get_object(Bucket=bucket, Key="a=1/x.json")["Body"].read() == b"three"


def test_keys_with_an_equals_sign_are_listed_as_they_are(server):
    s3, bucket = server.client, server.bucket(next(names))
    keys = [f"fg_a/dt=2026-03-0{day}/hh=00/x.parquet" for day in range(1, 4)]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix="fg_a/dt=")["Contents"]] == keys


def test_a_wrong_secret_and_an_absent_bucket_have_their_names(server):
    with pytest.raises(ClientError) as refused:
        servers.client(server.url, secret_key="wrong").list_objects_v2(Bucket="ready")
    assert code(refused) == ("SignatureDoesNotMatch", 403)
    with pytest.raises(ClientError) as refused:
        server.client.list_objects_v2(Bucket="absent")
    assert code(refused) == ("NoSuchBucket", 404)


def test_the_proxy_passes_on_and_counts(proxy, bucket):
    s3 = servers.client(proxy.url)
    s3.put_object(Bucket=bucket, Key="a/b=c", Body=b"x" * 3_000_000)
    assert s3.get_object(Bucket=bucket, Key="a/b=c")["Body"].read() == b"x" * 3_000_000
    s3.head_object(Bucket=bucket, Key="a/b=c")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "a/b=c"})
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 2
    s3.delete_object(Bucket=bucket, Key="copy")
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a/b=c"}]})
    assert proxy.counts() == {"PUT": 1, "GET": 1, "HEAD": 1, "COPY": 1, "LIST": 1, "DELETE": 1, "DELETES": 1}
    put, get = proxy.requests[:2]
    assert (put.status, get.status, put.sent >= 3_000_000, get.received >= 3_000_000) == (200, 200, True, True)


@pytest.mark.parametrize("status, name", [(503, "SlowDown"), (409, "ConditionalRequestConflict"), (507, "InsufficientStorage"),
                                          (403, "AccessDenied"), (400, "ExpiredToken")])
def test_the_proxy_refuses_the_chosen_request_alone(proxy, bucket, status, name):
    s3 = servers.client(proxy.url)
    proxy.on(fault_proxy.refuse(status, name), method="PUT", key="/chosen", at=2)
    s3.put_object(Bucket=bucket, Key="chosen", Body=b"1")
    s3.put_object(Bucket=bucket, Key="other", Body=b"2")
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=bucket, Key="chosen", Body=b"3")
    assert code(refused) == (name, status)
    s3.put_object(Bucket=bucket, Key="chosen", Body=b"4")
    assert s3.get_object(Bucket=bucket, Key="chosen")["Body"].read() == b"4"


def test_a_refused_request_is_tried_again_by_whoever_retries(proxy, bucket):
    proxy.on(fault_proxy.slow_down(), method="PUT", times=2)
    servers.client(proxy.url, attempts=3).put_object(Bucket=bucket, Key="a", Body=b"1")
    assert [r.status for r in proxy.requests] == [0, 0, 200]


def test_connections_are_cut_on_either_way(proxy, bucket, versitygw):
    s3, big = servers.client(proxy.url), b"x" * 2_000_000
    proxy.on(fault_proxy.cut_request(), method="PUT", key="/sent")
    with pytest.raises(BROKEN):
        s3.put_object(Bucket=bucket, Key="sent", Body=big)
    versitygw.client.put_object(Bucket=bucket, Key="read", Body=big)
    proxy.on(fault_proxy.cut_answer(), method="GET", key="/read")
    with pytest.raises(BROKEN):
        s3.get_object(Bucket=bucket, Key="read")["Body"].read()
    assert [o["Key"] for o in versitygw.client.list_objects_v2(Bucket=bucket)["Contents"]] == ["read"]


def test_an_answer_is_lost_after_the_server_did_it(proxy, bucket, versitygw):
    proxy.on(fault_proxy.lose_answer(), method="PUT")
    with pytest.raises(BROKEN):
        servers.client(proxy.url).put_object(Bucket=bucket, Key="a", Body=b"done")
    assert versitygw.client.get_object(Bucket=bucket, Key="a")["Body"].read() == b"done"


@pytest.mark.parametrize("after, there", [(False, 0), (True, 1)])
def test_the_test_is_called_at_the_nth_request(proxy, bucket, versitygw, after, there):
    called = []
    proxy.on(fault_proxy.call(lambda: called.append(1), after=after), at=2)
    s3 = servers.client(proxy.url)
    s3.list_objects_v2(Bucket=bucket)
    with pytest.raises(BROKEN):
        s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    assert called == [1] and versitygw.client.list_objects_v2(Bucket=bucket)["KeyCount"] == there


def test_an_answer_comes_late(proxy, bucket):
    proxy.on(fault_proxy.delay(0.3), method="LIST")
    begin = time.monotonic()
    servers.client(proxy.url).list_objects_v2(Bucket=bucket)
    assert time.monotonic() - begin >= 0.3


def test_the_own_authority_is_trusted_and_no_other(versitygw_tls):
    assert versitygw_tls.client.list_buckets()["Buckets"]
    with pytest.raises((SSLError, BotoCoreError)):
        servers.client(versitygw_tls.url).list_buckets()
    with pytest.raises(urllib.error.URLError) as refused:
        urllib.request.urlopen(versitygw_tls.url, context=ssl.create_default_context())
    assert isinstance(refused.value.reason, ssl.SSLCertVerificationError)
