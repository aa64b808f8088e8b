"""What a check of a clause can say: that the server deviates, or why it cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .requests.exchange import Exchange


class Deviation(Exception):
    """The server does not do what the clause says.

    Args:
        message: One sentence: what came back and what was expected.
        exchange: The exchange that shows it.
        compared: Exchanges whose texts were compared. They are repeated before the
            server is blamed, because a server need not be deterministic.
        cause: What other clauses may find as well. Default: the message.
    """

    def __init__(
        self,
        message: str,
        exchange: Exchange,
        compared: tuple[Exchange, ...] = (),
        *,
        cause: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.exchange = exchange
        self.compared = compared
        self.cause = cause or message


class WronglyAccepted(Deviation):
    """A request that should have been refused was accepted."""


class WronglyRefused(Deviation):
    """A request that should have been accepted was refused."""


class NotJudged(Exception):
    """The clause cannot be judged on this server; the message says why."""


def assume(holds: object, reason: str = "") -> None:
    """Raise `NotJudged` unless the condition holds.

    An invariant needs no reason: it says which exchanges it is about.
    """
    if not holds:
        raise NotJudged(reason)


def expect(holds: object, message: str, exchange: Exchange) -> None:
    """Raise a `Deviation` unless the condition holds."""
    if not holds:
        raise Deviation(message, exchange)
