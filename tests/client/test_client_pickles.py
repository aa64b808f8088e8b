"""Clients travel as their settings: without credentials, connections or locks."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import httpx
import pytest

from text_completions import Anthropic, AsyncAnthropic

from .calls import ARGUMENTS

KEY = "sk-very-secret"
SETTINGS: dict[str, Any] = {
    "base_url": "http://user:hidden@127.0.0.1:1/below/",
    "timeout": 7,
    "deadline": 9,
    "idle_timeout": 3,
    "max_retries": math.inf,
    "default_headers": {"x-team": "blue", "Authorization": f"Bearer {KEY}"},
    "default_query": {"trace": "1"},
    "validate_requests": False,
    "strict": True,
    "log_bodies": True,
}


@pytest.mark.parametrize("make", [Anthropic, AsyncAnthropic])
def test_the_settings_arrive_and_the_credentials_do_not(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = pickle.dumps(make(KEY, **SETTINGS))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-of-this-place")
    there = pickle.loads(sent)

    assert KEY.encode() not in sent
    assert b"hidden" not in sent
    assert type(there) is make
    assert there.api_key == "sk-of-this-place"
    assert str(there.base_url) == "http://127.0.0.1:1/below/"
    assert (there.timeout.read, there.timeout.connect) == (7, 5)
    assert (there.deadline, there.idle_timeout, there.max_retries) == (9, 3, math.inf)
    assert there.default_headers == {"x-team": "blue"}
    assert there.default_query == {"trace": "1"}
    assert (there.validate_requests, there.strict, there.log_bodies) == (
        False,
        True,
        True,
    )


def test_an_unpickled_client_calls(mock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-of-this-place")
    with Anthropic(KEY, base_url=mock) as here:
        here.completions.create(**ARGUMENTS)
        with pickle.loads(pickle.dumps(here)) as there:
            assert there.completions.create(**ARGUMENTS).completion


def test_a_client_with_an_http_client_of_the_callers_says_why_it_does_not_pickle() -> (
    None
):
    client = Anthropic(KEY, http_client=httpx.Client())
    with pytest.raises(TypeError, match="http_client of its caller's"):
        pickle.dumps(client)
    with pytest.raises(TypeError, match="http_client of its caller's"):
        pickle.dumps(client.copy())
    client.close()


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_shares_the_connections_and_keeps_the_key(
    copied: Any, mock: str
) -> None:
    with Anthropic(KEY, base_url=mock) as client:
        again = copied(client)
        assert again.api_key == KEY
        assert again.completions.create(**ARGUMENTS).completion
        assert again.completions is not client.completions


def test_strictness_has_the_name_that_the_official_client_gave_it(mock: str) -> None:
    with Anthropic(KEY, base_url=mock, _strict_response_validation=True) as client:
        assert client.strict is True
    with Anthropic(KEY, base_url=mock) as client:
        assert client.strict is False
