"""From decoded JSON to a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anthropic
from answers import COMPLETION
from figures import OURS, Measure, Target
from rounds import interleaved

import text_completions


def measures() -> list[Measure]:
    """Measure the building of a completion."""
    source: Mapping[str, Any] = COMPLETION
    ours = text_completions.types.Completion.from_dict
    official = anthropic.types.Completion.construct
    samples = interleaved(
        {OURS: lambda: ours(source), "official SDK": lambda: official(**source)},
        25,
        number=4_000,
    )
    return [Measure("a Completion from its dict", samples, [Target(1.2e-6)])]
