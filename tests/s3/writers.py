# SPDX-License-Identifier: Apache-2.0
"""Two processes that make one batch at the same moment."""
import os
import subprocess

import roots
import story
import engine  # of tests/e2e, which roots puts on the path

RACES = int(os.environ.get("NDR_TEST_RACES", "5"))
TOLD_OF_THE_OTHER = ("another", "other writer", "already")


def deliveries(told, folder, differ):
    """The logs of either writer."""
    if not differ:
        return [told.logs / story.batches.batch_id(story.LAST)] * 2
    paths = []
    for writer in range(2):
        sessions = [story.traffic.record(n, story.LAST * 900 + n, "10.1.0.10", f"203.0.113.{writer}") for n in range(20)]
        paths.append(story.traffic.write(sessions, folder / f"of-{writer}.json"))
    return paths


def race(told, root, logs):
    """Both begin together. (exit code, output) of each."""
    processes = [subprocess.Popen([str(a) for a in (engine.BINARY, *story.flags("delta", story.LAST, told.project), "--input", of_one, "--root",
                                                    root.location)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  env={**os.environ, **root.environment}) for of_one in logs]
    return [(p.returncode, out) for p, out in ((p, p.communicate(timeout=120)[0]) for p in processes)]


def race_often(told, folder, fresh, differ):
    """`fresh(n)`: an empty root. The committed bytes are always those of one writer, whole; with equal inputs both end well."""
    logs = deliveries(told, folder, differ)
    allowed, seen = [], []
    for n, of_one in enumerate(logs):
        alone = fresh(f"alone-{n}")
        alone.run(*story.flags("delta", story.LAST, told.project), "--input", of_one)
        allowed.append(alone.published())
        seen.append(alone.show("delta/pair"))
    assert (allowed[0] != allowed[1]) == differ
    for n in range(RACES):
        root = fresh(n)
        ends = race(told, root, logs)
        assert 0 in [code for code, _ in ends], ends
        root.assert_whole()
        assert root.committed() in allowed, ends
        # Readers see it, by whatever way they find it.
        assert root.show("delta/pair") in seen, ends
        # Nothing of the one that lost is left.
        assert root.published() in allowed, ends
        for code, output in ends:
            assert code == 0 or differ and any(word in output for word in TOLD_OF_THE_OTHER), ends
