"""What a client is told: by arguments, by the environment, or not at all."""

from __future__ import annotations

import math
from typing import Any

import httpx
import pytest

from text_completions_runtime import (
    MissingCredentialsError,
    omit,
)
from text_completions_runtime._client.options import (
    checked_retries,
    custom_headers,
    require_credentials,
    resolved_credentials,
    resolved_timeout,
    resolved_url,
)

from .contracts import CONTRACT

NOTHING = {"key": None, "token": None}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEY", "TOKEN", "URL", "HEADERS", "LOG"):
        monkeypatch.delenv(f"THINGS_{name}", raising=False)


def test_credentials_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THINGS_KEY", " sk-1\n")

    assert resolved_credentials(CONTRACT, NOTHING) == {"key": "sk-1", "token": None}


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_blank_variable_is_an_unset_one(
    blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THINGS_KEY", blank)
    monkeypatch.setenv("THINGS_URL", blank)

    assert resolved_credentials(CONTRACT, NOTHING) == NOTHING
    assert str(resolved_url(CONTRACT, None)) == "https://things.test/v0/"


def test_missing_credentials_name_arguments_variables_and_headers() -> None:
    with pytest.raises(MissingCredentialsError) as caught:
        require_credentials(CONTRACT, {"accept": "x"})

    assert isinstance(caught.value, TypeError)
    for word in ("key or token", "THINGS_KEY or THINGS_TOKEN", "`X-Key`"):
        assert word in str(caught.value)


@pytest.mark.parametrize("headers", [{"x-KEY": "k"}, {"Authorization": omit}])
def test_a_credential_is_there_or_explicitly_not(headers: dict[str, Any]) -> None:
    require_credentials(CONTRACT, headers)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("http://h", "http://h/"),
        ("http://h/", "http://h/"),
        ("http://h:81/a/b", "http://h:81/a/b/"),
        ("https://h/a/", "https://h/a/"),
        ("HTTPS://H/A", "https://h/A/"),
        ("http://under_score.test", "http://under_score.test/"),
        ("http://[::1]:8000", "http://[::1]:8000/"),
        (httpx.URL("http://h/x"), "http://h/x/"),
        (None, "https://things.test/v0/"),
        ("", "https://things.test/v0/"),
    ],
)
def test_a_base_url_ends_in_a_slash(given: Any, expected: str) -> None:
    assert str(resolved_url(CONTRACT, given)) == expected


@pytest.mark.parametrize(
    "bad",
    [
        *["h", "/v1", "ftp://h", "http://", "http:/h", "//h", "file:///etc"],
        *["http://h:port", "http://h:99999999", "http://[::1", "http://h/?a=b"],
        *["http://h/#a", "http://h\n"],
    ],
)
def test_a_bad_base_url_is_refused_with_where_it_may_come_from(bad: str) -> None:
    with pytest.raises(ValueError, match="base_url must be") as caught:
        resolved_url(CONTRACT, bad)

    assert repr(bad) in str(caught.value)
    assert "THINGS_URL" in str(caught.value)


@pytest.mark.parametrize("endless", [math.inf, 1e300, pytest.param(10**400, id="int")])
def test_a_timeout_that_is_too_large_for_a_clock_is_no_timeout(endless: float) -> None:
    assert resolved_timeout(endless) == httpx.Timeout(None, connect=5.0)
    assert resolved_timeout(httpx.Timeout(1, read=endless)).read is None


def test_a_timeout_of_zero_is_still_a_timeout_for_a_socket() -> None:
    assert 0 < (resolved_timeout(0).read or 0) < 0.001


@pytest.mark.parametrize("wrong", [httpx.Timeout(-1), httpx.Timeout(1, read=math.nan)])
def test_each_time_of_a_timeout_is_checked(wrong: httpx.Timeout) -> None:
    with pytest.raises(
        ValueError, match=r"timeout.(connect|read) must be a number of seconds"
    ):
        resolved_timeout(wrong)


def test_headers_come_from_lines_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("THINGS_HEADERS", "A: b: c\nnonsense\n : x\nD:e\r\n")

    assert custom_headers(CONTRACT) == {"A": "b: c", "D": "e"}


@pytest.mark.parametrize("good", [0, 2, 10**9, math.inf])
def test_a_number_of_retries_is_taken(good: float) -> None:
    assert checked_retries(good) == good


@pytest.mark.parametrize("bad", [-1, 1.5, 2.0, True, None, "2", -math.inf, math.nan])
def test_an_invalid_number_of_retries_is_refused(bad: object) -> None:
    with pytest.raises(TypeError, match="max_retries must be"):
        checked_retries(bad)


@pytest.mark.parametrize(
    ("timeout", "error"),
    [("1", TypeError), (True, TypeError), (-1, ValueError), (float("nan"), ValueError)],
)
def test_an_invalid_timeout_is_refused_by_name(
    timeout: Any, error: type[Exception]
) -> None:
    with pytest.raises(error, match="timeout must be a number of seconds"):
        resolved_timeout(timeout)
