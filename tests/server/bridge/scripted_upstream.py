"""An upstream whose responses a test writes, and requests to a bridge before it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from text_completions_server import MockServer
from text_completions_server.backends.bridge import Bridge, BridgeSettings

KEY = {"x-api-key": "sk-caller", "anthropic-version": "2023-06-01"}
BODY = {
    "model": "claude-2",
    "prompt": "\n\nHuman: Hello\n\nAssistant:",
    "max_tokens_to_sample": 20,
}
PATIENCE = 20
"""Seconds after which a condition that a test waits for is given up."""


class Exchange(BaseHTTPRequestHandler):
    """One request to the upstream, and how a script answers it."""

    protocol_version = "HTTP/1.1"
    server: ScriptedUpstream

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        self.body = json.loads(self.rfile.read(length))
        self.server.exchanges.append(self)
        self.server.script(self)
        self.close_connection = True

    do_GET = do_POST

    def answer(self, status: int, body: object, **headers: str) -> None:
        """Answer with JSON, or with a text of another type."""
        content = body if isinstance(body, str) else json.dumps(body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(content.encode())))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(content.encode())

    def answer_message(self) -> None:
        """Answer with a short message, as a stream if that is wanted."""
        if self.body.get("stream"):
            self.start_stream()
            for event in (START, delta("Hi"), END, STOP):
                self.event(event)
            self.end_stream()
        else:
            self.answer(200, message())

    def start_stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.send_header("connection", "close")
        self.end_headers()

    def event(self, payload: dict[str, Any], name: str | None = None) -> None:
        """Write an event in a chunk of its own."""
        name = payload["type"] if name is None else name
        head = f"event: {name}\n" if name else ""
        self.chunk(f"{head}data: {json.dumps(payload)}\n\n".encode())

    def chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def end_stream(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def wait_until_left(self) -> bool:
        """Wait until the bridge closes the connection."""
        self.connection.settimeout(PATIENCE)
        try:
            return self.connection.recv(1) == b""
        except ConnectionError:
            return True

    def log_message(self, *_: object) -> None:
        """Print nothing."""


class ScriptedUpstream(ThreadingHTTPServer):
    """Answers each request as the script of the test says.

    Attributes:
        script: What to do with a request.
        exchanges: The requests so far.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.reset()

    def reset(self) -> None:
        """Forget the requests, and answer with a short message again."""
        self.script: Callable[[Exchange], object] = Exchange.answer_message
        self.exchanges: list[Exchange] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A bridge that leaves is no error."""


def bridge_to(server: ScriptedUpstream, **settings: Any) -> MockServer:
    """Return a bridge that sends nothing upstream again, to be entered."""
    usual = {"upstream": server.url, "default_model": "real", "max_retries": 0}
    checked = BridgeSettings(**usual | settings)
    return MockServer(backend=Bridge(checked))


def delta(text: str) -> dict[str, Any]:
    return {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": text},
    }


def message(text: str = "Hi", /, **changes: Any) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "real",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 3, "output_tokens": 2},
    } | changes


START = {"type": "message_start", "message": message(content=[], stop_reason=None)}
END = {
    "type": "message_delta",
    "delta": {"stop_reason": "end_turn", "stop_sequence": None},
    "usage": {"output_tokens": 2},
}
STOP = {"type": "message_stop"}
PING = {"type": "ping"}


def events_of(response: httpx.Response) -> list[dict[str, Any]]:
    lines = response.text.splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]


def post(
    bridge: MockServer, path: str, body: object, headers: dict[str, str] = KEY
) -> httpx.Response:
    """Send a request, without the 50 ms that a context for TLS takes."""
    url = f"{bridge.url}{path}"
    return httpx.post(url, json=body, headers=headers, timeout=PATIENCE, verify=False)


def complete(
    bridge: MockServer, headers: dict[str, str] = KEY, /, **changes: Any
) -> httpx.Response:
    return post(bridge, "/v1/complete", BODY | changes, headers)


@contextmanager
def streaming(bridge: MockServer, **changes: Any) -> Iterator[httpx.Response]:
    """Open a stream and leave its body to be read."""
    body = BODY | {"stream": True} | changes
    url = f"{bridge.url}/v1/complete"
    with httpx.stream(
        "POST", url, json=body, headers=KEY, timeout=PATIENCE, verify=False
    ) as response:
        yield response
