"""Finds out, before any clause is judged, how far a server can be judged at all."""

from __future__ import annotations

from dataclasses import dataclass

from ._bench import Bench
from ._contract import MESSAGES
from ._registry import Need
from ._strict_json import NotStrictJson, as_object, as_text
from .requests.exchange import Exchange

NO_RESPONSE = {
    "unreachable": "the server cannot be reached",
    "tls": "TLS failed",
    "silent": "the server does not respond",
}
UNREADABLE = "the server's response cannot be read"


@dataclass(frozen=True)
class Capabilities:
    """What the server offers to clauses.

    Args:
        available: The needs of clauses that this server meets.
        obstacle: Why the server cannot be judged as a whole, or None.
    """

    available: frozenset[Need]
    obstacle: str | None = None

    def lacks(self, need: Need) -> str | None:
        """Why a clause with this need cannot be judged, or None if it can."""
        if need in self.available:
            return None
        return self.obstacle or "the server has no /v1/messages"


def probe(bench: Bench) -> Capabilities:
    """Send one good request of each operation and see how far it gets."""
    plain = bench.post(bench.body())
    if plain.fault is not None and plain.status == 0:
        what = NO_RESPONSE.get(plain.fault.kind, UNREADABLE)
        return Capabilities(frozenset(), f"{what}: {plain.fault.message}")
    if plain.status in {401, 403}:
        reason = f"the key was refused: {_told(plain)}"
        return Capabilities(frozenset({"nothing"}), reason)
    # Another 2xx is a response that clauses can judge, although a wrong one.
    if not 200 <= plain.status < 300:
        reason = f"no completion from {bench.settings.model!r}: {_told(plain)}"
        return Capabilities(frozenset({"nothing", "key"}), reason)
    needs: set[Need] = {"nothing", "key", "model"}
    if _has_messages(bench):
        needs.add("messages")
    return Capabilities(frozenset(needs))


def _has_messages(bench: Bench) -> bool:
    # A missing path is a 404; a gateway may say 405 or 501.
    exchange = bench.post(bench.body(MESSAGES), path=MESSAGES)
    return exchange.status not in {404, 405, 501}


def _told(exchange: Exchange) -> str:
    """The status and the error's message, if there is one."""
    try:
        error = as_object((as_object(exchange.json) or {}).get("error"))
    except NotStrictJson:
        error = None
    message = as_text((error or {}).get("message")) or ""
    return f"{exchange.status} {message}".strip()
