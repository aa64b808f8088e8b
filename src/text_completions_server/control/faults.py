"""The faults by name, and how one is asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What a name stands for.

    Attributes:
        what: What the client sees, in one phrase.
        status: The status of an error response, None for another kind of failure.
        takes: The settings that make sense with it.
    """

    what: str
    status: int | None = None
    takes: frozenset[str] = frozenset()


_SECONDS: Final = frozenset({"seconds"})
_AFTER: Final = frozenset({"after"})

FAULTS: Final[Mapping[str, FaultKind]] = {
    "rate_limited": FaultKind("429 with `retry-after`", 429, _SECONDS),
    "overloaded": FaultKind("529", 529),
    "internal_error": FaultKind("500", 500),
    "api_timeout": FaultKind("504", 504),
    "not_found": FaultKind("404", 404),
    "permission_denied": FaultKind("403", 403),
    "request_too_large": FaultKind("413 in the bare form of the proxy", 413),
    "billing": FaultKind("402", 402),
    "slow_headers": FaultKind("the answer begins late", takes=_SECONDS),
    "slow_events": FaultKind("a wait before each event", takes=_SECONDS),
    "hang": FaultKind("no answer, or with `after` no further event", takes=_AFTER),
    "disconnect": FaultKind("the connection is closed without an answer"),
    "cut_between_events": FaultKind("closed after whole events", takes=_AFTER),
    "cut_mid_event": FaultKind("closed in the middle of an event", takes=_AFTER),
    "error_event": FaultKind("an `error` event ends the stream", takes=_AFTER),
    "malformed_event": FaultKind("an event whose data is no JSON", takes=_AFTER),
    "html_502": FaultKind("502 with the HTML page of a proxy"),
    "truncated_json": FaultKind("half of the JSON, as if it were all", takes=_AFTER),
}
"""Every fault."""

_DEFAULT_SECONDS: Final = {"rate_limited": 1.0, "slow_headers": 1.0, "slow_events": 0.1}
_DEFAULT_AFTER: Final = 2
_MOST_SECONDS: Final = 3600
_MOST_COUNT: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as it is asked for.

    Attributes:
        name: One of `FAULTS`.
        seconds: How long it waits; None takes the fault's own default.
        after: How many events come before it; None takes 2, and a hang none at all.
            A stream of fewer events fails before its last one.

    Raises:
        ValueError: The name is unknown, or a setting does not go with it.
    """

    name: str
    seconds: float | None = None
    after: int | None = None

    def __post_init__(self) -> None:
        kind = FAULTS.get(self.name)
        if kind is None:
            known = ", ".join(FAULTS)
            raise ValueError(f"unknown fault {self.name!r}; there are {known}")
        given = {"seconds": self.seconds, "after": self.after}
        for setting, value in given.items():
            if value is not None and setting not in kind.takes:
                raise ValueError(f"the fault {self.name} takes no {setting!r}")
        if self.seconds is not None and not 0 <= self.seconds <= _MOST_SECONDS:
            raise ValueError(f"seconds must be 0 to {_MOST_SECONDS}")
        if self.after is not None and not 0 <= self.after <= _MOST_COUNT:
            raise ValueError(f"after must be 0 to {_MOST_COUNT}")

    @property
    def status(self) -> int | None:
        """The status of the error response that it is, if it is one."""
        return FAULTS[self.name].status

    @property
    def waits(self) -> float:
        """How many seconds it waits."""
        if self.seconds is None:
            return _DEFAULT_SECONDS.get(self.name, 0.0)
        return self.seconds

    @property
    def strikes_after(self) -> int:
        """How many events come before it."""
        return _DEFAULT_AFTER if self.after is None else self.after


def check_times(times: int) -> int:
    """How often a fault strikes, if that is a number of times.

    Raises:
        ValueError: It is none.
    """
    if not 1 <= times <= _MOST_COUNT:
        raise ValueError(f"times must be 1 to {_MOST_COUNT}")
    return times


def read_fault(text: str) -> tuple[Fault, int | None]:
    """Read `NAME; times=2; seconds=0.5; after=3; id=any`, all but the name optional.

    Returns:
        The fault, and how often it is to strike: None without an end.

    Raises:
        ValueError: That is no fault.
    """
    name, *settings = [part.strip() for part in text.split(";")]
    given: dict[str, str] = {}
    for setting in settings:
        key, equals, value = (part.strip() for part in setting.partition("="))
        if not equals or key not in {"times", "seconds", "after", "id"}:
            raise ValueError(f"{setting!r} is none of times=, seconds=, after=, id=")
        if key in given:
            raise ValueError(f"{key!r} is given twice")
        given[key] = value
    fault = Fault(
        name,
        seconds=_seconds(given["seconds"]) if "seconds" in given else None,
        after=_count("after", given["after"]) if "after" in given else None,
    )
    times = check_times(_count("times", given["times"])) if "times" in given else None
    return fault, times


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"seconds must be a number, not {text!r}")
    return number


def _count(key: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ValueError(f"{key} must be a whole number, not {text!r}")
    return int(text)
