#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mutate.py [--seed N] [--count N] [--sources REV] ...: do the tests notice when a formula is wrong?

By a seed and spread over the modules it picks places in the engine's formulas, changes one operator or constant at a
time in a copy of what is committed, and runs the tests, the likeliest first, until one fails. Where a mutant does not
compile, the next place of its module stands in. Prints a table in Markdown; exits with 1 when a mutant survives. The
build folder keeps the results: started again, it goes on and tries only survivors anew.

    tools/mutate.py --seed 1 --list      # the places only
    tools/mutate.py --seed 1 > table.md
"""

import argparse
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
TIMEOUT_SECONDS, MEMORY_BYTES, SURVIVED, NO_MUTANT = 300, 8 << 30, "SURVIVED", "does not compile"
# By module the files that hold formulas (the others move bytes), and the tests that are likeliest to notice.
FORMULAS = {
    "stats": ("ranked.h rarity.h scale.h weighted_run.cc", "stats baselines"),
    "ingest": ("scalars.cc assembler.cc ndr_json.cc zeek.cc zeek_tsv.cc argus.cc zones.cc", "ingest"),
    "delta": ("arrival.h classify.h delta.cc duplicates.cc emit.cc pair_counts.cc slice_tables.cc", "delta laws"),
    "pairs": ("beacon.cc geometry.h histogram.h host_settle.cc lookback.cc pair_queries.cc pair_settle.cc "
              "pair_slots.cc pair_steps.cc sliding_pairs.cc", "pairs windows laws"),
    "windows": ("assemble.cc derived_metrics.cc host_ledger.cc row_metrics.cc wide.cc window_builder.cc", "windows laws"),
    "baselines": ("band_slices.cc capping.cc column_runs.cc global_table.cc pair_rarity.cc plan.cc plan.h "
                  "segment_rows.cc segment_tables.cc", "baselines"),
    "reference": ("builder.cc reference.cc tables.h", "reference correlation"),
    "correlation": ("correlator.cc distances.cc evidence.cc evidence_beaconing.cc evidence_formulas.cc levels.cc "
                    "evidence_terms.cc host_lists.cc pair_features.cc pair_features.h ranks.cc rarity_cache.cc "
                    "scores.cc scores.h time_band.cc transforms.cc transforms.h windows_compared.cc", "correlation"),
    "findings": ("findings.cc", "findings"),
}
# Then whole jobs; of pytest's folders the cases that are named.
PYTEST = {"oracle": "short and not test_self", "e2e": "looking"}
LAST = ["laws", "jobs", *PYTEST]
# Lines whose change is undefined, does not compile, or changes nothing.
NOT_FORMULAS = [
    (r"^\s*(#|using|template|enum|friend|case|class|struct)\b|^\s*k\w+ = \w+,?$", "declares"),
    (r"try_emplace|^\s*((const|static|constexpr) )*[\w:]+ \w+(\{0?\})?;|\b\w+ = 0[,;]|, 0, 0\}", "is written over"),
    (r"^\s*for \(|(<|<=|>=) \S+size\(\)|size\(\) > (\d+) && \(?\w+\[\2\]", "one more is behind an end"),
    (r"\bbegin\(|\bend\(\)|\.data\(\)|ptrdiff_t|_offset|offsets", "positions in containers"),
    (r"\[\]\(const|return std::(tie|pair)|return \(?\w+\.[\w.]+ < \w+\.|return \w+\[a\] <", "an order: <= is none"),
    (r"<< |\bmiddle\b|\? 1 : 2;", "keys side by side, a bisection, ranks: nothing but the order counts"),
    (r"reserve|resize|capacity|refetch|kAhead|memory_bytes|sizeof|shrink_to_fit|budget|[Ss]pill|int64_t days = "
     r"|kShort\b|k\w*Rows\b|kSlicesPerRound|kTypicalLineBytes|kMostSessions|kShards|threads|[Gg]eneration|Hash|Mix\("
     r"|sweep", "room, speed, sizes of a step, threads: results do not depend on them"),
    (r"size\(\) > kPairsPerRow|text\.size\(\) < 10|o\.c_\.Source|SameAddresses|o\.sequence|to_left <", "the same"),
    (r"[Ss]tatus|RETURN_NOT_OK|ASSIGN_OR_RAISE|assert\(|Quarantine|Unparsable|\0 \+|\+ \0|\+=? base::Format", "texts"),
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


def sites_of(path, text):
    """Every place of a file where an operator or constant of a formula can change."""
    lines = SILENT.sub(lambda m: re.sub(r"[^\n]", "\0", m.group()), text).splitlines()
    start = 0
    for i, (line, code) in enumerate(zip(lines, text.splitlines())):
        is_check = "Status::" in "".join(lines[i + 1:i + 2])
        if not is_check and not any(re.search(pattern, line) for pattern, _ in NOT_FORMULAS):
            for m, to in ((m, to) for pattern, to in OPERATORS for m in re.finditer(pattern, line)):
                after = str(int(m.group().replace("'", "")) + 1) if to is None else to
                yield {"path": path, "line": i + 1, "at": start + m.start(), "before": m.group(), "after": after,
                       "code": code.strip()}
        start += len(line) + 1


def pick_sites(revision, seed, module):
    """All sites of a module, in the order in which they are taken."""
    paths = [f"src/ndr/{module}/{name}" for name in FORMULAS[module][0].split()]
    sites = [s for p in paths for s in sites_of(p, git("show", f"{revision}:{p}").decode())]
    return sorted(sites, key=lambda s: random.Random(f"{seed} {s}").random())


class Workshop:
    """A copy of the sources with a build folder of its own."""

    def __init__(self, options):
        self.options, names = options, ("source", "build", "programs")
        self.source, self.build, self.programs = (options.build_folder / name for name in names)
        for tree in (["HEAD"], [options.sources, "src"]):
            with tarfile.open(fileobj=io.BytesIO(git("archive", *tree))) as archive:
                for member in filter(tarfile.TarInfo.isfile, archive):
                    path, content = self.source / member.name, archive.extractfile(member).read()
                    if not path.is_file() or path.read_bytes() != content:  # what stays as it is needs no compiling
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_bytes(content)
        python = ["bash", "tools/python_env.sh", ROOT / "build/python"]
        self.run([*python, "tools/requirements.txt", "tools/requirements-test.txt"], check=True)
        self.run(["cmake", "--preset", "dev", "-B", self.build, f"-DNDR_PYTHON_ENV={ROOT}/build/python"], check=True)

    def run(self, command, **more):
        return subprocess.run(["prlimit", f"--as={MEMORY_BYTES}", "nice", "-n5", *command], cwd=self.source, text=True,
                              errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)

    def build_mutant(self, site, tests, kept):
        """Leaves the tests' programs with the mutation in the folder `kept`, nothing where it does not compile."""
        path = self.source / site["path"]
        text, end = path.read_text(), site["at"] + len(site["before"])
        path.write_text(text[:site["at"]] + site["after"] + text[end:])
        targets = ["ndr" if t in PYTEST else f"{t}_test" for t in tests]
        if self.run(["cmake", "--build", self.build, f"-j{self.options.jobs}", "-t", *targets]).returncode == 0:
            kept.mkdir(parents=True)
            for target in targets:
                shutil.copy(self.build / "bin" / target, kept)
        path.write_text(text)

    def first_failure(self, kept, tests):
        env = {"NDR_SHARED_DATA": f"{ROOT}/../shared/data", **os.environ, "NDR_BINARY": f"{kept}/ndr",
               "NDR_SOURCE_DIR": str(self.source), "RC_PARAMS": "seed=1"}
        for test in tests if kept.exists() else ():
            command = [kept / f"{test}_test", "--gtest_fail_fast"]
            if test in PYTEST:
                command = [ROOT / "build/python/bin/python", "-m", "pytest", "-xqk", PYTEST[test], f"tests/{test}"]
            try:
                done = self.run(command, env=env, timeout=TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                return f"{test}, without an end"
            if done.returncode:
                failed = re.findall(r"(?:\[  FAILED  \]|^FAILED|^ERROR) ([\w/.:\[\]-]+)", done.stdout, re.M)
                return failed[0] if failed else f"{(re.findall(r'RUN      . (.+)', done.stdout) or [test])[-1]}, crash"
        return SURVIVED if kept.exists() else NO_MUTANT

    def try_all(self, mutants, known):
        """Builds all (site, tests), then tests all; makes `known` what became of each."""
        no_mutant = {"path": "README.md", "line": 1, "at": 0, "before": "", "after": ""}
        mutants = [(no_mutant, list({t: 0 for _, tests in mutants for t in tests})), *mutants]
        shutil.rmtree(self.programs, ignore_errors=True)
        for i, (site, tests) in enumerate(mutants):
            self.build_mutant(site, tests, self.programs / str(i))
        for i, (site, tests) in enumerate(mutants):
            result = known[json.dumps(site)] = self.first_failure(self.programs / str(i), tests)
            print(site["path"], site["line"], site["before"], "->", site["after"], result, file=sys.stderr, flush=True)
            if i == 0 and result != SURVIVED:
                sys.exit("fails without a mutation")
            with self.options.results.open("a") as file:
                print(json.dumps([json.dumps(site), result]), file=file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=1, help="compilers at a time")
    parser.add_argument("--build-folder", type=pathlib.Path, default=ROOT / "build/mutants")
    parser.add_argument("--sources", default="HEAD", help="the revision of src; all else is that of HEAD")
    parser.add_argument("--list", action="store_true", help="show the places and what is known of them")
    options = parser.parse_args()
    sites = {module: pick_sites(options.sources, options.seed, module) for module in FORMULAS}
    options.results = options.build_folder / "results.jsonl"
    lines = options.results.read_text().splitlines() if options.results.exists() else []
    known = {site: result for site, result in map(json.loads, lines) if result != SURVIVED}

    def chosen():
        for i, (module, (_, own)) in enumerate(FORMULAS.items()):
            mutants = [(s, own.split()) for s in sites[module] if known.get(json.dumps(s)) != NO_MUTANT]
            yield from mutants[:len(range(i, options.count, len(FORMULAS)))]

    if not options.list:
        shop = Workshop(options)
        while new := [(s, own) for s, own in chosen() if json.dumps(s) not in known]:
            shop.try_all(new, known)
        if last := [(s, [t for t in LAST if t not in own]) for s, own in chosen() if known[json.dumps(s)] == SURVIVED]:
            shop.try_all(last, known)
    print("| | place | code | change | caught by |\n| --: | --- | --- | --- | --- |")
    for i, (s, _) in enumerate(chosen(), 1):
        code, before, after = (s[k].strip().replace("|", "\\|") or " " for k in ("code", "before", "after"))
        column = s["at"] - git("show", f"{options.sources}:{s['path']}").rfind(b"\n", 0, s["at"])
        place, result = f"{s['path'][8:]}:{s['line']}:{column}", known.get(json.dumps(s), "")
        print(f"| {i} | {place} | `{code}` | `{before}` to `{after}` | {result} |")
    return 1 if SURVIVED in (known.get(json.dumps(s)) for s, _ in chosen()) else 0


if __name__ == "__main__":
    sys.exit(main())
