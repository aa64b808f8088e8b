"""The tables of docs/client.md say what the code does; tests/docs runs its blocks."""

from __future__ import annotations

import re
from pathlib import Path

import text_completions

PAGE = (Path(__file__).parents[2] / "docs" / "client.md").read_text("utf-8")
(TREE,) = re.findall(r"^```\n(AnthropicError.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_tree_of_errors_is_the_tree_of_classes() -> None:
    names = re.findall(
        r"\b\w+Error\b", TREE.replace("a TypeError", "").replace("a ValueError", "")
    )
    for name in names:
        assert issubclass(
            getattr(text_completions, name), text_completions.AnthropicError
        )
    assert issubclass(text_completions.MissingCredentialsError, TypeError)
    assert issubclass(text_completions.RequestValidationError, ValueError)
    assert len(names) >= 12
