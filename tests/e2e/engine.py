# SPDX-License-Identifier: Apache-2.0
"""Runs the binary that is tested, and reads what it left below a root."""
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import planted

BINARY = os.environ.get("NDR_BINARY", "")
SOURCE = os.environ.get("NDR_SOURCE_DIR", Path(__file__).resolve().parents[2])
TIMEOUT_SECONDS = 1200
EVER = ("--since", "2000-01-01T00:00:00Z")  # of `ndr show`: every batch, not the newest one
UNPUBLISHED = {"_reports", "_staging"}      # times and memory stand in reports, so no two are equal
LAKE = None                                 # a lake.Lake where roots and logs lie on S3


def start(*arguments, env=None):
    """`ndr ARGUMENTS` as a process; its output waits to be read."""
    command, lake = ([BINARY, *map(str, arguments)], {}) if LAKE is None else ([BINARY, *LAKE.there(arguments)], LAKE.environment)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **lake, **(env or {})})
    planted.assert_absent(Path(f"/proc/{process.pid}/cmdline").read_text(), "its command line")
    return process


def ended(process, timeout=TIMEOUT_SECONDS):
    """(stdout, stderr) of what was started, once it has ended."""
    try:
        said = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    planted.assert_absent("".join(said), " ".join(process.args))
    return said if LAKE is None else tuple(map(LAKE.here, said))


def run(*arguments, expect=0, env=None):
    """`ndr ARGUMENTS`; the exit code must be the expected one (None: any)."""
    process = start(*arguments, env=env)
    done = subprocess.CompletedProcess(process.args, None, *ended(process))
    done.returncode = process.returncode
    assert expect is None or done.returncode == expect, f"{' '.join(done.args)}\nexit {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


def replay(logs, root, *flags, expect=0, env=None):
    return run("replay", "--input", logs, "--root", root, *flags, expect=expect, env=env)


def json_lines(*arguments):
    """What a verb prints with --format json, a dict a line."""
    return [json.loads(line) for line in run(*arguments, "--format", "json").stdout.splitlines()]


def show(root, dataset, *flags):
    return json_lines("show", dataset, "--root", root, *flags)


def findings(root, *flags):
    return json_lines("findings", "--root", root, *flags)


def findings_table(output):
    """The findings with which a replay ends."""
    return output.split("\n  #  host")[1].split("\nAgain at any time")[0]


def files(root):
    """Every published file below a root, relative to it."""
    root = Path(root)
    return sorted(p.relative_to(root) for p in root.rglob("*")
                  if p.is_file() and p.relative_to(root).parts[0] not in UNPUBLISHED and not _on_s3_alone(p))


def _on_s3_alone(path):
    """An index of commit records, or one that was taken back and says so."""
    return path.parent.name == "_days" or LAKE is not None and "_commits" in path.parts and b'"withdrawn"' in path.read_bytes()


def staged(root):
    """What lies in a root and is not published yet."""
    return list((Path(root) / "_staging").glob("*"))


def contents(root):
    """The hash of every published file's bytes: data, commit records, quarantine."""
    return {str(p): hashlib.sha256((Path(root) / p).read_bytes()).hexdigest() for p in files(root)}


def published(root):
    """Of contents(): data and commit records, which are the same wherever a root lies and wherever its logs did."""
    return {path: digest for path, digest in contents(root).items() if not path.startswith("_") or path.startswith("_commits/")}


def without_memory(found):
    """Of contents(): what the intake remembers of log files outlives their configuration, so a fresh run may remember less."""
    return {path: digest for path, digest in found.items() if not path.startswith("_intake/")}


def times(root):
    """When each published file was last written, in nanoseconds."""
    return {str(p): (Path(root) / p).stat().st_mtime_ns for p in files(root)}


def commits(root, family="*"):
    """Commit records by path."""
    root = Path(root)
    return {str(p.relative_to(root)): json.loads(p.read_text()) for p in sorted(root.glob(f"_commits/{family}/*/*.json")) if not _on_s3_alone(p)}


def forget(root, family, unit, version="v1"):
    """As if this had never been committed: without its record, and without the index on S3 that lists it."""
    folder = Path(root) / "_commits" / family / f"feature_spec_version={version}"
    (folder / f"{unit}.json").unlink()
    shutil.rmtree(folder / "_days", ignore_errors=True)


def data(root):
    """Files of the datasets alone, by path."""
    return {path: digest for path, digest in contents(root).items() if not path.startswith("_")}


def report(root):
    """The run report of a root's one replay."""
    (path,) = Path(root).glob("_reports/replay/*/*.json")
    return json.loads(path.read_text())


def counters(root):
    return report(root)["counters"]


def rows_out(root, step):
    """Rows that a step of the last run gave; 0 where it did not run."""
    return sum(s["rows_out"] for s in report(root)["steps"] if s["name"] == step)


# Lines that gave no session, whatever the reason: with `used` they are all of them (notes such as zoneless_times count used lines).
NOT_USED = ("ahead", "blank_lines", "duplicates", "header_lines", "late", "malformed_address", "no_bytes_no_ports", "no_host",
            "null_start", "other_streams", "outside_batch", "outside_history", "skipped_bad_file", "skipped_records",
            "superseded", "unparsable")


def assert_every_line_is_accounted_for(root):
    n = counters(root)
    assert n["lines_read"] == n["used"] + sum(n.get(name, 0) for name in NOT_USED), n
