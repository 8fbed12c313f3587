# SPDX-License-Identifier: Apache-2.0
import itertools
import os

SHARE = int(os.environ.get("NDR_TEST_SHARE", "1"))


def pytest_collection_modifyitems(config, items):
    """Of each file one test in NDR_TEST_SHARE, its first included: where everything is slow, and is run in full elsewhere."""
    kept = [item for _, of_file in itertools.groupby(items, lambda item: item.path) for item in list(of_file)[::SHARE]]
    if len(kept) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
