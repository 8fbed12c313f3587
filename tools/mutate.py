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
import fcntl
import io
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIMEOUT_SECONDS = 300
SURVIVED, NO_MUTANT = "SURVIVED", "does not compile"
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

    def __init__(self, options):
        self.options, folder = options, options.build_folder
        self.source, self.build, self.programs = folder / "source", folder / "build", folder / "programs"
        for tree in (["HEAD"], [options.sources, "src"]):
            with tarfile.open(fileobj=io.BytesIO(git("archive", *tree))) as archive:
                for member in filter(tarfile.TarInfo.isfile, archive):
                    self.write(self.source / member.name, archive.extractfile(member).read())
        requirements = ["tools/requirements.txt", "tools/requirements-test.txt"]
        self.run(["bash", "tools/python_env.sh", ROOT / "build/python", *requirements], check=True)
        self.run(["cmake", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Dev", "-S", self.source, "-B", self.build,
                  f"-DNDR_PYTHON_ENV={ROOT}/build/python"], check=True)

    def write(self, path, content):
        if not path.is_file() or path.read_bytes() != content:  # what stays as it is needs no compiling
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def run(self, command, **more):
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace"}
        return subprocess.run(["nice", *command], cwd=self.source, **output, **more)

    def build_mutant(self, site, tests, kept):
        """Leaves the tests' programs with the mutation in the folder `kept`, nothing where it does not compile."""
        path = self.source / site["path"]
        text, end = path.read_bytes(), site["at"] + len(site["before"])
        self.write(path, text[:site["at"]] + site["after"].encode() + text[end:])
        targets = [f"{t}_test" if isinstance(t, str) else "ndr" for t in tests]
        jobs = f"-j{self.options.jobs}"
        if self.run(["cmake", "--build", self.build, jobs, "--target", *targets]).returncode == 0:
            kept.mkdir(parents=True)
            for target in targets:
                shutil.copy(self.build / "bin" / target, kept)
        self.write(path, text)

    def first_failure(self, kept, tests):
        env = {"NDR_SHARED_DATA": f"{ROOT}/../shared/data", **os.environ, "NDR_BINARY": f"{kept}/ndr",
               "NDR_SOURCE_DIR": str(self.source), "RC_PARAMS": "seed=1"}
        for test in tests if kept.exists() else ():
            command = [kept / f"{test}_test", "--gtest_fail_fast"]
            if not isinstance(test, str):
                pytest = [ROOT / "build/python/bin/python", *"-m pytest -xq -p no:cacheprovider".split()]
                command = [*pytest, "-k", test[1], f"tests/{test[0]}"]
            try:
                done = self.run(command, env=env, timeout=TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                return f"{test}, without an end"
            if done.returncode:
                failed = re.findall(r"(?:\[  FAILED  \]|^FAILED|^ERROR) ([\w/.:\[\]-]+)", done.stdout, re.M)
                begun = re.findall(r"\[ RUN      \] (\S+)", done.stdout) or [str(test)]
                return failed[0] if failed else f"{begun[-1]}, crash"
        return SURVIVED if kept.exists() else NO_MUTANT

    def try_all(self, mutants):
        """By (site, tests) the first test that fails, SURVIVED or NO_MUTANT. Builds all, then tests all."""
        every_test = {t: None for _, tests in mutants for t in tests}
        mutants = [({"path": "README.md", "at": 0, "before": "", "after": ""}, list(every_test)), *mutants]
        shutil.rmtree(self.programs, ignore_errors=True)
        with open(self.options.lock, "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for i, (site, tests) in enumerate(mutants):
                self.build_mutant(site, tests, self.programs / str(i))
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            results = pool.map(lambda i: self.first_failure(self.programs / str(i), mutants[i][1]), range(len(mutants)))
            if (result := next(results)) != SURVIVED:
                sys.exit(f"without a mutation: {result}")
            for (site, _), result in zip(mutants[1:], results):
                print(site["path"], site["line"], site["before"], "->", site["after"], result, file=sys.stderr, flush=True)
                yield site, result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=1, help="compilers, or tests, at a time")
    parser.add_argument("--build-folder", type=pathlib.Path, default=ROOT / "build/mutants")
    parser.add_argument("--sources", default="HEAD", help="the revision of src; all else is that of HEAD")
    parser.add_argument("--lock", default=os.devnull, help="a file to hold locked while compilers run")
    parser.add_argument("--list", action="store_true", help="show the places and end")
    options = parser.parse_args()
    sites = pick_sites(options.sources, options.seed)
    results, known = options.build_folder / "results.jsonl", {}
    if results.exists():
        known = {key: r for key, r in map(json.loads, results.read_text().splitlines()) if r != SURVIVED}

    def chosen():
        for i, (m, (_, own)) in enumerate(FORMULAS.items()):
            compile_all = [s for s in sites[m] if known.get(json.dumps(s)) != NO_MUTANT]
            yield from ((s, own.split()) for s in compile_all[:len(range(i, options.count, len(FORMULAS)))])

    def learn(tried):
        for site, result in tried:
            known[json.dumps(site)] = result
            with results.open("a") as file:
                print(json.dumps([json.dumps(site), result]), file=file)

    if not options.list:
        shop = Workshop(options)
        while new := [(s, own) for s, own in chosen() if json.dumps(s) not in known]:
            learn(shop.try_all(new))
        last = [(s, [t for t in LAST if t not in own]) for s, own in chosen() if known[json.dumps(s)] == SURVIVED]
        learn(shop.try_all(last) if last else ())
    print("| | place | code | change | caught by |\n| --: | --- | --- | --- | --- |")
    for i, (s, _) in enumerate(chosen(), 1):
        code, before, after = (s[k].strip().replace("|", "\\|") or " " for k in ("code", "before", "after"))
        result = known.get(json.dumps(s), "")
        print(f"| {i} | {s['path'][8:]}:{s['line']} | `{code}` | `{before}` to `{after}` | {result} |")
    return 1 if SURVIVED in (known.get(json.dumps(s)) for s, _ in chosen()) else 0


if __name__ == "__main__":
    sys.exit(main())
