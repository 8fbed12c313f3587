# SPDX-License-Identifier: Apache-2.0
"""The windows of every end of the day, end by end; the partials are loaded once."""
from fg_a import LEAVES_OUT, compute, load  # noqa: F401


def run(con, folder, watch, emit):
    with watch:
        first, last = load(con, folder)
    for end in range(first + 1, last + 1):
        with watch:
            compute(con, first, end)
        emit("fg_a")
