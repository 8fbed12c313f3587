# SPDX-License-Identifier: Apache-2.0
"""A root in a folder and a root on S3, looked at in the same way, past the engine."""
import hashlib
import json
import sys
from pathlib import Path

import servers

for tests in ("e2e", "control"):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / tests))
import engine  # noqa: E402
import specs  # noqa: E402


def environment(url, access_key=servers.ACCESS_KEY, secret_key=servers.SECRET_KEY, **more):
    """What the engine is told of a server, and nothing of the person who runs the tests."""
    return specs.CLEAN | {"AWS_ENDPOINT_URL_S3": url, "AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key,
                          "AWS_REGION": servers.REGION, "NDR_CACHE_MIB": "0"} | more


def is_commit(path):
    return path.startswith("_commits/") and path.endswith(".json") and path.count("/") == 3


class Root:
    """`location` for --root, `environment` for the process, and the files below it by their path."""

    def contents(self):
        """The hash of every published file's bytes."""
        return {path: hashlib.sha256(self.read(path)).hexdigest() for path in self.files() if path.split("/")[0] not in engine.UNPUBLISHED}

    def published(self):
        """Data and commit records alone: an index of the records is there for speed, on S3 only."""
        return {path: digest for path, digest in self.contents().items() if not path.startswith("_") or is_commit(path)}

    def committed(self):
        """Of published(): what the commit records list, and they themselves."""
        listed = {file["path"] for record in self.commits().values() for file in record.get("files", [])}
        return {path: digest for path, digest in self.published().items() if is_commit(path) or path in listed}

    def commits(self):
        return {path: json.loads(self.read(path)) for path in self.files() if is_commit(path)}

    def report(self, family, unit):
        return json.loads(self.read(f"_reports/{family}/feature_spec_version=v1/{unit}.json"))

    def fill(self, other):
        for path in other.files():
            self.write(path, other.read(path))
        return self

    def run(self, *arguments, expect=0, env=None):
        return engine.run(*arguments, "--root", self.location, expect=expect, env=self.environment | (env or {}))

    def show(self, dataset, *flags):
        return [json.loads(line) for line in self.run("show", dataset, *engine.EVER, "--format", "json", *flags).stdout.splitlines()]

    def assert_whole(self):
        """Every file that a commit record lists is there with its bytes."""
        for path, record in self.commits().items():
            for file in record.get("files", []):
                data = self.read(file["path"])
                assert (len(data), hashlib.sha256(data).hexdigest()) == (file["bytes"], file["sha256"]), f"{path}: {file['path']}"


class Snapshot:
    """What a root holds now, to fill others with."""

    def __init__(self, root):
        self._content = {path: root.read(path) for path in root.files()}

    def files(self):
        return sorted(self._content)

    def read(self, path):
        return self._content[path]


class Folder(Root):
    environment = specs.CLEAN

    def __init__(self, path):
        self.path = Path(path)
        self.location = str(path)

    def files(self):
        return sorted(str(p.relative_to(self.path)) for p in self.path.rglob("*") if p.is_file())

    def read(self, path):
        return (self.path / path).read_bytes()

    def write(self, path, content):
        (self.path / path).parent.mkdir(parents=True, exist_ok=True)
        (self.path / path).write_bytes(content)

    def delete(self, path):
        (self.path / path).unlink()


class Prefix(Root):
    """`url`: where the engine sends its requests, such as a proxy before the server."""

    def __init__(self, server, bucket, prefix="lake/ndr", url=None):
        self.client, self.bucket, self.prefix = server.client, bucket, prefix
        self.location = f"s3://{bucket}/{prefix}"
        self.environment = environment(url or server.url, **({"AWS_CA_BUNDLE": str(server.ca)} if server.ca else {}))

    def files(self):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix + "/")
        return sorted(o["Key"][len(self.prefix) + 1:] for page in pages for o in page.get("Contents", []))

    def read(self, path):
        return self.client.get_object(Bucket=self.bucket, Key=f"{self.prefix}/{path}")["Body"].read()

    def write(self, path, content):
        self.client.put_object(Bucket=self.bucket, Key=f"{self.prefix}/{path}", Body=content)

    def delete(self, path):
        self.client.delete_object(Bucket=self.bucket, Key=f"{self.prefix}/{path}")
