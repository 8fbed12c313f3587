#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_layers.py [ROOT]: holds the sources to the rules that a compiler does not check.

Modules of src/ndr stand in src/ndr/LAYERS and include only modules of lower layers (so there are no
cycles); no source file is longer than 400 lines, lacks the licence line, or has a name that says nothing.
"""

import pathlib
import re
import sys

MAX_LINES = 400
SPDX = "SPDX-License-Identifier: Apache-2.0"
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager"}
SOURCE_FOLDERS = ("src", "apps", "tests", "bench", "tools", "cmake")
SOURCE_SUFFIXES = {".cc", ".h", ".py", ".sh", ".cmake"}
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]ndr/([a-z_]+)/', re.MULTILINE)


def read_layers(path):
    lines = (line.split("#")[0].split() for line in path.read_text().splitlines())
    return {words[0]: int(words[1]) for words in lines if words}


def include_problems(root, layers):
    source_root = root / "src" / "ndr"
    for path in sorted(source_root.rglob("*")):
        if path.suffix not in {".cc", ".h"}:
            continue
        module = path.relative_to(source_root).parts[0]
        if module not in layers:
            yield f"{path.relative_to(root)}: module {module} is not in src/ndr/LAYERS"
            continue
        for included in sorted(set(INCLUDE.findall(path.read_text()))):
            if included == module:
                continue
            if included not in layers:
                yield f"{path.relative_to(root)}: includes {included}, which is not in src/ndr/LAYERS"
            elif layers[included] >= layers[module]:
                yield (f"{path.relative_to(root)}: {module} (layer {layers[module]}) includes "
                       f"{included} (layer {layers[included]})")


def file_problems(root):
    for folder in SOURCE_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in SOURCE_SUFFIXES or not path.is_file():
                continue
            lines = path.read_text().splitlines()
            name = path.relative_to(root)
            if len(lines) > MAX_LINES:
                yield f"{name}: {len(lines)} lines, more than {MAX_LINES}"
            if not any(SPDX in line for line in lines[:2]):
                yield f"{name}: no licence line ({SPDX})"
            if VAGUE_NAMES & set(path.stem.lower().split("_")):
                yield f"{name}: the name says nothing of what is inside"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    layers = read_layers(root / "src" / "ndr" / "LAYERS")
    problems = [*include_problems(root, layers), *file_problems(root)]
    print("\n".join(problems) or f"layers: {len(layers)} modules, no problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
