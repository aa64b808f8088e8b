"""Calls that do not fit a signature are told of it."""

from __future__ import annotations

from typing import Any

import pytest

from text_completions import Anthropic, AsyncAnthropic
from text_completions_runtime import with_signature_errors

GOOD: dict[str, Any] = {"model": "m", "prompt": "p", "max_tokens_to_sample": 1}


class Resource:
    @with_signature_errors
    def create(self, *, name: str, size: int = 1) -> str:
        """Make something."""
        return name * size


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({}, "missing 1 required keyword-only argument: 'name'"),
        ({"name": "a", "nmae": "b"}, "unexpected keyword argument 'nmae'"),
    ],
)
def test_a_call_that_does_not_fit_is_told_the_signature(
    arguments: dict[str, Any], reason: str
) -> None:
    with pytest.raises(TypeError) as caught:
        Resource().create(**arguments)

    assert reason in str(caught.value)
    assert str(caught.value).endswith("The call is create(*, name, size=…)")
    assert caught.value.__suppress_context__


def test_an_error_from_within_passes_as_it_is() -> None:
    with pytest.raises(TypeError) as caught:
        Resource().create(name="a", size="b")  # type: ignore[arg-type]

    assert "The call is" not in str(caught.value)


def test_a_call_that_fits_is_made_and_documented() -> None:
    assert Resource().create(name="a", size=2) == "aa"
    assert Resource.create.__doc__ == "Make something."
    assert Resource.create.__name__ == "create"


@pytest.mark.parametrize("make", [Anthropic, AsyncAnthropic])
@pytest.mark.parametrize("wrong", [{"prompt": "p"}, {**GOOD, "best_of": 2}])
def test_every_operation_tells_its_signature(make: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"create\(\*, model, prompt, max_tokens"):
        make("sk-test").completions.create(**wrong)
