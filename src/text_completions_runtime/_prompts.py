"""Prompts that are dialogues: read into messages, and written from messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import Any, Final, NamedTuple, cast

USER: Final = "user"
ASSISTANT: Final = "assistant"
_BETWEEN_JOINED: Final = "\n\n"

_BUGS: Final = {
    "member": "the name of an enum member instead of its text; use its value",
    "messages": "a printed list of messages; write each message as a turn",
    "twice": "the same turn marker twice in a row; leave one out, or have it repaired",
}
"""What programs write into a prompt by mistake, and what to do about it."""


class PromptError(ValueError):
    """A prompt that cannot become messages, or messages that cannot become a prompt."""


class Conversation(NamedTuple):
    """A dialogue as a system text and messages.

    Attributes:
        system: The text before the first turn; None where there is none.
        messages: Objects with the members `role` (`user` or `assistant`) and
            `content`, a text. Roles alternate. A last message of the assistant is
            the beginning of its response.
    """

    system: str | None
    messages: list[Any]  # each client has a TypedDict of its own for them


class PromptFormat:
    r"""How a prompt marks whose turn it is.

    Args:
        user: The marker of a user's turn: line ends, and a word, such as `\n\nQ:`.
        assistant: The marker of an assistant's turn.
        names: The names of the two markers in programs. A name in place of its
            marker is a mistake that is looked for.
    """

    def __init__(self, *, user: str, assistant: str, names: tuple[str, str]) -> None:
        self._user = user
        self._assistant = assistant
        self._names = names

    def to_messages(self, prompt: str, *, repair: bool = False) -> Conversation:
        """Read a prompt as a system text and messages.

        Raises:
            PromptError: The prompt shows a bug of a client, or has no user text.
        """
        prompt = self._with_whole_first_marker(prompt)
        if repair:
            prompt = self._doubled.sub(lambda found: found[1] or found[2], prompt)
        self._refuse_bugs(prompt, "the prompt")
        system, *rest = self._marker.split(prompt)
        turns = [
            (USER if marker == self._user else ASSISTANT, text.removeprefix(" "))
            for marker, text in zip(rest[::2], rest[1::2], strict=True)
        ]
        messages = _joined((role, text) for role, text in turns if text.strip())
        if not any(one["role"] == USER for one in messages):
            raise PromptError(
                f"the prompt has no user text: write it as a {self._user!r} turn"
            )
        if messages[-1]["role"] == ASSISTANT:
            messages[-1]["content"] = messages[-1]["content"].rstrip()
        return Conversation(system.strip() or None, messages)

    def to_prompt(
        self, messages: Sequence[Mapping[str, Any]], *, system: object = None
    ) -> str:
        """Write messages as a prompt that `to_messages` reads as the same messages.

        Raises:
            PromptError: A message is not one of text, or would be read differently.
        """
        turns = list(self._turns(messages))
        if not any(role == USER for role, _ in turns):
            raise PromptError("messages: there is no message of the user: add one")
        text = "" if system is None else _text(system, "system").strip()
        self._refuse_markers(text, "system")
        if self._with_whole_first_marker(text) != text:
            raise PromptError(
                f"system: {self._user.lstrip()!r} at the start would begin a turn"
            )
        self._refuse_bugs(text, "system")
        markers = {USER: self._user, ASSISTANT: self._assistant}
        prompt = text + "".join(f"{markers[role]} {content}" for role, content in turns)
        ends_with_user = turns[-1][0] == USER
        return prompt + self._assistant if ends_with_user else prompt.rstrip()

    def _turns(
        self, messages: Sequence[Mapping[str, Any]]
    ) -> Iterable[tuple[str, str]]:
        """Yield role and text of each message; an empty last prefill is left out."""
        for index, message in enumerate(messages):
            where = f"messages.{index}"
            role, content = _role_and_content(message, where)
            if not content.strip():
                if role == ASSISTANT and index == len(messages) - 1:
                    return
                raise PromptError(f"{where}.content: is empty; leave the message out")
            marker = self._user if role == USER else self._assistant
            self._refuse_markers(content, f"{where}.content")
            self._refuse_bugs(f"{marker} {content}", f"{where}.content")
            yield role, content

    def _with_whole_first_marker(self, prompt: str) -> str:
        """Complete the first marker of a prompt that lost its line ends."""
        bare, word = prompt.lstrip(), self._user.lstrip()
        return self._user + bare[len(word) :] if bare.startswith(word) else prompt

    def _refuse_markers(self, text: str, where: str) -> None:
        found = self._marker.search(text)
        if found is not None:
            raise PromptError(f"{where}: {found[0]!r} inside the text would be a turn")

    def _refuse_bugs(self, text: str, where: str) -> None:
        found = self._bug.search(text) or self._doubled.search(text)
        if found is not None:
            reason = _BUGS[found.lastgroup or "twice"]
            raise PromptError(f"{where} contains {found[0].strip()!r}: {reason}")

    # The patterns are compiled when the first prompt needs them.

    @cached_property
    def _marker(self) -> re.Pattern[str]:
        return re.compile(f"({re.escape(self._user)}|{re.escape(self._assistant)})")

    @cached_property
    def _doubled(self) -> re.Pattern[str]:
        """A marker, and its word again, once or more."""
        markers = self._user, self._assistant
        doubled = (
            rf"({re.escape(one)})(?:\s*{re.escape(one.lstrip())})+" for one in markers
        )
        return re.compile("|".join(doubled))

    @cached_property
    def _bug(self) -> re.Pattern[str]:
        """What a program wrote into a prompt by mistake, at the start of a turn."""
        stems = [name.partition("_")[0] for name in self._names]
        members = "|".join([*stems, USER.upper(), ASSISTANT.upper()])
        return re.compile(
            rf"(?:\A|{self._marker.pattern})\s*"
            rf"(?:(?P<member><?\w+\.(?:{members})(?:_PROMPT)?\b)"
            r"""|(?P<messages>\[\s*(?:\{\s*['"]role['"]\s*:|\w+Message\(content=)))"""
        )


def _joined(turns: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Make one message of the turns of one role that follow each other."""
    return [
        {"role": role, "content": _BETWEEN_JOINED.join(text for _, text in group)}
        for role, group in groupby(turns, key=lambda turn: turn[0])
    ]


def _role_and_content(message: object, where: str) -> tuple[str, str]:
    if not isinstance(message, Mapping):
        raise PromptError(f"{where}: is not an object with role and content")
    members = cast("Mapping[str, object]", message)
    for name in members:
        if name not in ("role", "content"):
            raise PromptError(f"{where}.{name}: a prompt has no place for it")
    role = members.get("role")
    if role not in (USER, ASSISTANT):
        raise PromptError(f"{where}.role: is {role!r}; expected 'user' or 'assistant'")
    return role, _text(members.get("content"), f"{where}.content")


def _text(content: object, where: str) -> str:
    """Return a text, or the text of blocks, joined without anything between them."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise PromptError(f"{where}: is not a text or a list of text blocks")
    texts: list[str] = []
    for index, block in enumerate(cast("list[object]", content)):
        match block:
            case {"type": "text", "text": str(text)}:
                texts.append(text)
            case _:
                raise PromptError(f"{where}.{index}: is not a text block")
    return "".join(texts)
