"""Makes generated bodies ones that a strict server takes, and says which it must take.

Generated prompts are random characters and generated models unknown names; a server
rightly refuses both. Each member that fits the document is therefore replaced by one
that fits the service; each that breaks the document stays as it is, so that a
forbidden request is forbidden for that reason alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._bench import PROMPT
from .._document import COMPLETE, JSON, OLD, Document
from .._strict_json import NotStrictJson, as_list, as_object, as_text, read_json
from ..requests.exchange import Request

SCHEMAS = {COMPLETE: "CompletionCreateParams"}
OTHER_SCHEMA = "MessageCreateParams"
# Cheap to answer, and beyond what any generated bound needs.
MOST_TOKENS = 16
MOST_TOP_K = 500
# From here to 512 characters the sources disagree.
SURE_USER_ID = 256


@dataclass(frozen=True)
class Shaper:
    """Knows the model to ask for and the document to ask by."""

    document: Document
    model: str

    def shape(self, path: str, body: bytes) -> bytes:
        """The body with its good members replaced by ones that the service takes."""
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

    def is_good(self, request: Request) -> bool:
        """Whether the document allows the request; a second opinion."""
        version = as_text(request.header("anthropic-version"))
        versions = as_list(
            self.document.at("components", "schemas", "ApiVersion", "enum")
        )
        try:
            body = read_json(request.body or b"")
        except NotStrictJson:
            return False
        return version in versions and self._fits(request.path, body)

    def is_disputed(self, request: Request) -> bool:
        """Whether nobody knows for sure what a server does with the request."""
        if request.method != "POST" or request.header("content-type") != JSON:
            return True
        body = request.json
        # -1 was a sentinel of 2023; what a server does with it under that version…
        sentinels = [body.get("top_k"), body.get("top_p")]
        old = request.header("anthropic-version") == OLD
        return old and any(_is_negative(value) for value in sentinels)

    def _member(self, path: str, name: str, value: Any) -> Any:
        pointer = f"#/components/schemas/{_schema(path)}/properties/{name}"
        known = self.document.at("components", "schemas", _schema(path), "properties")
        if name not in (as_object(known) or {}):
            return value
        if self.document.problems(pointer, value) is not None:
            return value
        change = CHANGES.get(name)
        return self.model if name == "model" else change(value) if change else value

    def _fits(self, path: str, body: object) -> bool:
        pointer = f"#/components/schemas/{_schema(path)}"
        return self.document.problems(pointer, body) is None


def _schema(path: str) -> str:
    return SCHEMAS.get(path, OTHER_SCHEMA)


def _tokens(value: Any) -> int:
    return min(int(value), MOST_TOKENS)


def _metadata(value: Mapping[str, Any]) -> dict[str, Any]:
    user = as_text(value.get("user_id"))
    return {**value, "user_id": user[:SURE_USER_ID]} if user else dict(value)


def _stops(value: list[Any]) -> list[str]:
    # Empty and blank sequences are refused by some; none of these appears in a text.
    return [f"###{number}" for number in range(len(value))]


def _turns(value: list[Any]) -> list[dict[str, Any]]:
    roles = ("user", "assistant")
    turns = [
        {**turn, "role": roles[place % 2], "content": _content(turn["content"])}
        for place, turn in enumerate(value)
    ]
    # The start of an answer as the last turn is what not every model takes.
    return turns if len(turns) % 2 else turns[:-1]


def _content(value: Any) -> Any:
    if isinstance(value, str):
        return "Hello, Claude"
    return [{"type": "text", "text": "Hello, Claude"} for _ in as_list(value) or [0]]


def _is_negative(value: object) -> bool:
    return isinstance(value, int | float) and value < 0


CHANGES: dict[str, Callable[[Any], Any]] = {
    "prompt": lambda _: PROMPT,
    "max_tokens_to_sample": _tokens,
    "max_tokens": _tokens,
    "top_k": lambda value: min(int(value), MOST_TOP_K),
    "stop_sequences": _stops,
    "metadata": _metadata,
    "messages": _turns,
    "system": lambda _: "You are terse.",
}
