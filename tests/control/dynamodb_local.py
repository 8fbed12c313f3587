# SPDX-License-Identifier: Apache-2.0
"""DynamoDB Local from Maven Central, kept below the build folder; no part of the engine."""
import fcntl
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import sigv4

VERSION = "2.6.1"
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
  <groupId>ndr</groupId><artifactId>dynamodb-local</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>com.amazonaws</groupId><artifactId>DynamoDBLocal</artifactId><version>{VERSION}</version>
  </dependency></dependencies></project>
"""
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # past any proxy
FETCH_SECONDS, START_SECONDS = 600, 60


class Unavailable(Exception):
    """It cannot run here; the message says why."""


def _folder():
    root = os.environ.get("NDR_SOURCE_DIR") or Path(__file__).resolve().parents[2]
    return Path(root) / "build" / f"dynamodb-local-{VERSION}"


def fetch():
    """The folder of its jars; fetched once, by one process at a time."""
    for program in ("java", "mvn"):
        if not shutil.which(program):
            raise Unavailable(f"DynamoDB Local needs {program}, which is not installed (Debian: default-jre-headless, maven)")
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "complete").exists():
            return folder / "jars"
        (folder / "pom.xml").write_text(POM)
        done = subprocess.run(["mvn", "-B", "-q", "-f", folder / "pom.xml", "dependency:copy-dependencies",
                               f"-DoutputDirectory={folder / 'jars'}"], capture_output=True, text=True, timeout=FETCH_SECONDS)
        if done.returncode != 0:
            raise Unavailable(f"Maven could not fetch DynamoDB Local {VERSION}: {(done.stdout + done.stderr)[-500:]}")
        (folder / "complete").touch()
    return folder / "jars"


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Local:
    def __init__(self):
        jars = fetch()
        port = _free_port()
        self.host = f"127.0.0.1:{port}"
        self.url = f"http://{self.host}"
        self._process = subprocess.Popen(
            ["java", f"-Djava.library.path={jars}", "-cp", f"{jars}/*", "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
             "-inMemory", "-disableTelemetry", "-port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.call("ListTables", {})
                return
            except (OSError, urllib.error.URLError):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.close()
                    raise Unavailable("DynamoDB Local did not start")
                time.sleep(0.1)

    def call(self, target, request):
        body = json.dumps(request).encode()
        request = urllib.request.Request(self.url, body, sigv4.signed_headers(self.host, target, body))
        try:
            with DIRECT.open(request, timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{target}: {refused.read().decode()}") from refused

    def make_table(self, name, sort="job_name"):
        self.call("CreateTable", {
            "TableName": name, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": a, "AttributeType": "S"} for a in ("project_name", sort)],
            "KeySchema": [{"AttributeName": "project_name", "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]})
        return name

    def put(self, table, project, sort_key, **attributes):
        self.call("PutItem", {"TableName": table, "Item": {"project_name": {"S": project}, "job_name": {"S": sort_key}, **attributes}})

    def item(self, table, project, sort_key, sort="job_name"):
        return self.call("GetItem", {"TableName": table, "Key": {"project_name": {"S": project}, sort: {"S": sort_key}}}).get("Item")

    def close(self):
        self._process.kill()
        self._process.wait()
