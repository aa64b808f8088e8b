"""Before any clause: can this server be judged at all, and how far?"""

from __future__ import annotations

from dataclasses import dataclass

from ._bench import Bench
from ._document import MESSAGES
from ._registry import Need
from ._strict_json import NotStrictJson, as_object, as_text
from .requests.exchange import Exchange

UNREACHED = {
    "unreachable": "the server cannot be reached",
    "tls": "TLS failed",
    "silent": "the server does not answer",
}
UNREADABLE = "the server's answer cannot be read"


@dataclass(frozen=True)
class Capabilities:
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


def probe(bench: Bench) -> Capabilities:
    """Send one good request of each operation and see how far it gets."""
    plain = bench.post(bench.body())
    if plain.fault is not None and plain.status == 0:
        what = UNREACHED.get(plain.fault.kind, UNREADABLE)
        return Capabilities(frozenset(), f"{what}: {plain.fault.message}")
    if plain.status in {401, 403}:
        reason = f"the key was refused: {plain.status} {_message(plain)}".strip()
        return Capabilities(frozenset({"nothing"}), reason)
    # Another 2xx is an answer, too, though a wrong one.
    if not 200 <= plain.status < 300:
        model = bench.settings.model
        reason = f"no answer from {model!r}: {plain.status} {_message(plain)}".strip()
        return Capabilities(frozenset({"nothing", "key"}), reason)
    if _has_messages(bench):
        return Capabilities(frozenset({"nothing", "key", "model", "messages"}))
    return Capabilities(frozenset({"nothing", "key", "model"}))


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
