# SPDX-License-Identifier: Apache-2.0
"""A server that answers what it is told: refusals, failures, cut and slow answers, and anything else."""
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import sigv4
from planted import SECRET_KEY as SECRET, SESSION_TOKEN as TOKEN  # noqa: F401


def answer(body, status=200):
    return lambda handler: handler.reply(status, body if isinstance(body, bytes) else json.dumps(body).encode())


def refusal(name, message="said", status=400):
    return answer({"__type": f"com.amazonaws.dynamodb.v20120810#{name}", "message": message}, status)


def cut(handler):
    """The connection ends without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def torn(handler):
    """Ends in the middle of the answer."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"Item\":")
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def slow(seconds):
    def reply(handler):
        time.sleep(seconds)
        handler.reply(200, b"{}")
    return reply


class Server:
    """Answers by script, one entry a request, the last one again and again; keeps what was asked."""

    def __init__(self):
        self.script, self.requests, self.problems = [], [], []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def reply(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                server.requests.append(SimpleNamespace(method=self.command, path=self.path, headers=dict(self.headers), body=body,
                                                       target=self.headers.get("X-Amz-Target", "").split(".")[-1]))
                if "Authorization" in self.headers and self.headers["Authorization"].startswith("AWS4"):
                    server.problems.append(sigv4.problem(dict(self.headers), self.path, body, SECRET))
                step = server.script[min(len(server.requests), len(server.script)) - 1]
                try:
                    step(self)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the client did not wait
                self.close_connection = step in (cut, torn)

            do_GET = do_POST = do_PUT = handle_any

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def says(self, *script):
        self.script = list(script)
        self.requests.clear()
        self.problems.clear()

    def close(self):
        self._http.shutdown()
        self._http.server_close()
