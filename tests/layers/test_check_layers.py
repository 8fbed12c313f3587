# SPDX-License-Identifier: Apache-2.0
"""tools/check_layers.py finds what it is there to find, in a tree of two modules and an application."""
import subprocess
import sys
from pathlib import Path

import pytest

CHECKER = Path(__file__).resolve().parents[2] / "tools/check_layers.py"
BOUNDARIES = """\
stage never ndr/disk/ arrow/io/
sqlite3.h only disk/file.cc
nlohmann/ only apps disk
"""


@pytest.fixture
def tree(tmp_path):
    put(tmp_path, "src/ndr/LAYERS", "disk 1\nstage 2\n")
    put(tmp_path, "src/ndr/BOUNDARIES", BOUNDARIES)
    source(tmp_path, "src/ndr/disk/file.cc", "<sqlite3.h>", "<nlohmann/json.hpp>")
    source(tmp_path, "src/ndr/stage/stage.h", "<arrow/array.h>", '"ndr/stage/other.h"')
    source(tmp_path, "apps/ndr/main.cc", "<nlohmann/json.hpp>", '"ndr/disk/file.h"')
    return tmp_path


def put(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def source(root, name, *includes):
    put(root, name, "".join(["// SPDX-License-Identifier: Apache-2.0\n", *(f"#include {i}\n" for i in includes)]))


def checked(root):
    done = subprocess.run([sys.executable, CHECKER, root], capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines()


def test_a_tree_within_its_boundaries(tree):
    assert checked(tree) == (0, ["layers: 2 modules, no problems"])


@pytest.mark.parametrize("name, include, problem", [
    ("src/ndr/disk/low.cc", '"ndr/stage/stage.h"', "disk (layer 1) includes stage (layer 2)"),
    ("src/ndr/stage/in.cc", '"ndr/disk/file.h"', "includes ndr/disk/file.h; BOUNDARIES: never stage"),
    ("src/ndr/stage/in.cc", "<arrow/io/file.h>", "includes arrow/io/file.h; BOUNDARIES: never stage"),
    ("src/ndr/disk/list.cc", "<sqlite3.h>", "includes sqlite3.h; BOUNDARIES: only disk/file.cc"),
    ("src/ndr/stage/in.cc", "<nlohmann/json.hpp>", "includes nlohmann/json.hpp; BOUNDARIES: only apps disk"),
    ("apps/ndr/show.cc", "<sqlite3.h>", "includes sqlite3.h; BOUNDARIES: only disk/file.cc"),
])
def test_an_include_that_is_not_allowed(tree, name, include, problem):
    source(tree, name, include)
    assert checked(tree) == (1, [f"{name}: {problem}"])


def test_an_owner_that_is_not_there_would_forbid_nothing(tree):
    put(tree, "src/ndr/BOUNDARIES", BOUNDARIES + "stages never ndr/disk/\n")
    assert checked(tree) == (1, ["src/ndr/BOUNDARIES: there is no stages"])


def test_a_file_without_a_licence_line_and_with_an_empty_name(tree):
    put(tree, "tools/utils.py", "")
    code, problems = checked(tree)
    assert code == 1 and len(problems) == 2
