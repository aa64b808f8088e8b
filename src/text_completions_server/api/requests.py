"""What a request asks for, once it is known to be well formed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .prompts import ASSISTANT, HUMAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What both operations ask of a backend.

    Attributes:
        model: The model, an alias resolved.
        max_tokens: How many tokens may be written, at least 1.
        stop_sequences: Texts that end the answer, those always meant included.
        temperature: 0 to 1; None when the request does not say.
        top_p: 0 to 1; None when the request does not say.
        top_k: At least 0; None when the request does not say.
        user_id: The opaque name of the user; None when the request does not say.
        stream: Whether the answer is wanted piece by piece.
    """

    model: str
    max_tokens: int
    stop_sequences: tuple[str, ...] = ()
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    user_id: str | None = None
    stream: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionRequest(Generation):
    """A prompt to continue, sanitised."""

    prompt: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRequest(Generation):
    """A conversation to continue; a last turn of the assistant starts the answer."""

    turns: tuple[Turn, ...]
    system: str | None = None

    @property
    def prompt(self) -> str:
        """The conversation as the prompt of a text completion."""
        marks = {"user": HUMAN, "assistant": ASSISTANT}
        said = "".join(f"{marks[turn.role]} {turn.text}" for turn in self.turns)
        prefilled = bool(self.turns) and self.turns[-1].role == "assistant"
        return f"{self.system or ''}{said}{'' if prefilled else ASSISTANT}"
