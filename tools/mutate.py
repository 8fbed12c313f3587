#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mutate.py [--seed N] [--count N] [--sources REV] ...: do the tests notice when a formula is wrong?

Picks places in the formulas of the engine, by a seed and spread over the modules, changes one operator or constant
at a time in a copy of what is committed, and runs the tests, the likeliest first, until one fails. Where a mutant does
not compile, the next place of its module stands in. Prints a table in Markdown; exits with 1 when a mutant survives.
The build folder keeps the results: started again, it goes on and tries only survivors anew.

    tools/mutate.py --seed 1 --list      # the places only
    tools/mutate.py --seed 1 > table.md
"""

import argparse
import concurrent.futures
import io
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIMEOUT_SECONDS = 300
# By module the files that hold formulas (the others move bytes), and the tests that are likeliest to notice.
FORMULAS = {
    "stats": ("ranked.h scale.h weighted_run.cc", "stats baselines"),
    "ingest": ("scalars.cc assembler.cc ndr_json.cc zeek.cc zeek_tsv.cc argus.cc zones.cc", "ingest"),
    "delta": ("arrival.h classify.h delta.cc duplicates.cc emit.cc pair_counts.cc slice_tables.cc", "delta laws"),
    "pairs": ("beacon.cc geometry.h histogram.h host_settle.cc lookback.cc pair_queries.cc pair_settle.cc "
              "pair_slots.cc pair_steps.cc sliding_pairs.cc", "pairs windows laws"),
    "windows": ("assemble.cc host_ledger.cc row_metrics.cc wide.cc window_builder.cc", "windows laws"),
    "baselines": ("band_slices.cc capping.cc column_runs.cc global_table.cc pair_rarity.cc plan.cc plan.h "
                  "segment_rows.cc segment_tables.cc", "baselines"),
    "reference": ("builder.cc reference.cc tables.h", "reference correlation"),
    "correlation": ("correlator.cc distances.cc evidence.cc evidence_beaconing.cc evidence_formulas.cc levels.cc "
                    "evidence_terms.cc host_lists.cc pair_features.cc pair_features.h ranks.cc rarity_cache.cc "
                    "scores.cc scores.h time_band.cc transforms.cc transforms.h windows_compared.cc", "correlation"),
    "findings": ("findings.cc", "findings"),
}
# Then whole jobs; of pytest's folders the cases that are named.
LAST = ["laws", "jobs", ("oracle", "short and not test_self"), ("e2e", "looking")]
# Lines whose change is undefined, does not compile, or changes nothing.
NOT_FORMULAS = [
    (r"^\s*(#|using|template|enum|friend|case|class|struct)\b|^\s*k\w+ = \w+,?$", "declares"),
    (r"try_emplace|^\s*(const |static |constexpr )*[\w:]+ \w+( = 0|\{0?\})?(, \w+ = 0)*;", "starts, often written over"),
    (r"^\s*for \(|(<|<=|>=) \S+size\(\)", "one more is behind an end"),
    (r"size\(\) > kPairsPerRow", "a full list is cut to itself"),
    (r"\bbegin\(|\bend\(\)|\.data\(\)|ptrdiff_t|_offset|offsets", "positions in containers"),
    (r"\[\]\(const|return std::(tie|pair)|return \(?(\w+)\.[\w.]+ < \w+\.|return \w+\[a\] <", "an order: <= is none"),
    (r"<< |\bmiddle\b", "keys side by side, however far apart; a bisection, wherever it cuts"),
    (r"reserve|resize|capacity|refetch|kAhead|memory_bytes|sizeof|shrink_to_fit|budget|[Ss]pill", "room and speed"),
    (r"kShort\b|k\w*Rows\b|kSlicesPerRound|kTypicalLineBytes|kMostSessions|kShards", "sizes of a step"),
    (r"threads|[Gg]eneration|Hash|Mix\(|sweep", "results depend on none"),
    (r"[Ss]tatus|RETURN_NOT_OK|ASSIGN_OR_RAISE|assert\(|Quarantine|Unparsable", "errors"),
    (r"\0 \+|\+ \0|\+=? base::FormatInstant", "texts"),
]
OPERATORS = [
    (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " / "), (r" / ", " * "), (r" \+= ", " -= "), (r" -= ", " += "),
    (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "), (r" == ", " != "), (r" != ", " == "),
    (r" && ", " || "), (r" \|\| ", " && "), (r"std::min\b", "std::max"), (r"std::max\b", "std::min"),
    (r"(?<![\w!])!(?=[\w(*])", ""), (r"(?<=[ (])-(?=[\w(])", ""),
    (r"(?<=return )(?=[^;<>=?&|]* [+*/-] [^;<>=?&|]*;)", "-"), (r"(?<![\w.\[{'])\d[\d']*(?![\w.'\]])", None)]
SILENT = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'|(?<=\w)<[\w:, *&]*>""", re.S)


def git(*arguments):
    return subprocess.run(["git", "-C", ROOT, *arguments], check=True, stdout=subprocess.PIPE).stdout


def sites_of(module, path, text):
    """Every place of a file where an operator or constant of a formula can change."""
    lines = SILENT.sub(lambda m: re.sub(r"[^\n]", "\0", m.group()), text).splitlines()
    start = 0
    for i, (line, code) in enumerate(zip(lines, text.splitlines())):
        is_check = "Status::" in "".join(lines[i + 1:i + 2])
        if not is_check and not any(re.search(pattern, line) for pattern, _ in NOT_FORMULAS):
            for m, to in ((m, to) for pattern, to in OPERATORS for m in re.finditer(pattern, line)):
                after = str(int(m.group().replace("'", "")) + 1) if to is None else to
                yield {"module": module, "path": path, "line": i + 1, "at": start + m.start(), "before": m.group(),
                       "after": after, "code": code.strip()}
        start += len(line) + 1


def pick_sites(revision, seed):
    """By module all its sites, in the order in which they are taken."""
    sites = {}
    for module, (files, _) in FORMULAS.items():
        paths = [f"src/ndr/{module}/{name}" for name in files.split()]
        sites[module] = [s for p in paths for s in sites_of(module, p, git("show", f"{revision}:{p}").decode())]
        random.Random(f"{seed} {module}").shuffle(sites[module])
    return sites


class Workshop:
    """A copy of the sources with a build folder of its own."""

    def __init__(self, folder, options):
        self.source, self.build, self.launcher = folder / "source", folder / "build", options.launcher.split()
        for tree in (["HEAD"], [options.sources, "src"]):
            with tarfile.open(fileobj=io.BytesIO(git("archive", *tree))) as archive:
                for member in filter(tarfile.TarInfo.isfile, archive):
                    self.write(self.source / member.name, archive.extractfile(member).read())
        requirements = ["tools/requirements.txt", "tools/requirements-test.txt"]
        self.run(["bash", "tools/python_env.sh", ROOT / "build/python", *requirements], check=True)
        self.run(["cmake", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Dev", "-S", self.source, "-B", self.build,
                  f"-DNDR_PYTHON_ENV={ROOT}/build/python"], check=True)
        if failed := self.first_failure([*FORMULAS, *LAST]):
            sys.exit(f"{self.source} without a mutation: {failed}")

    def write(self, path, content):
        if not path.is_file() or path.read_bytes() != content:  # what stays as it is needs no compiling
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def run(self, command, **more):
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace"}
        return subprocess.run(command, cwd=self.source, **output, **more)

    def first_failure(self, tests):
        """The name of the first test that fails, 'does not compile', or None."""
        env = {"NDR_SHARED_DATA": f"{ROOT}/../shared/data", **os.environ, "NDR_BINARY": f"{self.build}/bin/ndr",
               "NDR_SOURCE_DIR": str(self.source), "RC_PARAMS": "seed=1"}
        for test in tests:
            folder, cases = test if isinstance(test, tuple) else (test, None)
            target = "ndr" if cases else f"{folder}_test"
            if self.run([*self.launcher, "cmake", "--build", self.build, "-j1", "--target", target]).returncode:
                return "does not compile"
            pytest = [ROOT / "build/python/bin/python", *"-m pytest -xq -p no:cacheprovider -k".split(), cases]
            native = [self.build / "bin" / target, "--gtest_fail_fast"]
            try:
                done = self.run([*pytest, f"tests/{folder}"] if cases else native, env=env, timeout=TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                return f"{target}: does not end"
            if done.returncode:
                failed = re.findall(r"(?:\[  FAILED  \]|^FAILED|^ERROR) ([\w/.:\[\]-]+)", done.stdout, re.M)
                begun = re.findall(r"\[ RUN      \] (\S+)", done.stdout) or ["start"]
                return failed[0] if failed else f"{begun[-1]}, crash"
        return None

    def try_mutant(self, site):
        path = self.source / site["path"]
        text = path.read_text()
        path.write_text(text[:site["at"]] + site["after"] + text[site["at"] + len(site["before"]):])
        own = FORMULAS[site["module"]][1].split()
        try:
            return self.first_failure(own + [t for t in LAST if t not in own]) or "SURVIVED"
        finally:
            path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=1, help="copies that are built and tested at a time")
    parser.add_argument("--build-folder", type=pathlib.Path, default=ROOT / "build/mutants")
    parser.add_argument("--sources", default="HEAD", help="the revision of src; all else is that of HEAD")
    parser.add_argument("--launcher", default="nice", help="what starts each build")
    parser.add_argument("--list", action="store_true", help="show the places and end")
    options = parser.parse_args()
    sites = pick_sites(options.sources, options.seed)
    shares = {m: len(range(i, options.count, len(FORMULAS))) for i, m in enumerate(FORMULAS)}
    if options.list:
        for s in (s for m in FORMULAS for s in sites[m][:shares[m]]):
            print(f"{s['path']}:{s['line']}  {s['before'].strip()} -> {s['after'].strip()}  {s['code']}")
        return 0
    workshops = [Workshop(options.build_folder / str(i), options) for i in range(options.jobs)]
    results = options.build_folder / "results.jsonl"
    known = dict(json.loads(line) for line in results.read_text().splitlines()) if results.exists() else {}

    def work(module):
        """As many mutants of the module as its share, of those that compile."""
        shop, tried = workshops.pop(), []
        todo = iter(sites[module])
        while len(tried) < shares[module] and (site := next(todo, None)):
            result = known.get(json.dumps(site), "SURVIVED")
            if result == "SURVIVED":
                result = shop.try_mutant(site)
                with results.open("a") as file:
                    print(json.dumps([json.dumps(site), result]), file=file)
                print(site["path"], site["line"], site["before"], "->", site["after"], result, file=sys.stderr)
            if result != "does not compile":
                tried.append((site, result))
        workshops.append(shop)
        return tried

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        tried = [pair for share in pool.map(work, FORMULAS) for pair in share]
    print("| | place | code | change | caught by |\n| --: | --- | --- | --- | --- |")
    for i, (s, result) in enumerate(tried, 1):
        code, before, after = (s[k].strip().replace("|", "\\|") for k in ("code", "before", "after"))
        print(f"| {i} | {s['path'][8:]}:{s['line']} | `{code}` | `{before or ' '}` to `{after or ' '}` | {result} |")
    return 1 if any(result == "SURVIVED" for _, result in tried) else 0


if __name__ == "__main__":
    sys.exit(main())
