"""A server in a thread of its own, for tests."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import Future
from typing import Self, Unpack

from ..control.control import Control
from ..http.serving import Server, listen, url_of
from .application import AppSettings, create_app


class MockServer(Control):
    """A mock server in a thread, on a port of this machine, for tests.

    ```python
    with MockServer() as server:
        server.reply(" Because of Rayleigh scattering.")
        server.fail("overloaded", times=2)
        ...
        assert len(server.requests) == 3
    ```

    Inside of the `with` block it accepts requests at `server.url`. At the end of the
    block its port is free and every connection is closed.

    Args:
        port: The port; 0 takes a free one at each start.
        settings: Those of `create_app`, except `control`: the server is one itself.

    Raises:
        DocumentError: The document is missing or broken.
        RepliesError: The file of replies is missing or invalid.
        ValueError: A setting has an invalid value.
        TypeError: A setting is unknown or has the wrong type.
    """

    def __init__(self, *, port: int = 0, **settings: Unpack[AppSettings]) -> None:
        if settings.get("control") is not None:
            raise TypeError("MockServer takes no control: call its own methods instead")
        super().__init__(
            faults=settings.pop("faults", None),
            seed=settings.get("seed", 0),
            replies=settings.pop("replies", None),
        )
        settings["control"] = self
        self._app = create_app(**settings)
        self._port = port
        self._url: str | None = None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash at the end.

        Raises:
            RuntimeError: The server does not run.
        """
        if self._url is None:
            raise RuntimeError("the server has no address outside of its with block")
        return self._url

    def __repr__(self) -> str:
        return f"<MockServer {self._url or 'that does not run'}>"

    def drop_connections(self) -> None:
        """Close every connection, and wait until no request is under way."""
        if self._url is not None:
            self._server.drop_and_wait()

    def __enter__(self) -> Self:
        if self._url is not None:
            raise RuntimeError(f"the server runs already, at {self._url}")
        listener = listen("127.0.0.1", self._port)
        ready: Future[None] = Future()
        self._server = Server(
            self._app, on_ready=lambda: ready.set_result(None), grace=None
        )
        self._thread = threading.Thread(
            target=self._serve, args=(listener, ready), daemon=True
        )
        self._thread.start()
        ready.result()
        self._url = url_of(listener)
        return self

    def __exit__(self, *_: object) -> None:
        self._url = None
        self._server.should_exit = True
        self._thread.join()

    def _serve(self, listener: socket.socket, ready: Future[None]) -> None:
        with listener:
            try:
                self._server.run([listener])
            except BaseException as error:
                if ready.done():
                    raise
                ready.set_exception(error)
