"""Makes generated bodies ones that a strict server accepts.

Generated prompts are random characters and generated models unknown names; a server
rightly refuses both. So each member that fits the document is replaced by one that the
service accepts. A member that breaks the document stays, so that a forbidden request
is forbidden for that reason alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from text_completions_document import sequence

from .._bench import PROMPT
from .._contract import JSON, NEW, Contract
from .._strict_json import NotStrictJson, as_object, as_text, read_json
from ..requests.exchange import Request

# Cheap, and more than any generated bound needs.
MAX_TOKENS = 16
MAX_TOP_K = 500
# The sources disagree about longer ones, up to 512 characters.
MAX_USER_ID = 256


@dataclass(frozen=True)
class Shaper:
    """Shapes bodies by a contract, for a model."""

    contract: Contract
    model: str

    def shape(self, path: str, body: bytes) -> bytes:
        """The body with its good members replaced by ones that the service accepts."""
        try:
            members = as_object(read_json(body))
        except NotStrictJson:
            return body
        if members is None:
            return body
        shaped = {
            name: self._member(path, name, value) for name, value in members.items()
        }
        return json.dumps(shaped).encode()

    def version(self, value: str) -> str:
        """A version that every server knows, in place of a later one."""
        return NEW if value in self.contract.later_versions else value

    def is_disputed(self, request: Request) -> bool:
        """Whether the sources disagree about the right response."""
        if request.method != "POST" or request.header("content-type") != JSON:
            return True
        # -1 switches these off on some servers.
        return any(request.json.get(name) == -1 for name in ("top_k", "top_p"))

    def _member(self, path: str, name: str, value: Any) -> Any:
        pointer, schema = self.contract.request_schema(path, "properties", name)
        if schema is None or self.contract.problem(pointer, value) is not None:
            return value
        if name == "model":
            return self.model
        return CHANGES[name](value) if name in CHANGES else value


def _tokens(value: Any) -> int:
    return min(int(value), MAX_TOKENS)


def _metadata(value: Mapping[str, Any]) -> dict[str, Any]:
    user = as_text(value.get("user_id"))
    return {**value, "user_id": user[:MAX_USER_ID]} if user else dict(value)


def _stops(value: list[Any]) -> list[str]:
    # Some servers refuse empty and blank sequences. None of these appears in a text.
    return [f"###{number}" for number in range(len(value))]


def _turns(value: list[Any]) -> list[dict[str, Any]]:
    roles = ("user", "assistant")
    turns = [
        {**turn, "role": roles[place % 2], "content": _content(turn["content"])}
        for place, turn in enumerate(value)
    ]
    # Not every model accepts a prefill, so the last turn is the user's.
    return turns if len(turns) % 2 else turns[:-1]


def _content(value: Any) -> Any:
    if isinstance(value, str):
        return "Hello, Claude"
    return [{"type": "text", "text": "Hello, Claude"} for _ in sequence(value) or [0]]


CHANGES: dict[str, Callable[[Any], Any]] = {
    "prompt": lambda _: PROMPT,
    "max_tokens_to_sample": _tokens,
    "max_tokens": _tokens,
    # Not every server accepts -1.
    "top_k": lambda value: min(max(int(value), 0), MAX_TOP_K),
    "top_p": lambda value: max(value, 0),
    "stop_sequences": _stops,
    "metadata": _metadata,
    "messages": _turns,
    "system": lambda _: "You are terse.",
}
