"""What the logger is told: never a secret, and bodies only when asked to."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from text_completions import Anthropic, BadRequestError
from text_completions_server import MockServer

from .calls import ARGUMENTS, PROMPT, complete, kinds

KEY = "sk-very-secret"


@kinds
@pytest.mark.parametrize("stream", [False, True])
def test_bodies_are_logged_when_asked_for_and_the_key_is_not(
    kind: str, stream: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with MockServer() as server, caplog.at_level(logging.DEBUG):
        server.reply(f"An answer that repeats {KEY}")
        call: dict[str, Any] = {"stream": stream, "prompt": f"{PROMPT} {KEY}"}
        complete(kind, server.url, call, api_key=KEY, log_bodies=True)

    assert "sent: {" in caplog.text
    assert "max_tokens_to_sample" in caplog.text
    assert "repeats" in caplog.text
    assert "***" in caplog.text
    assert KEY not in caplog.text


def test_a_copy_can_log_where_the_client_does_not(
    mock: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Anthropic(KEY, base_url=mock) as client, caplog.at_level(logging.DEBUG):
        client.completions.create(**ARGUMENTS)
        silent = caplog.text
        client.copy(log_bodies=True).completions.create(**ARGUMENTS)

    assert "sent:" not in silent
    assert "sent:" in caplog.text


def test_a_refused_call_logs_no_prompt(
    mock: str, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        Anthropic(KEY, base_url=mock) as client,
        caplog.at_level(logging.DEBUG),
        pytest.raises(BadRequestError),
    ):
        client.completions.create(
            **ARGUMENTS | {"prompt": "a prompt without turns"}, extra_headers={}
        )

    assert "without turns" not in caplog.text
    assert KEY not in caplog.text
