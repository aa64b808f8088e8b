"""The table of what models accept: `models.yaml`, or a file of the same form."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, Literal

import jsonschema_rs

from text_completions_document import is_list, mapping, parse_yaml, sequence

from ...app.errors import ServerError
from ...app.validation import Validator

Acceptance = Literal["any", "default", "none"]

SAMPLING: Final = ("temperature", "top_p", "top_k")
"""The parameters that decide how tokens are drawn."""

_STOP_SEQUENCES: Final = 4
"""How many stop sequences go upstream where the table does not say."""

_ACCEPTANCE: Final = {"enum": ["any", "default", "none"]}
_TABLE: Final = Validator(
    jsonschema_rs.Draft202012Validator(
        {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["match"],
                "additionalProperties": False,
                "properties": {
                    "match": {"type": "string", "minLength": 1},
                    "prefill": {"type": "boolean"},
                    "sampling": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            **dict.fromkeys(SAMPLING, _ACCEPTANCE),
                            "together": {"type": "boolean"},
                        },
                    },
                    "stop_sequences": {"type": "integer", "minimum": 0},
                    "max_tokens": {"type": "integer", "minimum": 1},
                    "source": {"type": "string"},
                },
            },
        }
    )
)


class ModelTableError(ServerError):
    """The table of models is missing, unreadable or invalid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRule:
    """What the models of one pattern accept.

    Attributes:
        match: The pattern of their names: `*` for any text, `?` for a character.
        prefill: Whether a conversation may end with the assistant's turn.
        sampling: Which values of temperature, top_p and top_k are accepted; a
            parameter that is not named accepts any.
        together: Whether temperature and top_p may both be sent.
        stop_sequences: How many stop sequences may be sent.
        max_tokens: The maximum output in tokens; None if it is not known.
    """

    match: str = "*"
    prefill: bool = True
    sampling: Mapping[str, Acceptance] = field(default_factory=dict[str, Acceptance])
    together: bool = True
    stop_sequences: int = _STOP_SEQUENCES
    max_tokens: int | None = None


def read_table(file: str | os.PathLike[str] | None = None) -> Sequence[ModelRule]:
    """Read the rules of a YAML file; None reads the one of this package.

    Raises:
        ModelTableError: The file is missing or invalid.
    """
    path = Path(__file__).with_name("models.yaml") if file is None else Path(file)
    try:
        table = parse_yaml(path.read_text("utf-8"))
    except OSError as error:
        raise ModelTableError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise ModelTableError(f"{path}: {error}") from error
    if not is_list(table):
        raise ModelTableError(
            f"{path}: must be a list of entries such as - match: 'our-model-*'"
        )
    violation = _TABLE.violation(table)
    if violation is not None:
        raise ModelTableError(f"{path}: {violation}")
    return [_rule(mapping(each)) for each in sequence(table)]


def rule_for(model: str, table: Sequence[ModelRule]) -> ModelRule:
    """Return the first rule that matches a model; if none does, everything goes."""
    matching = (rule for rule in table if fnmatchcase(model, rule.match))
    return next(matching, ModelRule())


def _rule(entry: Mapping[str, Any]) -> ModelRule:
    sampling = mapping(entry.get("sampling"))
    maximum = entry.get("max_tokens")
    return ModelRule(
        match=entry["match"],
        prefill=entry.get("prefill", True),
        sampling={name: sampling[name] for name in SAMPLING if name in sampling},
        together=sampling.get("together", True),
        stop_sequences=int(entry.get("stop_sequences", _STOP_SEQUENCES)),
        max_tokens=None if maximum is None else int(maximum),
    )
