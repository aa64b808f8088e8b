"""Before any clause: can this server be judged at all, and how far?"""

from __future__ import annotations

import time
from dataclasses import dataclass

from ._answers import BUSY
from ._bench import Bench
from ._clause import Need
from ._document import MESSAGES
from ._exchange import Exchange
from ._json import NotStrictJson, as_object, as_text

TRIES = 3
LONGEST_PAUSE = 5.0
UNREACHED = {
    "unreachable": "the server cannot be reached",
    "tls": "TLS failed",
    "silent": "the server does not answer",
}


@dataclass(frozen=True)
class Standing:
    """What is at hand.

    Args:
        has: The needs of clauses that this server fulfils.
        obstacle: Why not all are fulfilled, where that leaves it unjudged.
    """

    has: frozenset[Need]
    obstacle: str | None = None

    def lacks(self, need: Need) -> str | None:
        """Why a clause with this need cannot be judged, or None if it can."""
        if need in self.has:
            return None
        return self.obstacle or "the server has no /v1/messages"


def look(bench: Bench) -> Standing:
    """Send one good request of each operation and see how far it gets."""
    plain = _patient(bench)
    if plain.fault is not None and plain.fault.kind in UNREACHED:
        reason = f"{UNREACHED[plain.fault.kind]}: {plain.fault.message}"
        return Standing(frozenset(), reason)
    if plain.status in {401, 403}:
        reason = f"the key was refused: {plain.status} {_message(plain)}".strip()
        return Standing(frozenset({"nothing"}), reason)
    if plain.status != 200:
        model = bench.settings.model
        reason = f"no answer from {model!r}: {plain.status} {_message(plain)}".strip()
        return Standing(frozenset({"nothing", "key"}), reason)
    if _has_messages(bench):
        return Standing(frozenset({"nothing", "key", "model", "messages"}))
    return Standing(frozenset({"nothing", "key", "model"}))


def _patient(bench: Bench) -> Exchange:
    exchange = bench.post(bench.body(), fresh=True)
    for _ in range(TRIES - 1):
        if exchange.status not in BUSY:
            break
        time.sleep(_pause(exchange))
        exchange = bench.post(bench.body(), fresh=True)
    return exchange


def _pause(exchange: Exchange) -> float:
    try:
        return min(float(exchange.header("retry-after") or 1), LONGEST_PAUSE)
    except ValueError:
        return 1.0


def _has_messages(bench: Bench) -> bool:
    # A status of its own for a missing path is 404; a gateway may say 405 or 501.
    exchange = bench.post(bench.message_body(), path=MESSAGES)
    return exchange.status not in {404, 405, 501}


def _message(exchange: Exchange) -> str:
    try:
        error = as_object((as_object(exchange.json) or {}).get("error"))
    except NotStrictJson:
        return ""
    return as_text((error or {}).get("message")) or ""
