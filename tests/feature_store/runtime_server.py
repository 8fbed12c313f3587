# SPDX-License-Identifier: Apache-2.0
"""SageMaker's feature store runtime for tests, one process a core: `runtime_server.py CONFIG LOGS` prints its port.

Every request is checked (runtime_model), may meet a fault by chance or by name, and leaves one line in LOGS/<process>.jsonl
before it is answered. It ends with the process that started it."""
import asyncio
import hashlib
import json
import multiprocessing
import os
import random
import socket
import struct
import sys
import time
from pathlib import Path

import runtime_model as model

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # it runs as a process of its own
from planted import SECRET_KEY as SECRET, SESSION_TOKEN as TOKEN  # noqa: E402

KEY = "AKTEST"
DEFAULTS = {
    "processes": 2, "seed": 1, "port": 0, "groups": None, "check_every": 1,
    "service_ms": 0, "record_ms": 0,                              # how long an answer takes
    "throttle": 0, "fail": 0, "unavailable": 0, "drop": 0,        # share of requests that are refused or cut before they count
    "lose": 0, "unprocessed": 0,                                  # of requests accepted without an answer; of entries left over
    "reject": [], "reject_whole": [], "forbidden": False,         # identifiers
    "limit": 0, "burst_seconds": 0.5,                             # requests a second, of all processes
    "keep": False,                                                # the parameters of each request stand in its line
}


class Refusal(Exception):
    def __init__(self, name, status, message="said"):
        self.name, self.status, self.message = name, status, message


class Dropped(Exception):
    pass


class Limit:
    """A token bucket in memory that the processes share."""

    def __init__(self, rate, burst):
        self.rate, self.burst = rate, max(1.0, burst)
        self.state = multiprocessing.Array("d", [self.burst, time.monotonic()])

    def take(self):
        with self.state.get_lock():
            now = time.monotonic()
            balance = min(self.burst, self.state[0] + (now - self.state[1]) * self.rate)
            taken = balance >= 1
            self.state[:] = [balance - 1 if taken else balance, now]
            return taken


class Service:
    def __init__(self, config, logs, number, limit):
        self.config, self.logs, self.limit, self.served = config, Path(logs), limit, 0
        self.chance = random.Random(config["seed"] * 1000 + number)
        self.log = open(self.logs / f"{os.getpid()}.jsonl", "ab", buffering=0)

    def _by_chance(self, name):
        return self.chance.random() < self.config[name]

    def _check(self, method, path, headers, body):
        operation, parameters = model.operation_of(method, path, body)
        if operation is None:
            return None, None, [parameters], None
        self.served += 1
        if self.served % self.config["check_every"]:
            return operation, parameters, [], None
        found = model.problems(operation, parameters)
        signed = model.signature_problem(method, path, headers, body, KEY, SECRET, TOKEN)
        return operation, parameters, found + ([signed] if signed else []), signed

    def _faults(self, ids, groups):
        config = self.config
        if self._by_chance("drop"):
            raise Dropped
        if config["forbidden"]:
            raise Refusal("AccessForbidden", 403, "not authorized to perform sagemaker:PutRecord")
        if config["groups"] is not None and not set(groups) <= set(config["groups"]):
            raise Refusal("ResourceNotFound", 404)
        if (self.limit and not self.limit.take()) or self._by_chance("throttle"):
            raise Refusal("ThrottlingException", 400, "Rate exceeded")
        if self._by_chance("fail"):
            raise Refusal("InternalFailure", 500)
        if self._by_chance("unavailable"):
            raise Refusal("ServiceUnavailable", 503)
        if set(ids) & set(config["reject_whole"]):
            raise Refusal("ValidationError", 400, "one of them")

    def _write(self, operation, parameters, line):
        entries = parameters["Entries"] if operation == "BatchWriteRecord" else [parameters]
        ids = [model.value_in(e["Record"], "entity_id") for e in entries]
        line["n"], line["units"] = len(entries), sum(-(-model.size_of(e["Record"]) // 1024) for e in entries)
        self._faults(ids, [e["FeatureGroupName"] for e in entries])
        answer = {"Errors": [], "UnprocessedEntries": []}
        line["accepted"] = []
        for identifier, entry in zip(ids, entries):
            if identifier in self.config["reject"]:
                answer["Errors"].append({"Entry": entry, "ErrorCode": "ValidationError", "ErrorMessage": "by name"})
            elif operation == "BatchWriteRecord" and self._by_chance("unprocessed"):
                answer["UnprocessedEntries"].append(entry)
            else:
                values = sorted((f["FeatureName"], f["ValueAsString"]) for f in entry["Record"])
                line["accepted"].append([entry["FeatureGroupName"], identifier, model.value_in(entry["Record"], "window_end_ts"),
                                         hashlib.md5(json.dumps(values).encode()).hexdigest()])
        line["unprocessed"] = len(answer["UnprocessedEntries"])
        if operation == "PutRecord":
            if answer["Errors"]:
                raise Refusal("ValidationError", 400, "by name")
            return {}
        return answer

    def _list(self, parameters):
        ids = sorted({record[1] for line in read(self.logs) for record in line.get("accepted", [])
                      if record[0] == parameters["FeatureGroupName"]})
        first, most = int(parameters.get("NextToken", "0")), parameters.get("MaxResults", 100)
        page = {"RecordIdentifiers": ids[first:first + most]}
        return page | ({"NextToken": str(first + most)} if first + most < len(ids) else {})

    def answer(self, method, path, headers, body):
        """(status, name of the error, body), or None: no answer."""
        operation, parameters, found, signed = self._check(method, path, headers, body)
        line = {"t": time.monotonic(), "operation": operation, "outcome": "ok", "problems": found}
        if self.config["keep"]:
            line["parameters"] = parameters
        status, name, said = 200, None, {}
        try:
            if signed:
                raise Refusal("InvalidSignatureException", 403, "The request signature we calculated does not match")
            if found:
                raise Refusal("ValidationError", 400, str(found[0]))
            said = self._list(parameters) if operation == "ListRecords" else self._write(operation, parameters, line)
            if operation != "ListRecords" and self._by_chance("lose"):
                line["outcome"] = "lost"
                status = None
        except Dropped:
            line["outcome"], status = "dropped", None
        except Refusal as refusal:
            line["outcome"], status, name, said = refusal.name, refusal.status, refusal.name, {"Message": refusal.message}
        self.log.write(json.dumps(line).encode() + b"\n")
        return (status, name, json.dumps(said).encode()), line.get("n", 0)


class Connection(asyncio.Protocol):
    def __init__(self, service):
        self.service, self.buffer, self.transport = service, b"", None

    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data):
        self.buffer += data
        head, blank, rest = self.buffer.partition(b"\r\n\r\n")
        if not blank:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return
        self.buffer = rest[length:]
        method, path, _ = first.split(" ")
        answer, entries = self.service.answer(method, path, headers, rest[:length])
        config = self.service.config
        delay = (config["service_ms"] + config["record_ms"] * entries) / 1000
        if delay:
            asyncio.get_running_loop().call_later(delay, self.reply, *answer)
        else:
            self.reply(*answer)

    def reply(self, status, name, body):
        if status is None:  # a reset
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return self.transport.abort()
        error = f"x-amzn-ErrorType: {name}:http://internal.amazon.com/\r\n" if name else ""
        self.transport.write(f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{error}"
                             f"Content-Length: {len(body)}\r\n\r\n".encode() + body)


def read(logs):
    """Every request so far, in the order of time."""
    # Of a line that is still being written the end is missing.
    whole = [text[:text.rfind("\n") + 1] for text in (path.read_text() for path in Path(logs).glob("*.jsonl"))]
    lines = [json.loads(line) for text in whole for line in text.splitlines() if line]
    return sorted(lines, key=lambda line: line["t"])


def listen(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", port))
    return listener


async def serve(service, listener, parent):
    server = await asyncio.get_running_loop().create_server(lambda: Connection(service), sock=listener)
    while os.getppid() == parent:
        await asyncio.sleep(0.5)
    server.close()


def main(config, logs):
    config = DEFAULTS | config
    limit = Limit(config["limit"], config["limit"] * config["burst_seconds"]) if config["limit"] else None
    first = listen(config["port"])
    port = first.getsockname()[1]
    listeners = [first] + [listen(port) for _ in range(config["processes"] - 1)]
    parent, children = os.getpid(), []
    for number, listener in enumerate(listeners):
        child = multiprocessing.get_context("fork").Process(
            target=lambda n=number, s=listener: asyncio.run(serve(Service(config, logs, n, limit), s, parent)), daemon=True)
        child.start()
        children.append(child)
    for listener in listeners:
        listener.close()
    print(port, flush=True)
    starter = os.getppid()
    while os.getppid() == starter and all(child.is_alive() for child in children):
        time.sleep(0.2)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2])
