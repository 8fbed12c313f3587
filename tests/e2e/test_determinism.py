# SPDX-License-Identifier: Apache-2.0
"""The same bytes whatever the machine, the threads and the way in which the input lies in files."""
import subprocess

import pyarrow as pa
import pytest

import engine
import traffic


def locale_with_commas():
    names = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.split()
    return "de_DE.UTF-8" if "de_DE.utf8" in names else "C.UTF-8"


@pytest.mark.parametrize("threads", [1, 2])
def test_threads(small, tmp_path, threads):
    small.replay(tmp_path / "root", "--threads", threads)
    assert engine.contents(tmp_path / "root") == small.contents


def test_zone_and_locale_of_the_machine(small, tmp_path):
    run = small.replay(tmp_path / "root", env={"TZ": "Asia/Kolkata", "LC_ALL": locale_with_commas()})
    assert engine.contents(tmp_path / "root") == small.contents
    assert engine.findings_table(run.stdout) == engine.findings_table(small.output)


def but_for_inputs(root):
    return {path: {k: v for k, v in record.items() if k != "inputs"} for path, record in engine.commits(root).items()}


def assert_same_but_for_inputs(small, root):
    assert engine.data(root) == engine.data(small.root)
    assert but_for_inputs(root) == but_for_inputs(small.root)


@pytest.fixture(scope="module")
def sessions(small):
    return [line for path in sorted(small.logs.iterdir()) for line in path.read_text().splitlines(keepends=True)]


def test_one_file(small, sessions, tmp_path):
    (tmp_path / "all.json").write_text("".join(sessions))
    small.replay(tmp_path / "root", logs=tmp_path / "all.json")
    assert_same_but_for_inputs(small, tmp_path / "root")


def test_cut_anywhere(small, sessions, tmp_path):
    """Files that overlap in time, in folders, found in another order than the sessions came."""
    logs = tmp_path / "logs"
    for i in range(7):
        (logs / f"{(3 * i) % 7}").mkdir(parents=True)
        (logs / f"{(3 * i) % 7}" / "part.json").write_text("".join(sessions[i::7]))
    small.replay(tmp_path / "root", logs=logs)
    assert_same_but_for_inputs(small, tmp_path / "root")


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_compressed(small, tmp_path, codec):
    suffix = {"gzip": ".gz", "zstd": ".zst"}[codec]
    (tmp_path / "logs").mkdir()
    for path in small.logs.iterdir():
        with pa.CompressedOutputStream(str(tmp_path / "logs" / (path.name + suffix)), codec) as out:
            out.write(path.read_bytes())
    small.replay(tmp_path / "root", logs=tmp_path / "logs")
    assert_same_but_for_inputs(small, tmp_path / "root")


def test_glob_and_repeated_input(small, tmp_path):
    """Files named one by one, and by globs that overlap, are each read once."""
    run = small.replay(tmp_path / "root", "--input", small.logs / "sessions-02[0-4].json")
    assert engine.contents(tmp_path / "root") == small.contents, run.stdout


@pytest.fixture(scope="module")
def six_hours(tmp_path_factory):
    """Roots of the same six hours of a simulated company, by the format of its logs."""
    folder = tmp_path_factory.mktemp("formats")
    roots = {}
    for log_format in ("ndr-json", "zeek", "argus"):
        logs = folder / log_format
        engine.run("simulate", "--out", logs, "--hosts", 40, "--days", 1, "--seed", 3, "--file-minutes", 360, "--format", log_format)
        (morning,) = logs.glob("*/conn.06.*")
        engine.replay(morning, folder / f"root-{log_format}")
        roots[log_format] = folder / f"root-{log_format}"
    return roots


@pytest.mark.parametrize("log_format", ["zeek", "argus"])
def test_formats_tell_the_same(six_hours, log_format):
    """What every format can say: who met whom, on which port, how often, with how many bytes."""
    columns = "slice_start_ts,src_ip,dst_ip,dst_port,sessions_cnt"
    expected = engine.show(six_hours["ndr-json"], "delta/pair", *engine.EVER, "--columns", columns)
    assert len(expected) > 1000
    assert engine.show(six_hours[log_format], "delta/pair", *engine.EVER, "--columns", columns) == expected
    engine.assert_every_line_is_accounted_for(six_hours[log_format])


def test_memory_acts_on_no_byte(company, tmp_path):
    """So little that baselines take several passes and the reference is loaded band by band."""
    run = engine.replay(company.logs, tmp_path / "root", "--memory-limit", "3M")
    assert engine.contents(tmp_path / "root") == engine.contents(company.root)
    for what in ("baselines were built in", "pair rarity was built in"):
        assert what in run.stdout
