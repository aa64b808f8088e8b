"""The TypeError of a call with wrong arguments shows the signature."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
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

    @with_signature_errors
    async def create_later(self, *, name: str, size: int = 1) -> str:
        """Make something later."""
        return name * size


def create(**arguments: Any) -> str:
    return Resource().create(**arguments)


def create_later(**arguments: Any) -> str:
    return asyncio.run(Resource().create_later(**arguments))


@pytest.mark.parametrize("call", [create, create_later])
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({}, "missing 1 required keyword-only argument: 'name'"),
        ({"name": "a", "nmae": "b"}, "unexpected keyword argument 'nmae'"),
    ],
)
def test_a_call_with_wrong_arguments_raises_an_error_with_the_signature(
    call: Callable[..., str], arguments: dict[str, Any], reason: str
) -> None:
    with pytest.raises(TypeError) as caught:
        call(**arguments)

    assert reason in str(caught.value)
    name = call.__name__
    assert str(caught.value).endswith(f"The call is {name}(*, name, size=…)")
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("call", [create, create_later])
def test_an_error_from_inside_stays_as_it_is(call: Callable[..., str]) -> None:
    with pytest.raises(TypeError) as caught:
        call(name="a", size="b")

    assert "The call is" not in str(caught.value)


def test_a_call_that_fits_is_made_and_documented() -> None:
    assert Resource().create(name="a", size=2) == "aa"
    assert Resource.create.__doc__ == "Make something."
    assert Resource.create.__name__ == "create"


@pytest.mark.parametrize("wrong", [{"prompt": "p"}, {**GOOD, "no_such_member": 2}])
def test_every_operation_shows_its_signature(wrong: dict[str, Any]) -> None:
    async def create_async() -> None:
        await AsyncAnthropic("sk-test").completions.create(**wrong)

    shown = r"create\(\*, model, prompt, max_tokens"
    with pytest.raises(TypeError, match=shown):
        Anthropic("sk-test").completions.create(**wrong)
    with pytest.raises(TypeError, match=shown):
        asyncio.run(create_async())


def test_the_methods_of_an_async_client_are_coroutine_functions() -> None:
    client = AsyncAnthropic("sk-test")

    for resource in (client.completions, client.messages):
        assert inspect.iscoroutinefunction(resource.create)
        assert inspect.iscoroutinefunction(resource.with_raw_response.create)
        assert not inspect.iscoroutinefunction(resource.with_streaming_response.create)
