"""The requests of the two operations: typed, and read from a checked body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from msgspec import Struct

from text_completions_document import mapping, sequence

from .prompts import ASSISTANT, HUMAN

Body = Mapping[str, object]
_Number = TypeVar("_Number", int, float)


class Generation(Struct, frozen=True, kw_only=True):
    """What both operations ask of a backend.

    A frozen dataclass with so many members would take 3 µs to make.

    Attributes:
        requested_model: The name of the model as the caller wrote it.
        model: The model, an alias resolved.
        max_tokens: The maximum number of tokens, at least 1.
        stop_sequences: The texts that end the response, the built-in ones included.
        temperature: 0 to 1; None when the request does not say.
        top_p: 0 to 1; None when the request does not say, or switches it off.
        top_k: At least 0; None when the request does not say, or switches it off.
        user_id: The opaque id of the user; None when the request does not say.
        stream: Whether the response is streamed.
    """

    requested_model: str
    model: str
    max_tokens: int
    stop_sequences: tuple[str, ...] = ()
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    user_id: str | None = None
    stream: bool = False


class CompletionRequest(Generation, frozen=True, kw_only=True):
    """A prompt to continue, sanitised."""

    prompt: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side of a conversation says."""

    role: Literal["user", "assistant"]
    text: str


class MessageRequest(Generation, frozen=True, kw_only=True):
    """A conversation to continue; a last assistant turn begins the response."""

    turns: tuple[Turn, ...]
    system: str | None = None

    @property
    def prompt(self) -> str:
        """The conversation as the prompt of a text completion."""
        marks = {"user": HUMAN, "assistant": ASSISTANT}
        turns = "".join(f"{marks[turn.role]} {turn.text}" for turn in self.turns)
        prefilled = bool(self.turns) and self.turns[-1].role == "assistant"
        return f"{self.system or ''}{turns}{'' if prefilled else ASSISTANT}"


def read_completion(
    body: Body, *, model: str, prompt: str, built_in: tuple[str, ...]
) -> CompletionRequest:
    """Make the typed form of a `/v1/complete` body."""
    return CompletionRequest(
        prompt=prompt,
        requested_model=text(body, "model") or "",
        model=model,
        max_tokens=number(body, "max_tokens_to_sample", int) or 1,
        stop_sequences=texts(body, "stop_sequences") + built_in,
        temperature=number(body, "temperature", float),
        top_p=number(body, "top_p", float),
        top_k=number(body, "top_k", int),
        user_id=_user_id(body) if "metadata" in body else None,
        stream=body.get("stream") is True,
    )


def read_message(
    body: Body, *, model: str, built_in: tuple[str, ...]
) -> MessageRequest:
    """Make the typed form of a `/v1/messages` body."""
    return MessageRequest(
        turns=_turns(sequence(body.get("messages"))),
        system=_content(body.get("system")) if "system" in body else None,
        requested_model=text(body, "model") or "",
        model=model,
        max_tokens=number(body, "max_tokens", int) or 1,
        stop_sequences=texts(body, "stop_sequences") + built_in,
        temperature=number(body, "temperature", float),
        top_p=number(body, "top_p", float),
        top_k=number(body, "top_k", int),
        user_id=_user_id(body) if "metadata" in body else None,
        stream=body.get("stream") is True,
    )


def _user_id(body: Body) -> str | None:
    return text(mapping(body["metadata"]), "user_id")


def _turns(messages: Iterable[object]) -> tuple[Turn, ...]:
    """Return the turns; messages of one role in a row are one turn."""
    turns: list[Turn] = []
    for message in map(mapping, messages):
        role: Literal["user", "assistant"] = (
            "assistant" if message.get("role") == "assistant" else "user"
        )
        content = _content(message.get("content"))
        if turns and turns[-1].role == role:
            content = f"{turns.pop().text}\n\n{content}"
        turns.append(Turn(role, content))
    return tuple(turns)


def _content(value: object) -> str:
    """Return the text of a string or of a list of text blocks."""
    if isinstance(value, str):
        return value
    return "".join(text(mapping(block), "text") or "" for block in sequence(value))


def text(body: Body, name: str) -> str | None:
    """Return the member if it is a string."""
    value = body.get(name)
    return value if isinstance(value, str) else None


def texts(body: Body, name: str) -> tuple[str, ...]:
    """Return the strings in the member."""
    if name not in body:
        return ()
    return tuple(each for each in sequence(body[name]) if isinstance(each, str))


def number(body: Body, name: str, kind: type[_Number]) -> _Number | None:
    """Return the member if it is a number; -1 switches a parameter off.

    As an integer it may be written 1.0, which JSON Schema takes for one.
    """
    value = body.get(name)
    if isinstance(value, (int, float)) and value != -1:
        return kind(value)
    return None
