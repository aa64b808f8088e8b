"""Credentials stay at the origin of the base URL, also in calls by hand."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from text_completions import Anthropic

KEY = "sk-very-secret"


def sent_to(place: str, **settings: Any) -> httpx.Headers:
    """Return the headers of a request by hand to a place."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    http = httpx.Client(transport=httpx.MockTransport(answer), auth=("me", "mine"))
    with Anthropic(
        KEY,
        base_url="http://here/v/",
        http_client=http,
        default_headers={"x-team": "blue"},
    ) as client:
        client.request("GET", place, **settings)
    return seen[0].headers


@pytest.mark.parametrize("place", ["/models", "models?x=http://e/", "http://here/v/m"])
def test_a_call_to_the_own_origin_carries_what_every_call_carries(place: str) -> None:
    headers = sent_to(place)

    assert headers["x-api-key"] == KEY
    assert headers["x-team"] == "blue"
    assert headers["anthropic-version"] == "2023-06-01"
    assert headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    "place", ["http://there/v/m", "https://here/v/m", "http://here:81/v/m"]
)
def test_a_call_to_another_origin_carries_nothing_of_the_client(place: str) -> None:
    headers = sent_to(place, headers={"x-own": "1"})

    assert not {"x-api-key", "authorization", "x-team"} & set(headers)
    assert headers["x-own"] == "1"
