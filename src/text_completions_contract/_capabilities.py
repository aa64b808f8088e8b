"""Finds out, before any clause is judged, how far a server can be judged at all."""

from __future__ import annotations

from dataclasses import dataclass

from text_completions_document import mapping

from ._bench import Bench
from ._contract import COMPLETE, MESSAGES
from ._registry import Need
from ._strict_json import as_text
from .requests.exchange import Exchange

NO_RESPONSE = {
    "unreachable": "the server cannot be reached",
    "tls": "TLS failed",
    "silent": "the server does not respond",
}
KEY_ADVICE = "set ANTHROPIC_API_KEY, or the variable that --api-key-env names"
UNREADABLE = "the server's response cannot be read"
# How servers and gateways answer a path that they do not have.
NO_SUCH_PATH = frozenset({404, 405, 501})
COMPLETIONS: frozenset[Need] = frozenset({"nothing", "key", "model"})
EVERYTHING: frozenset[Need] = COMPLETIONS | frozenset[Need]({"messages"})


@dataclass(frozen=True)
class Capabilities:
    """The needs of clauses that a server meets, and what hinders judging the rest."""

    available: frozenset[Need] = frozenset()
    obstacle: str | None = None

    @property
    def paths(self) -> list[str]:
        """The paths of the operations that the server has."""
        offered = {COMPLETE: "model", MESSAGES: "messages"}
        return [path for path, need in offered.items() if need in self.available]

    def lacks(self, need: Need) -> str | None:
        """Why a clause with this need cannot be judged, or None if it can."""
        if need in self.available:
            return None
        absent = "/v1/messages" if need == "messages" else "/v1/complete"
        return self.obstacle or f"the server has no {absent}"


def probe(bench: Bench) -> Capabilities:
    """Send one good request of each operation and see how far it gets."""
    plain = bench.post(bench.body())
    if plain.fault is not None and plain.status == 0:
        what = NO_RESPONSE.get(plain.fault.kind, UNREADABLE)
        return Capabilities(obstacle=f"{what}: {plain.fault.message}")
    if 300 <= plain.status < 400:
        target = plain.header("location") or "nowhere"
        reason = f"{plain.status}, the server redirects to {target}; judge that URL"
        return Capabilities(obstacle=reason)
    if plain.status in {401, 403}:
        reason = f"the key was refused: {_summary(plain)}; {KEY_ADVICE}"
        return Capabilities(frozenset({"nothing"}), reason)
    # Another 2xx is a response that clauses can judge, although a wrong one.
    is_answered = 200 <= plain.status < 300
    model = bench.settings.model
    reason = f"no completion from {model!r}: {_summary(plain)}; --model names another"
    if not is_answered and plain.status not in NO_SUCH_PATH:
        return Capabilities(frozenset({"nothing", "key"}), reason)
    messages = bench.post(bench.body(MESSAGES), path=MESSAGES)
    if is_answered:
        has_messages = messages.status not in NO_SUCH_PATH
        return Capabilities(EVERYTHING if has_messages else COMPLETIONS)
    if 200 <= messages.status < 300:
        return Capabilities(frozenset({"messages"}))
    if model in _error_message(plain):
        # The endpoint exists, and knows no such model.
        return Capabilities(frozenset({"nothing", "key"}), reason)
    base = bench.wire.url
    reason = (
        f"there is no {base}/v1/complete ({_summary(plain)}) and no "
        f"{base}/v1/messages that answers ({_summary(messages)}); give the base URL "
        f"that stands before /v1"
    )
    return Capabilities(obstacle=reason)


def _summary(exchange: Exchange) -> str:
    """Return the status and the error's message, if there is one."""
    return f"{exchange.status} {_error_message(exchange)}".strip()


def _error_message(exchange: Exchange) -> str:
    return as_text(mapping(exchange.json.get("error")).get("message")) or ""
