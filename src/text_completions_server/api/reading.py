"""From a body that keeps to its schema to a typed request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict

from ..app.source import mapping, sequence
from .requests import CompletionRequest, MessageRequest, Turn

Body = Mapping[str, object]


class _Common(TypedDict):
    temperature: float | None
    top_p: float | None
    top_k: int | None
    user_id: str | None
    stream: bool


def read_completion(
    body: Body, *, model: str, prompt: str, built_in: tuple[str, ...]
) -> CompletionRequest:
    """The typed form of a `/v1/complete` body."""
    return CompletionRequest(
        model=model,
        prompt=prompt,
        max_tokens=integer(body, "max_tokens_to_sample") or 1,
        stop_sequences=(*texts(body, "stop_sequences"), *built_in),
        **_common(body),
    )


def read_message(
    body: Body, *, model: str, built_in: tuple[str, ...]
) -> MessageRequest:
    """The typed form of a `/v1/messages` body."""
    return MessageRequest(
        model=model,
        turns=tuple(_turn(mapping(each)) for each in sequence(body.get("messages"))),
        system=text(body, "system"),
        max_tokens=integer(body, "max_tokens") or 1,
        stop_sequences=(*texts(body, "stop_sequences"), *built_in),
        **_common(body),
    )


def text(body: Body, name: str) -> str | None:
    """The member if it is a text."""
    value = body.get(name)
    return value if isinstance(value, str) else None


def texts(body: Body, name: str) -> tuple[str, ...]:
    """The texts in the member."""
    return tuple(each for each in sequence(body.get(name)) if isinstance(each, str))


def number(body: Body, name: str) -> float | None:
    """The member if it is a number."""
    value = body.get(name)
    return float(value) if isinstance(value, (int, float)) else None


def integer(body: Body, name: str) -> int | None:
    """The member if it is a number; 1.0 is an integer in JSON Schema."""
    value = body.get(name)
    return int(value) if isinstance(value, (int, float)) else None


def _on(value: float | None) -> bool:
    """Whether a way of sampling is on: -1 switched it off in 2023."""
    return value is not None and value >= 0


def _common(body: Body) -> _Common:
    top_p, top_k = number(body, "top_p"), integer(body, "top_k")
    return {
        "temperature": number(body, "temperature"),
        "top_p": top_p if _on(top_p) else None,
        "top_k": top_k if _on(top_k) else None,
        "user_id": text(mapping(body.get("metadata")), "user_id"),
        "stream": body.get("stream") is True,
    }


def _turn(turn: Body) -> Turn:
    role: Literal["user", "assistant"] = (
        "assistant" if turn.get("role") == "assistant" else "user"
    )
    content = turn.get("content")
    if isinstance(content, str):
        return Turn(role, content)
    blocks = (text(mapping(block), "text") for block in sequence(content))
    return Turn(role, "".join(filter(None, blocks)))
