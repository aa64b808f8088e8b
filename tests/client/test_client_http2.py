"""A deadline holds over HTTP/2, which a caller's http client may speak."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from text_completions import APITimeoutError

from .calls import complete, kinds
from .raw_server import BODY, event

DEADLINE = 0.2
STREAM = [(":status", "200"), ("content-type", "text/event-stream")]
WHOLE = [(":status", "200"), ("content-type", "application/json")]


@contextmanager
def serving(
    headers: list[tuple[str, str]], *pieces: bytes, ends: bool = False
) -> Iterator[str]:
    """Answer a request on one connection with so much, and be silent after it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(
            target=_serve, args=(listening, headers, pieces, ends)
        )
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            thread.join()


def _serve(
    listening: socket.socket,
    headers: list[tuple[str, str]],
    pieces: tuple[bytes, ...],
    ends: bool,
) -> None:
    client, _ = listening.accept()
    connection = H2Connection(H2Configuration(client_side=False))
    connection.initiate_connection()
    # The client leaves at its deadline, perhaps before it was answered.
    with client, contextlib.suppress(ConnectionError):
        client.sendall(connection.data_to_send())
        while data := client.recv(65536):
            for one in connection.receive_data(data):
                if isinstance(one, RequestReceived) and headers:
                    connection.send_headers(one.stream_id, headers)
                    for piece in pieces:
                        connection.send_data(one.stream_id, piece)
                    if ends:
                        connection.end_stream(one.stream_id)
            client.sendall(connection.data_to_send())


def http2_client(kind: str) -> Any:
    made = httpx.Client if kind == "sync" else httpx.AsyncClient
    return made(verify=False, http1=False, http2=True)


@kinds
def test_calls_and_streams_go_over_http_2(kind: str) -> None:
    with serving(WHOLE, BODY, ends=True) as url:
        assert complete(kind, url, http_client=http2_client(kind)).id == "x"
    events = event(" a"), event(" b", "max_tokens")
    with serving(STREAM, *events, ends=True) as url:
        complete(kind, url, {"stream": True}, http_client=http2_client(kind))


@kinds
@pytest.mark.parametrize(
    ("headers", "pieces", "call"),
    [
        ([], (), {}),
        (WHOLE, (BODY[:5],), {}),
        (STREAM, (), {"stream": True}),
        (STREAM, (event(" a"),), {"stream": True}),
    ],
    ids=["no response", "half a body", "no event", "one event"],
)
def test_the_deadline_of_a_call_holds_over_http_2(
    headers: list[tuple[str, str]],
    pieces: tuple[bytes, ...],
    call: dict[str, Any],
    kind: str,
) -> None:
    with (
        serving(headers, *pieces) as url,
        pytest.raises(APITimeoutError, match="deadline"),
    ):
        complete(kind, url, call, deadline=DEADLINE, http_client=http2_client(kind))
