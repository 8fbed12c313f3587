# SPDX-License-Identifier: Apache-2.0
"""`ndr features ingest --online sagemaker` against the runtime server."""
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))
import engine  # noqa: E402

# With record_id, entity_id and window_end_ts twenty.
FEATURES = ("host_ip", "role", "segment_id", "time_band", "window_label", "sessions_cnt", "allow_cnt", "deny_cnt", "bytes_src_sum",
            "bytes_dst_sum", "duration_mean", "deny_ratio", "tcp_ratio", "udp_ratio", "peer_ip_nunique", "peer_ip_entropy", "is_weekend")
GROUP = "acme-fg-a"


class Ingestion:
    """One root, one ledger: runs of the verb, which may be killed."""

    def __init__(self, root, runtime, folder, **online):
        self.root, self.runtime, self.folder = Path(root), runtime, Path(folder)
        self.ledger, self.letters, self.project = self.folder / "ledger", self.folder / "dead.jsonl", self.folder / "project.json"
        self.online = {"kind": "sagemaker", "requests_per_second": 2000, "write_units_per_second": 100000, "concurrency": 8,
                       "entries_per_request": 25, "max_dead_letter_ratio": 0.2} | online
        self.project.write_text(json.dumps({"feature_groups": {"names": {"fg_a": GROUP}, "online": self.online}}))
        self.said = ""

    def command(self, *flags):
        return ["features", "ingest", "--root", self.root, "--project", self.project, "--online", "sagemaker", "--dataset", "fg_a",
                "--ledger", self.ledger, "--dead-letters", self.letters, "--features", ",".join(FEATURES), *flags]

    def run(self, *flags, expect=0, **env):
        """The report, a number by name."""
        done = engine.run(*self.command(*flags), expect=expect, env=self.runtime.environment(**env))
        self.said += done.stdout + done.stderr
        return report_of(done.stdout) if expect == 0 else done.stderr

    def ended_at(self, requests, how, *flags):
        """Signals the process when the server has had so many requests more; (exit code, rows in the ledger then)."""
        before = len(self.runtime.lines())
        process = engine.start(*self.command(*flags), env=self.runtime.environment())
        while len(self.runtime.lines()) < before + requests and process.poll() is None:
            time.sleep(0.01 if requests < 500 else 0.3)
        assert process.poll() is None, f"it was done before it could be killed: {engine.ended(process)}"
        process.send_signal(how)
        self.said += "".join(engine.ended(process))
        return process.returncode, sum(line.startswith("row ") for line in self.ledger.read_text().splitlines())

    def dead_letters(self):
        return [json.loads(line) for line in self.letters.read_text().splitlines()] if self.letters.exists() else []


def report_of(stdout):
    """`p99            12.5 ms` as {"p99": 12.5}."""
    words = [line.split() for line in stdout.splitlines()]
    return {" ".join(w for w in line if not _is_number(w) and w != "ms"): next(float(w) for w in line if _is_number(w))
            for line in words if any(map(_is_number, line))}


def _is_number(word):
    try:
        float(word)
        return True
    except ValueError:
        return False


def make_root(folder, days=1, hours=None):
    """Simulated days of 40 hosts, some 57,000 rows of fg_a each, or the first hours of them."""
    engine.run("simulate", "--out", folder / "logs", "--hosts", 40, "--days", days, "--seed", 7, "--file-minutes", 60)
    for late in sorted((folder / "logs").glob("*/*.json"))[hours:] if hours else []:
        late.unlink()
    (folder / "logs" / "answer-key.json").unlink()
    engine.replay(folder / "logs", folder / "out")
    return folder / "out"


def keys_of(root):
    """{(entity, event time)} of the committed rows."""
    done = engine.run("show", "fg_a", "--root", root, *engine.EVER, "--format", "csv")
    ids = [line.split(",", 1)[0].rsplit("|", 1) for line in done.stdout.splitlines()[1:]]
    return {(entity, event_time) for entity, event_time in ids}
