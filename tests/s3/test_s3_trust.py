# SPDX-License-Identifier: Apache-2.0
"""TLS by an authority of one's own, and secrets that stay where they are."""
from pathlib import Path

import pytest

import authority
import fault_proxy
import planted
import roots
import story
import engine

TOKEN = planted.SESSION_TOKEN


def test_an_own_authority(told, versitygw_tls):
    lake = roots.Prefix(versitygw_tls, versitygw_tls.bucket("trusted")).fill(told.before)
    story.run_slots(lake, [story.LAST], told.project, told.logs)
    assert lake.published() == told.after.published()


@pytest.mark.parametrize("bundle", ["another", "the system's"])
def test_a_server_of_no_trusted_authority_is_refused(told, versitygw_tls, tmp_path, bundle):
    lake = roots.Prefix(versitygw_tls, "ready")
    other = authority.make(tmp_path / "other").authority if bundle == "another" else ""
    done = story.run_job(lake, "delta", story.LAST, told.project, told.logs, expect=1, env={"AWS_CA_BUNDLE": str(other)})
    assert "certificate" in done.stderr and "AWS_CA_BUNDLE" in done.stderr
    assert not [p for p in lake.files() if not p.startswith("_reports/")]


def test_a_bundle_that_is_not_there_is_named(told, versitygw_tls):
    lake = roots.Prefix(versitygw_tls, "ready")
    done = story.run_job(lake, "delta", story.LAST, told.project, told.logs, expect=1, env={"AWS_CA_BUNDLE": "/absent/ca.pem"})
    assert "/absent/ca.pem" in done.stderr and "AWS_CA_BUNDLE" in done.stderr


def test_no_output_holds_a_secret(told, versitygw, bucket, proxy):
    """Of runs that end well and of those that do not: what they print, the arguments of the process, and all that lies below the root."""
    lake, seen = roots.Prefix(versitygw, bucket, url=proxy.url).fill(told.before), []

    def run(*command, env=None):
        process = engine.start(*command, "--root", lake.location, env=lake.environment | (env or {}))
        proxy.on(fault_proxy.look(lambda: seen.append(Path(f"/proc/{process.pid}/cmdline").read_text())))
        seen.append("".join(engine.ended(process, 120)))
        assert seen[-1]
        proxy.reset()

    delta = [*story.flags("delta", story.LAST, told.project), "--raw-parsed-logs-prefix", told.logs]
    # As S3 does, which sends an expired token back.
    expired = fault_proxy.refuse(400, "ExpiredToken", "The provided token has expired.", f"<Token-0>{TOKEN}</Token-0>")
    for fault in (fault_proxy.refuse(403, "AccessDenied"), expired):
        proxy.on(fault, times=1000)
        run(*delta, env={"AWS_SESSION_TOKEN": TOKEN})
    run(*delta, env={"AWS_SESSION_TOKEN": TOKEN})
    run(*delta, env={"AWS_ACCESS_KEY_ID": "nobody"})
    run(*delta)
    run("show", "delta/host")
    assert any(engine.BINARY in text for text in seen), "no command line was seen"
    seen += [lake.read(path).decode("latin-1") for path in lake.files()]
    for text in seen:
        planted.assert_absent(text, "what was seen")
