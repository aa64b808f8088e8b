"""Section `auth`: who may send requests."""

from __future__ import annotations

from .._bench import Bench
from .._expectations import (
    AUTHENTICATION_ERROR,
    WITHOUT_KEY,
    WRONG_KEY,
    accepted,
    refused,
)
from .._registry import must, section

section("auth", "Authentication", order=1)

SOURCE = "#/components/securitySchemes/ApiKey"


@must(
    "auth/1",
    "A request without `x-api-key` is answered 401 `authentication_error`.",
    SOURCE,
    needs="nothing",
)
def _no_key(bench: Bench) -> None:
    exchange = bench.post(bench.body(), headers=bench.headers(x_api_key=None))
    refused(exchange, "no key", 401, AUTHENTICATION_ERROR)


@must(
    "auth/2",
    "A request with a wrong key is answered 401 `authentication_error`.",
    SOURCE,
    needs="nothing",
)
def _wrong_key(bench: Bench) -> None:
    exchange = bench.post(bench.body(), headers=bench.headers(x_api_key=WRONG_KEY))
    refused(exchange, "a wrong key", 401, AUTHENTICATION_ERROR)


@must(
    "auth/3",
    "The name of the header `x-api-key` may be written in any letter case.",
    "RFC 9110, 5.1",
)
def _letter_case(bench: Bench) -> None:
    headers = {
        key.upper() if key == "x-api-key" else key: value
        for key, value in bench.headers().items()
    }
    accepted(bench.post(bench.body(), headers=headers), "X-API-KEY")


@must(
    "auth/4",
    "A missing or wrong key gets a JSON error also where a stream was asked for.",
    "docs 2024, streaming; recorded",
    needs="nothing",
)
def _streaming(bench: Bench) -> None:
    for what, key in WITHOUT_KEY:
        headers = bench.headers(x_api_key=key)
        exchange = bench.post(bench.body(stream=True), headers=headers)
        refused(exchange, f"{what}, `stream: true`", 401, AUTHENTICATION_ERROR)


@must(
    "auth/5",
    "An empty key is answered 401 `authentication_error`.",
    SOURCE,
    needs="nothing",
)
def _empty_key(bench: Bench) -> None:
    exchange = bench.post(bench.body(), headers=bench.headers(x_api_key=""))
    refused(exchange, "an empty key", 401, AUTHENTICATION_ERROR)
