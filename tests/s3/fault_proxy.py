# SPDX-License-Identifier: Apache-2.0
"""Stands between a client and an S3 server, passes everything on unchanged, the Host header too (it is signed), counts, and fails
as it is told: `proxy.on(slow_down(), method="PUT", key="_commits/", at=2, times=3)`."""
import asyncio
import re
import socket
import struct
import threading
from collections import Counter
from types import SimpleNamespace

END = b"\r\n\r\n"


class Cut(Exception):
    """The connection ends here, with a reset."""


# What can happen to a request: coroutines of (proxy, exchange) that give the answer's bytes, or None to let it pass.

def refuse(status, code, message="said the proxy", more=""):
    async def act(proxy, exchange):
        body = f"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message>{more}</Error>".encode()
        await exchange.read_body()
        head = f"HTTP/1.1 {status} {code}\r\nContent-Type: application/xml\r\nx-amz-request-id: RIG\r\nContent-Length: {len(body)}"
        return head.encode() + END + (b"" if exchange.method == "HEAD" else body)
    return act


def slow_down():
    return refuse(503, "SlowDown", "Please reduce your request rate.")


def cut_request():
    """A reset in the middle of what the client sends."""
    async def act(proxy, exchange):
        await exchange.reader.read(max(1, exchange.length // 2))
        raise Cut
    return act


def cut_answer():
    """A reset in the middle of what the server sends."""
    async def act(proxy, exchange):
        whole = await proxy.forward(exchange)
        head, _, body = whole.partition(END)
        return SimpleNamespace(part=head + END + body[:len(body) // 2])
    return act


def lose_answer():
    """Done by the server, and nobody is told."""
    async def act(proxy, exchange):
        await proxy.forward(exchange)
        raise Cut
    return act


def send_twice():
    """What a client's library does by itself where a kept connection ends before the answer: the second answer is told."""
    async def act(proxy, exchange):
        await proxy.forward(exchange)
        return await proxy.forward(exchange)
    return act


def delay(seconds):
    async def act(proxy, exchange):
        await asyncio.sleep(seconds)
    return act


def meet(number):
    """So many requests wait for each other, then all pass."""
    waiting, all_there = [], asyncio.Event()

    async def act(proxy, exchange):
        waiting.append(exchange)
        if len(waiting) == number:
            all_there.set()
        await all_there.wait()
    return act


def look(function):
    """The test's own function, while the client waits; then the request passes."""
    async def act(proxy, exchange):
        function()
    return act


def call(function, after=False):
    """The test's own function, before the server sees the request or after it has answered; then the connection ends."""
    async def act(proxy, exchange):
        if after:
            await proxy.forward(exchange)
        function()
        raise Cut
    return act


class Proxy:
    """`url` to give to the client; `requests` (method, key, status, sent, received), `counts()` by kind of request."""

    def __init__(self, port):
        self.upstream, self.requests, self._rules, self._lock = port, [], [], threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20))
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def on(self, action, method=None, key="", at=1, times=1):
        """From the at-th request of this method (a kind of counts()) with a key that matches on, and so many times."""
        with self._lock:
            self._rules.append(SimpleNamespace(action=action, method=method, key=re.compile(key), first=at, last=at + times - 1, seen=0))
        return self

    def reset(self):
        with self._lock:
            self._rules.clear()
            self.requests.clear()

    def counts(self):
        """Requests by kind: LIST, GET, HEAD, PUT, COPY, DELETE, DELETES (many in one), POST."""
        return Counter(r.kind for r in self.requests)

    def close(self):
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _end(self):
        self._server.close()
        open_ones = asyncio.all_tasks() - {asyncio.current_task()}
        for task in open_ones:
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)

    def _action(self, exchange):
        with self._lock:
            self.requests.append(exchange.record)
            chosen = None
            for rule in self._rules:
                if rule.method in (None, exchange.record.kind) and rule.key.search(exchange.record.key):
                    rule.seen += 1
                    if chosen is None and rule.first <= rule.seen <= rule.last:
                        chosen = rule.action
            return chosen

    async def forward(self, exchange):
        """The whole answer of the server, on a connection of its own."""
        body = await exchange.read_body()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            writer.write(re.sub(rb"\r\nExpect: 100-continue", b"", exchange.head, flags=re.I) + body)
            await writer.drain()
            head = await reader.readuntil(END)
            status, fields = int(head.split(b" ", 2)[1]), headers(head)
            exchange.record.status = status
            if exchange.method == "HEAD" or status in (204, 304):
                return head
            return head + await read_body(reader, fields)
        finally:
            writer.close()

    async def _serve(self, reader, writer):
        try:
            while True:
                exchange = Exchange(reader, writer, await reader.readuntil(END))
                action = self._action(exchange)
                answer = await action(self, exchange) if action else None
                answer = await self.forward(exchange) if answer is None else answer
                part = getattr(answer, "part", answer)
                writer.write(part)
                await writer.drain()
                exchange.record.received = len(part)
                if part is not answer:
                    await asyncio.sleep(0.05)  # so that the half arrives before the reset
                    raise Cut
        except Cut:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()  # the client has gone


def headers(head):
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}


async def read_body(reader, fields):
    if "chunked" not in fields.get("transfer-encoding", ""):
        return await reader.readexactly(int(fields.get("content-length", 0)))
    whole = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        whole += line + await reader.readexactly(int(line.split(b";")[0], 16) + 2)
        if int(line.split(b";")[0], 16) == 0:
            return whole


class Exchange:
    def __init__(self, reader, writer, head):
        self.reader, self.writer, self.head, self.fields, self._body = reader, writer, head, headers(head), None
        self.method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        key, _, query = target.partition("?")
        self.length = int(self.fields.get("content-length", 0))
        kind = {"GET": "LIST" if "list-type" in query else "GET", "PUT": "COPY" if "x-amz-copy-source" in self.fields else "PUT",
                "POST": "DELETES" if re.search(r"(^|&)delete", query) else "POST"}.get(self.method, self.method)
        self.record = SimpleNamespace(kind=kind, method=self.method, key=key, query=query, status=0, sent=self.length, received=0,
                                      fields=self.fields)

    async def read_body(self):
        """What the client sends, which waits to be asked for it where it said so."""
        if self._body is None:
            if self.fields.get("expect", "").lower() == "100-continue":
                self.writer.write(b"HTTP/1.1 100 Continue" + END)
                await self.writer.drain()
            self._body = await read_body(self.reader, self.fields)
        return self._body
