"""A server of its own thread, for tests."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Self, Unpack

from ..app.application import AppSettings, create_app
from ..backends.base import StopReason
from ..http.serving import ThreadServer
from .control import Control
from .journal import Requests
from .replies import Reply


class MockServer:
    """A server of its own thread and free port, for tests.

    ```python
    with MockServer() as server:
        server.reply(" Because of Rayleigh scattering.")
        server.fail("overloaded", times=2)
        ...
        assert len(server.requests) == 3
    ```

    Entered, it is ready; left, its port is free and every connection closed.

    Args:
        settings: Those of `create_app`.
    """

    def __init__(self, **settings: Unpack[AppSettings]) -> None:
        control = settings.get("control")
        if control is None:
            control = Control(
                faults=settings.pop("faults", None),
                seed=settings.get("seed", 0),
                replies=settings.pop("replies", None),
            )
        settings["control"] = self._control = control
        self._server = ThreadServer(create_app(**settings))
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

    @property
    def requests(self) -> Requests:
        """The journal: every request since the last reset, as it is now."""
        return self._control.requests

    def reply(
        self,
        *replies: str | Reply,
        prompt: str | None = None,
        pattern: str | re.Pattern[str] | None = None,
        times: int | None = None,
        stop_reason: StopReason | None = None,
        stop: str | None = None,
        delay: float = 0,
        pause: float = 0,
    ) -> None:
        """Say what is answered, as `Control.reply` explains."""
        self._control.reply(
            *replies,
            prompt=prompt,
            pattern=pattern,
            times=times,
            stop_reason=stop_reason,
            stop=stop,
            delay=delay,
            pause=pause,
        )

    def fail(
        self,
        name: str,
        *,
        times: int = 1,
        seconds: float | None = None,
        after: int | None = None,
    ) -> None:
        """Let the next requests fail, as `Control.fail` explains."""
        self._control.fail(name, times=times, seconds=seconds, after=after)

    def reset(self) -> None:
        """Start anew: an empty journal, the faults and replies of the beginning."""
        self._control.reset()

    def drop_connections(self) -> None:
        """Close every connection, and wait until no request is under way."""
        self._server.drop_connections()

    def __enter__(self) -> Self:
        self._url = self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._url = None
        self._server.stop()
