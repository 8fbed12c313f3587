# SPDX-License-Identifier: Apache-2.0
"""What each test leaves in its roots, kept in the file NDR_TEST_LEFT by the run on folders and compared by the one on S3."""
import hashlib
import json
import os
from pathlib import Path

import engine

FILE = os.environ.get("NDR_TEST_LEFT")


def digests(folder):
    """{root below the folder: {dataset or kind of commit record: digest of names and bytes}}; roots that published nothing are none."""
    found = {}
    for commits in sorted(Path(folder).rglob("_commits")):
        datasets = {}
        for path, digest in engine.published(commits.parent).items():
            name = "/".join(path.split("/")[:2]) if path.startswith("_commits/") else path.split("/feature_spec_version=")[0]
            datasets.setdefault(name, hashlib.sha256()).update(f"{path} {digest}\n".encode())
        if datasets:
            found[str(commits.parent.relative_to(folder))] = {name: digest.hexdigest() for name, digest in datasets.items()}
    return found


def _named(found):
    return ((root, dataset) for root, datasets in found.items() for dataset in datasets)


class Ledger:
    """Kept on folders, compared on S3."""

    def __init__(self):
        self._kept = {}
        if FILE and engine.LAKE:
            assert Path(FILE).exists(), f"{FILE} is not there: run the same tests on folders first"
            self._kept = json.loads(Path(FILE).read_text())

    def add(self, name, folder):
        """`name`: of the test or fixture that made what lies in the folder."""
        if not FILE:
            return
        found = digests(folder)
        if engine.LAKE:
            assert name in self._kept, f"{FILE} has no {name}: run the same tests on folders first"
            differ = sorted(f"{root}/{dataset}" for root, dataset in {*_named(found), *_named(self._kept[name])}
                            if found.get(root, {}).get(dataset) != self._kept[name].get(root, {}).get(dataset))
            assert not differ, f"{name} leaves something else on S3 than in a folder: {', '.join(differ)}"
        else:
            self._kept[name] = found

    def close(self):
        if FILE and not engine.LAKE:
            Path(FILE).write_text(json.dumps(self._kept, indent=1))
