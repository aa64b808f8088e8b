"""Make the request to the upstream of the request of a caller, as its model accepts it.

What models accept stands in `models.yaml`, or in a file of the same form.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct, ValidationError, convert

from text_completions import PromptError, messages_to_prompt, prompt_to_messages
from text_completions_document import parse_yaml

from ...errors import ServerError, bad_request
from ..requests import CompletionRequest
from .settings import BridgeSettings

_DEFAULTS: Final = {"temperature": 1.0, "top_p": 1.0}
"""The values of the upstream where a request does not say."""

_Acceptance = Literal["any", "default", "none"]


class ModelTableError(ServerError):
    """The table of models is missing, unreadable or invalid."""


class SamplingRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Which values of each sampling parameter a model accepts.

    `together` says whether temperature and top_p may both be sent.
    """

    temperature: _Acceptance = "any"
    top_p: _Acceptance = "any"
    top_k: _Acceptance = "any"
    together: bool = True


class ModelRule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the models of one pattern accept: an entry of the table.

    Attributes:
        match: The pattern of their names: `*` for any text, `?` for a character.
        prefill: Whether a conversation may end with the assistant's turn.
        sampling: The values of the sampling parameters.
        stop_sequences: How many stop sequences may be sent.
        max_tokens: The maximum output in tokens; None if it is not known.
        source: Where this is written.
    """

    match: Annotated[str, Meta(min_length=1)]
    prefill: bool = True
    sampling: SamplingRule = SamplingRule()
    stop_sequences: Annotated[int, Meta(ge=0)] = 4
    max_tokens: Annotated[int, Meta(ge=1)] | None = None
    source: str = ""


def read_table(file: str | os.PathLike[str] | None = None) -> Sequence[ModelRule]:
    """Read the rules of a YAML file; None reads the one of this package.

    Raises:
        ModelTableError: The file is missing or invalid.
    """
    path = Path(__file__).with_name("models.yaml") if file is None else Path(file)
    try:
        return convert(parse_yaml(path.read_text("utf-8")), list[ModelRule])
    except OSError as error:
        raise ModelTableError(f"{path}: {error.strerror or error}") from error
    except ValidationError as error:
        raise ModelTableError(
            f"{path}: {error}; the table is a list of entries such as "
            "- match: 'our-model-*', and values of sampling are any, default or none"
        ) from error
    except ValueError as error:
        raise ModelTableError(f"{path}: {error}") from error


def rule_for(model: str, table: Sequence[ModelRule]) -> ModelRule:
    """Return the first rule that matches a model; if none does, everything goes."""
    matching = (rule for rule in table if fnmatchcase(model, rule.match))
    return next(matching, ModelRule(match="*"))


@dataclass(frozen=True, slots=True)
class UpstreamRequest:
    """A request for `/v1/messages`."""

    body: dict[str, Any]
    prefill: str  # what the response continues
    instructed: bool  # the prefill is in the system text, and not the last turn
    changed: tuple[str, ...]  # from what the caller asked for, for the access line


def upstream_request(
    request: CompletionRequest, model: str, rule: ModelRule, settings: BridgeSettings
) -> UpstreamRequest:
    """Make the request to the upstream, as its model accepts it.

    Raises:
        ApiError: 400; the prompt is no conversation, or has a prefill that is refused.
    """
    system, messages = _conversation(request.prompt)
    changed: list[str] = []
    prefill = messages[-1]["content"] if messages[-1]["role"] == "assistant" else ""
    instructed = bool(prefill) and not _keeps_prefill(rule, settings)
    if instructed:
        system = "\n\n".join(filter(None, [system, _instruction(prefill)]))
        messages = messages[:-1]
        changed.append("prefill:instructed")
    max_tokens = request.max_tokens
    if settings.sampling == "clamp" and rule.max_tokens is not None:
        max_tokens = min(max_tokens, rule.max_tokens)
    if max_tokens < request.max_tokens:
        changed.append(f"max_tokens:{max_tokens}")
    wanted = {
        name: getattr(request, name) for name in ("temperature", "top_p", "top_k")
    }
    sampling = _accepted(wanted, rule, settings)
    changed += [
        f"{name}:dropped"
        for name, value in wanted.items()
        if name not in sampling and value not in (None, _DEFAULTS.get(name))
    ]
    stops = [stop for stop in request.stop_sequences if stop.strip()]
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": max_tokens,
        "system": system or None,
        "messages": messages,
        "stop_sequences": stops[: rule.stop_sequences] or None,
        **sampling,
        "metadata": None if request.user_id is None else {"user_id": request.user_id},
        "stream": request.stream or None,
    }
    sent = {name: value for name, value in body.items() if value is not None}
    return UpstreamRequest(sent, prefill, instructed, tuple(changed))


def repaired_prompt(prompt: str) -> str:
    """Mend the doubled turn markers of a prompt; leave other prompts as they are.

    The server calls it before it checks the prompt, which it would refuse.

    Raises:
        ApiError: 400; the prompt has a fault that cannot be repaired.
    """
    try:
        prompt_to_messages(prompt)
    except PromptError:
        try:
            system, messages = prompt_to_messages(prompt, repair=True)
            return messages_to_prompt(messages, system=system)
        except PromptError as error:
            raise bad_request(str(error)) from error
    return prompt


def _conversation(prompt: str) -> tuple[str | None, list[dict[str, str]]]:
    """Return the system text and the turns of a prompt, the user's first."""
    try:
        system, messages = prompt_to_messages(prompt)
    except PromptError as error:
        raise bad_request(str(error)) from error
    if messages[0]["role"] != "user":
        raise bad_request(r'prompt must have text in its first "\n\nHuman:" turn')
    return system, messages


def _keeps_prefill(rule: ModelRule, settings: BridgeSettings) -> bool:
    """Tell whether the conversation may end with the turn of the assistant.

    Raises:
        ApiError: 400; a prefill is to be refused.
    """
    if settings.prefill == "refuse":
        raise bad_request(
            r'prompt must end with "\n\nAssistant:" and no text after it: the start '
            "of the response cannot be given here"
        )
    return settings.prefill == "keep" or (settings.prefill == "auto" and rule.prefill)


def _instruction(prefill: str) -> str:
    return (
        "Your response continues the text between the tags below. Write only what "
        "comes after it, and do not repeat it.\n"
        f"<beginning>{prefill}</beginning>"
    )


def _accepted(
    wanted: Mapping[str, float | None], rule: ModelRule, settings: BridgeSettings
) -> dict[str, float]:
    """Return the sampling parameters to send."""
    named = {name: value for name, value in wanted.items() if value is not None}
    if settings.sampling == "drop":
        return {}
    if settings.sampling == "keep":
        return named
    kept = {
        name: value
        for name, value in named.items()
        if _accepts(getattr(rule.sampling, name), name, value)
    }
    if not rule.sampling.together and "temperature" in kept:
        kept.pop("top_p", None)
    return kept


def _accepts(acceptance: str, name: str, value: float) -> bool:
    if acceptance == "default":
        return value == _DEFAULTS.get(name)
    return acceptance == "any"
