#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_layers.py [ROOT]: holds the sources to the rules that a compiler does not check.

Modules of src/ndr stand in src/ndr/LAYERS and include only modules of lower layers (so there are no
cycles); src/ndr/BOUNDARIES says what some of them never include, and who alone includes third-party headers; no
source file is longer than 400 lines, lacks the licence line, or has a name that says nothing.
"""

import pathlib
import re
import sys

MAX_LINES = 400
SPDX = "SPDX-License-Identifier: Apache-2.0"
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager"}
SOURCE_FOLDERS = ("src", "apps", "tests", "bench", "tools", "cmake")
SOURCE_SUFFIXES = {".cc", ".h", ".py", ".sh", ".cmake"}
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.MULTILINE)
MODULE = re.compile(r"ndr/([a-z_]+)/")


def read_layers(path):
    lines = (line.split("#")[0].split() for line in path.read_text().splitlines())
    return {words[0]: int(words[1]) for words in lines if words}


def read_boundaries(path):
    """(word, owners, beginnings of includes): `never` and `only`."""
    for line in path.read_text().splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        word = "never" if "never" in words else "only"
        left, right = words[:words.index(word)], words[words.index(word) + 1:]
        yield (word, left, right) if word == "never" else (word, right, left)


def boundary_problems(root, boundaries):
    for owner in sorted({owner for _, owners, _ in boundaries for owner in owners} - {"apps"}):
        if not (root / "src" / "ndr" / owner).exists():
            yield f"src/ndr/BOUNDARIES: there is no {owner}"
    for folder in ("src/ndr", "apps"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in {".cc", ".h"}:
                continue
            inside = path.relative_to(root / "src" / "ndr") if folder == "src/ndr" else path.relative_to(root)
            names = {inside.parts[0], inside.as_posix()}
            for included in sorted(set(INCLUDE.findall(path.read_text()))):
                for word, owners, beginnings in boundaries:
                    is_owner = not names.isdisjoint(owners)
                    if is_owner == (word == "never") and included.startswith(tuple(beginnings)):
                        yield f"{path.relative_to(root)}: includes {included}; BOUNDARIES: {word} {' '.join(owners)}"


def include_problems(root, layers):
    source_root = root / "src" / "ndr"
    for path in sorted(source_root.rglob("*")):
        if path.suffix not in {".cc", ".h"}:
            continue
        module = path.relative_to(source_root).parts[0]
        if module not in layers:
            yield f"{path.relative_to(root)}: module {module} is not in src/ndr/LAYERS"
            continue
        modules = filter(None, map(MODULE.match, INCLUDE.findall(path.read_text())))
        for included in sorted({match.group(1) for match in modules}):
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
    boundaries = list(read_boundaries(root / "src" / "ndr" / "BOUNDARIES"))
    problems = [*include_problems(root, layers), *boundary_problems(root, boundaries), *file_problems(root)]
    print("\n".join(problems) or f"layers: {len(layers)} modules, no problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
