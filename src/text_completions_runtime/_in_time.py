"""The steps of a call that has a deadline, within it, on both edges."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx

from ._exchange import Read, Send, Step
from ._limits import Deadline, Expired
from ._progress import Progress
from ._workers import TooLate, done_within

__all__ = ["perform_in_time", "perform_in_time_async"]


def perform_in_time(
    deadline: Deadline, perform: Callable[[Step], Any], step: Step
) -> Any:
    """Perform a step in a thread, which is left to itself when the deadline passes.

    Raises:
        Expired: It has passed.
    """
    progress = _progress(deadline, step)
    if isinstance(step, Send):
        step = step._replace(request=progress.followed(step.request))
    try:
        return done_within(
            deadline.left(),
            partial(perform, step),
            end=progress.give_up,
            late=_close,
        )
    except TooLate:
        raise Expired(progress.doing) from None


async def perform_in_time_async(
    deadline: Deadline, perform: Callable[[Step], Awaitable[Any]], step: Step
) -> Any:
    """Perform a step, which is cancelled when the deadline passes.

    Raises:
        Expired: It has passed.
    """
    import anyio  # late, for it takes long to import

    progress = _progress(deadline, step)
    if isinstance(step, Send):
        step = step._replace(request=progress.followed_async(step.request))
    with anyio.move_on_after(deadline.left()):
        return await perform(step)
    await progress.give_up_async()
    raise Expired(progress.doing)


def _progress(deadline: Deadline, step: Step) -> Progress:
    progress = Progress(deadline, step.response if isinstance(step, Read) else None)
    if deadline.left() <= 0:
        raise Expired(progress.doing)
    return progress


def _close(result: Any) -> None:
    if isinstance(result, httpx.Response):
        result.close()
