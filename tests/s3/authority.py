# SPDX-License-Identifier: Apache-2.0
"""A certificate authority of the tests' own, and a server certificate of 127.0.0.1 by it."""
import subprocess
from pathlib import Path
from types import SimpleNamespace


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def make(folder):
    """`authority`: what clients trust; `chain` and `key`: what the server shows, as absolute paths."""
    folder = Path(folder).resolve()
    folder.mkdir(parents=True)
    key, request, chain = folder / "server.key", folder / "server.csr", folder / "server.crt"
    _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 2, "-subj", "/CN=authority of a test", "-keyout",
             folder / "authority.key", "-out", folder / "authority.crt")
    _openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", request)
    (folder / "names").write_text("subjectAltName = IP:127.0.0.1, DNS:localhost\n")
    _openssl("x509", "-req", "-days", 2, "-in", request, "-CA", folder / "authority.crt", "-CAkey", folder / "authority.key",
             "-CAcreateserial", "-extfile", folder / "names", "-out", chain)
    return SimpleNamespace(authority=folder / "authority.crt", chain=chain, key=key)
