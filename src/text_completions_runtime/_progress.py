"""What one attempt of a call is doing, and the connection that it does it on.

httpcore tells of both through the request extension `trace`. A blocking call that is
given up while another thread makes it ends when its connection is shut.
"""

from __future__ import annotations

import contextlib
import copy
import socket
from typing import Any

import httpx

from ._limits import Deadline, Expired

__all__ = ["Progress", "shut", "socket_of"]

_DOING = {
    "connect_tcp": "connecting",
    "connect_unix_socket": "connecting",
    "start_tls": "connecting",
    "send_request_headers": "sending the request",
    "send_request_body": "sending the request",
    "receive_response_headers": "waiting for the headers of the answer",
    "receive_response_body": "reading the body of the answer",
}
_GRACE = 1.0  # seconds that the network has beyond the deadline, which comes first


class Progress:
    """Follows one attempt; another thread than the one that makes it may give it up.

    Args:
        deadline: When the attempt must be over.
        response: The answer, where it has come and only its body is missing.
    """

    def __init__(
        self, deadline: Deadline, response: httpx.Response | None = None
    ) -> None:
        self.doing = "waiting for the answer"
        self._deadline = deadline
        self._given_up = False
        self._socket: socket.socket | None = None
        self._stream: Any = (
            None  # of httpcore, as long as its handshake may be going on
        )
        self._timeouts: dict[str, float | None] = {}
        if response is not None:
            self.doing = _DOING["receive_response_body"]
            self._socket = socket_of(response)

    def followed(self, request: httpx.Request) -> httpx.Request:
        """Copy a request for blocking code, so that it tells of itself."""
        others = request.extensions.get("trace")

        def trace(name: str, info: dict[str, Any]) -> None:
            self._note(name, info)
            if others is not None:
                others(name, info)

        return self._copied(request, trace)

    def followed_async(self, request: httpx.Request) -> httpx.Request:
        """Copy a request for asynchronous code, so that it tells of itself."""
        others = request.extensions.get("trace")

        async def trace(name: str, info: dict[str, Any]) -> None:
            self._note(name, info)
            if others is not None:
                await others(name, info)

        return self._copied(request, trace)

    def give_up(self) -> bool:
        """End the attempt. Tell whether it can be ended at once.

        On a connection that was there before, it ends when the server says something
        or the timeouts, which are cut to the deadline, have passed.
        """
        self._given_up = True
        return shut(self._socket)

    async def give_up_async(self) -> None:
        """Close what httpcore leaves open where it is cancelled within a handshake."""
        if self._stream is not None:
            await self._stream.aclose()

    def _copied(self, request: httpx.Request, trace: object) -> httpx.Request:
        self._timeouts = dict(request.extensions.get("timeout", {}))
        self._shorten("pool", "connect")
        copied = copy.copy(request)  # without its stream and its extensions
        copied.stream = request.stream
        copied.extensions = {
            **request.extensions,
            "timeout": self._timeouts,
            "trace": trace,
        }
        return copied

    def _note(self, name: str, info: dict[str, Any]) -> None:
        """Take an event: `http11.receive_response_headers.started`.

        Raises:
            Expired: The attempt was given up, and would begin something.
        """
        protocol, _, rest = name.partition(".")
        step, _, moment = rest.partition(".")
        if protocol == "http11" and step == "send_request_headers":
            self._shorten("read", "write")
        if protocol in ("http11", "http2"):
            self._stream = None
        if protocol == "http2":  # others use this connection too
            self._socket = None
        made: Any = info.get("return_value")
        if hasattr(made, "get_extra_info"):
            self._stream = made
            self._socket = made.get_extra_info("socket")
        if self._given_up:
            shut(self._socket)
        if moment == "started" and step in _DOING:
            self.doing = _DOING[step]
            if self._given_up:
                raise Expired(self.doing)

    def _shorten(self, *names: str) -> None:
        most = self._deadline.left() + _GRACE
        for name in names:
            given = self._timeouts.get(name)
            self._timeouts[name] = most if given is None else min(given, most)


def socket_of(response: httpx.Response) -> socket.socket | None:
    """Return the socket that an answer comes from, if that is all it is used for."""
    stream: Any = response.extensions.get("network_stream")
    shared = response.extensions.get("http_version") == b"HTTP/2"
    if shared or not hasattr(stream, "get_extra_info"):
        return None
    found: socket.socket | None = stream.get_extra_info("socket")
    return found


def shut(connection: socket.socket | None) -> bool:
    """End a connection, also one that another thread reads from; tell if there was."""
    if connection is None:
        return False
    # Not `SSLSocket.shutdown`, which takes away what the other thread is using.
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    return True
