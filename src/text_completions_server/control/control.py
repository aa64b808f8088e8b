"""What a test does with the mock: ask for faults, script replies, read the journal."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping

from ..backends.base import StopReason
from .fault_plan import FaultPlan
from .faults import Fault
from .journal import Journal, Requests
from .replies import Reply, Script, Scripts
from .replies_file import read_replies


class Control:
    """The mock's own side, apart from the service that it plays.

    Any thread may use it. `create_app(control=...)` takes it, `MockServer` and the
    admin endpoints have one.

    Args:
        faults: How probable which fault is: `{"overloaded": 0.1}`.
        seed: Decides which requests these faults strike.
        replies: A YAML file of scripted replies.

    Raises:
        ValueError: The faults are none.
        RepliesError: The file is missing or broken.
    """

    def __init__(
        self,
        *,
        faults: Mapping[str, float] | None = None,
        seed: int = 0,
        replies: str | os.PathLike[str] | None = None,
    ) -> None:
        self.journal = Journal()
        self.faults = FaultPlan(faults, seed)
        self.scripts = Scripts(() if replies is None else read_replies(replies))
        self._resets: list[Callable[[], None]] = [
            self.journal.clear,
            self.faults.reset,
            self.scripts.reset,
        ]

    @property
    def requests(self) -> Requests:
        """The journal: every request since the last reset, as it is now."""
        return self.journal.requests()

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
        """Say what is answered, one reply after another and then the last again.

        The reply to a whole prompt comes before one to a pattern, and that before
        one to anything; of equals the one that was scripted last.

        Args:
            replies: Texts as they are on the wire; the rest of the arguments below
                goes for those that are no `Reply`.
            prompt: Answer this prompt only.
            pattern: Answer the prompts in which this is found only.
            times: Answer so often only, and then as if this had not been said.
            stop_reason: How the text ends; without one it is cut as any other.
            stop: The sequence that goes with the reason `stop_sequence`.
            delay: Seconds before the answer.
            pause: Seconds between two tokens.

        Raises:
            ValueError: There is no reply, or the arguments exclude each other.
        """
        self.scripts.add(
            Script(
                replies=tuple(
                    each
                    if isinstance(each, Reply)
                    else Reply(
                        text=each,
                        stop_reason=stop_reason,
                        stop=stop,
                        delay=delay,
                        pause=pause,
                    )
                    for each in replies
                ),
                prompt=prompt,
                pattern=None if pattern is None else re.compile(pattern),
                times=times,
            )
        )

    def fail(
        self,
        name: str,
        *,
        times: int = 1,
        seconds: float | None = None,
        after: int | None = None,
    ) -> None:
        """Let the next requests fail.

        Args:
            name: The fault, one of `FAULTS`.
            times: How many requests it strikes.
            seconds: How long it waits, for one that waits.
            after: How many events come before it, for one that strikes a stream.

        Raises:
            ValueError: The name is unknown, or a setting does not go with it.
        """
        self.faults.add(Fault(name, seconds=seconds, after=after), times)

    def reset(self) -> None:
        """Start anew: an empty journal, the faults and replies of the beginning.

        Limits count from zero, and the names of answers repeat from the first on.
        """
        for reset in self._resets:
            reset()

    def on_reset(self, reset: Callable[[], None]) -> None:
        """Let something else start anew, too."""
        self._resets.append(reset)
