# SPDX-License-Identifier: Apache-2.0
"""Two writers of one batch on S3: one commit record, whole, and the other is told. On two servers, since it is they who decide; and on
one that does not, where the test must notice that both win."""
import itertools
import os

import pytest

import fault_proxy
import roots
import servers
import writers

S3S_FS = os.environ.get("NDR_TEST_S3S_FS")

numbers = itertools.count(1)


@pytest.fixture
def behind_proxy():
    """A function that gives an empty root on a server, and the proxy before it."""
    proxies = []

    def make(server):
        proxies.append(fault_proxy.Proxy(server.port))
        return roots.Prefix(server, server.bucket(f"meeting-{next(numbers)}"), url=proxies[-1].url), proxies[-1]
    yield make
    for proxy in proxies:
        proxy.close()


@pytest.mark.parametrize("differ", [False, True], ids=["the same", "another"])
def test_two_writers_of_one_batch(told, tmp_path, server, differ):
    bucket = server.bucket(f"race-{next(numbers)}")

    def fresh(n):
        return roots.Prefix(server, bucket, f"lake-{n}")
    writers.race_often(told, tmp_path, fresh, differ)


def test_two_writers_at_the_record(told, tmp_path, server, behind_proxy):
    root, proxy = behind_proxy(server)
    writers.assert_one_won(writers.race_to_the_record(told, tmp_path, root, proxy))
    root.assert_whole()


@pytest.mark.skipif(not S3S_FS, reason="NDR_TEST_S3S_FS names s3s-fs, which takes every put: there both writers must be seen to win")
def test_two_winners_are_noticed(told, tmp_path, behind_proxy):
    server = servers.s3s_fs(tmp_path / "server", S3S_FS)
    try:
        ends = writers.race_to_the_record(told, tmp_path, *behind_proxy(server))
    finally:
        server.close()
    assert [code for code, _ in ends] == [0, 0], ends
    with pytest.raises(AssertionError):
        writers.assert_one_won(ends)
