# SPDX-License-Identifier: Apache-2.0
"""The secrets that all tests hand to the engine, and the net that holds them back: engine.py looks at what each process says and at its
arguments, conftest.py at all files that a session leaves. The engine has no louder level of logging than the one that is looked at."""
import base64
import subprocess
from pathlib import Path
from urllib.parse import quote

SECRET_KEY = "planted-secret-Zq8+x/4kT7"
SESSION_TOKEN = "planted-session-token-h7Gw"
# As they are, as a part of a URL, of JSON, and as the SDKs' base64.
FORMS = sorted({form for secret in (SECRET_KEY, SESSION_TOKEN)
                for form in (secret, quote(secret, safe=""), secret.replace("/", "\\/"), base64.b64encode(secret.encode()).decode())})
OWN = "-knows-the-secret"  # the end of the name of a file or folder in which a test or a server of the tests keeps it


def assert_absent(said, where):
    found = [form for form in FORMS if form in said]
    assert not found, f"{where} holds a secret: ...{said[max(0, said.index(found[0]) - 200):][:400]}"


def files_with(folder):
    """Files below the folder in which a secret stands, but for those that have to know it."""
    found = subprocess.run(["grep", "-rlaF", "-f", "-", f"--exclude=*{OWN}", f"--exclude-dir=*{OWN}", str(folder)], input="\n".join(FORMS),
                           capture_output=True, text=True)
    assert found.returncode in (0, 1), found.stderr
    return [Path(line) for line in found.stdout.splitlines()]
