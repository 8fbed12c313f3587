# SPDX-License-Identifier: Apache-2.0
"""Two writers of one batch on S3: one commit record, whole, and the other is told. On two servers, since it is they who decide."""
import itertools

import pytest

import roots
import writers

numbers = itertools.count(1)


@pytest.mark.parametrize("differ", [False, True], ids=["the same", "another"])
def test_two_writers_of_one_batch(told, tmp_path, server, differ):
    bucket = server.bucket(f"race-{next(numbers)}")

    def fresh(n):
        return roots.Prefix(server, bucket, f"lake-{n}")
    writers.race_often(told, tmp_path, fresh, differ)
