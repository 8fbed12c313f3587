# SPDX-License-Identifier: Apache-2.0
"""Two processes that make one batch at the same moment."""
import os

import fault_proxy
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
    processes = [engine.start(*story.flags("delta", story.LAST, told.project), "--input", of_one, "--root", root.location, env=root.environment)
                 for of_one in logs]
    said = ["".join(engine.ended(process, 120)) for process in processes]
    return [(process.returncode, output) for process, output in zip(processes, said)]


def race_to_the_record(told, folder, root, proxy):
    """Two deliveries of one batch, both writers about to put its commit record at the same moment. (exit code, output) of each."""
    proxy.on(fault_proxy.meet(2), method="PUT", key=r"/_commits/delta/[^/]*/[^/]*\.json$", times=2)
    return race(told, root, deliveries(told, folder, differ=True))


def assert_one_won(ends):
    """And the other was told."""
    (won, _), (lost, said) = sorted(ends)
    assert (won, lost) == (0, 1) and any(word in said for word in TOLD_OF_THE_OTHER), ends


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
