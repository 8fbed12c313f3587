# SPDX-License-Identifier: Apache-2.0
"""Starts the runtime server, and counts what it was asked and what it accepted."""
import collections
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import runtime_server

REGION = "eu-central-1"
SECRETS = (runtime_server.SECRET, runtime_server.TOKEN)


class Runtime:
    """One server and its logs; `again` starts it anew on the same port, with other faults."""

    def __init__(self, folder, **config):
        self.logs = Path(folder)
        self.logs.mkdir(parents=True, exist_ok=True)
        self.port = 0
        self._start(config)

    def _start(self, config):
        self._process = subprocess.Popen(
            [sys.executable, runtime_server.__file__, json.dumps({**config, "port": self.port}), self.logs],
            stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.port = int(self._process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}"

    def again(self, **config):
        self.stop()
        self._start(config)

    def stop(self):
        os.killpg(self._process.pid, signal.SIGKILL)  # the group of its own, with the processes that it made
        self._process.wait()
        self._process.stdout.close()

    def environment(self, **more):
        return {"AWS_ENDPOINT_URL_SAGEMAKER_FEATURESTORE_RUNTIME": self.url, "AWS_REGION": REGION,
                "AWS_ACCESS_KEY_ID": runtime_server.KEY, "AWS_SECRET_ACCESS_KEY": runtime_server.SECRET,
                "AWS_SESSION_TOKEN": runtime_server.TOKEN, "AWS_EC2_METADATA_DISABLED": "true", "no_proxy": "*", **more}

    def lines(self):
        return runtime_server.read(self.logs)

    def problems(self):
        return [problem for line in self.lines() for problem in line["problems"]]

    def outcomes(self):
        return collections.Counter(line["outcome"] for line in self.lines())

    def accepted(self):
        """{(group, id, event time): [hash of the values, one for each time it was accepted]}"""
        found = collections.defaultdict(list)
        for line in self.lines():
            for group, identifier, event_time, values in line.get("accepted", []):
                found[group, identifier, event_time].append(values)
        return found

    def newest(self):
        """{(group, id): event time} in the order of arrival, as a store without any rule of its own would have it."""
        return {(group, identifier): event_time for line in self.lines()
                for group, identifier, event_time, _ in line.get("accepted", [])}

    def lost_entries(self):
        return sum(len(line["accepted"]) for line in self.lines() if line["outcome"] == "lost")


def duplicates(accepted):
    return sum(len(times) - 1 for times in accepted.values())
