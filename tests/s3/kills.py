# SPDX-License-Identifier: Apache-2.0
"""strace stops a process at the n-th call of a kind, on disk; the proxy does so at the n-th request, on S3."""
import os
import re
import shutil
import subprocess
from collections import Counter

import pytest

import roots

ALL = os.environ.get("NDR_TEST_KILL_ALL") == "1"
# Whatever changes a disk or brings it up to date. Of openat only those that make a file: the others are reads.
CALLS = ("mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,write,pwrite64,writev,ftruncate,fallocate,fsync,"
         "fdatasync,syncfs,sync_file_range,flock")


def strace():
    found = shutil.which("strace")
    if not found:
        pytest.skip("strace kills the engine at a chosen call, and is not installed")
    return found


def _run(command, folder):
    # The search for leaks traces its process itself, so under strace it cannot.
    leaks = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, cwd=folder, timeout=300,
                          env={**os.environ, **roots.Folder.environment, **leaks})


def calls_of(command, folder):
    """Every (call, n) that a run of the command makes, n counted by kind and thread as strace does; the run must end well."""
    log = folder / "calls"
    done = _run([strace(), "-f", "-qq", "-e", f"trace=?{CALLS.replace(',', ',?')}", "-o", log, *command], folder)
    if "ptrace" in done.stderr and done.returncode:
        pytest.skip(f"strace may not trace here: {done.stderr.strip()[:200]}")
    assert done.returncode == 0, done.stderr
    seen, points = Counter(), []
    for thread, call in re.findall(r"^(\d+) +(\w+)\(", log.read_text(), re.M):
        seen[thread, call] += 1
        points.append((call, seen[thread, call]))
    return list(dict.fromkeys(points))


def kill_at(command, folder, call, n):
    """The command, killed where it is about to make this call; the kill must happen."""
    done = _run([strace(), "-f", "-qq", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={n}", "-o", "/dev/null", *command], folder)
    assert done.returncode in (-9, 137), f"{call} {n}: not killed but {done.returncode} {done.stderr[-500:]}"


def some(points, few):
    """All points where that was asked for; else so many, spread evenly, with the first and the last."""
    if ALL or len(points) <= few:
        return points
    return [points[i * (len(points) - 1) // (few - 1)] for i in range(few)]
