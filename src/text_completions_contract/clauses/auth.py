"""Section `auth`: who may send requests."""

from __future__ import annotations

from .._bench import WITHOUT_KEY, WRONG_KEY, Bench, new_request
from .._contract import COMPLETE
from .._judgement import assume, expect
from .._registry import must, section
from .._responses import AUTHENTICATION_ERROR, accepted, expect_error, usable

section("auth", "Authentication", order=1, needs="nothing")

SOURCE = "#/components/securitySchemes/ApiKey"


@must("auth/1", SOURCE)
def _no_key(bench: Bench) -> None:
    """A request without `x-api-key` is answered 401 `authentication_error`."""
    exchange = bench.post(bench.body(), headers=bench.headers(key=None))
    expect_error(exchange, "no key", 401, AUTHENTICATION_ERROR)


@must("auth/2", SOURCE)
def _wrong_key(bench: Bench) -> None:
    """A request with a wrong key is answered 401 `authentication_error`, also after one
    with the right key on the same connection.
    """
    right_and_wrong = [
        new_request(COMPLETE, bench.body(), bench.headers(key=key))
        for key in (bench.key, WRONG_KEY)
    ]
    exchange = bench.wire.send_in_turn(right_and_wrong)[-1]
    expect_error(exchange, "a wrong key", 401, AUTHENTICATION_ERROR)


@must("auth/3", "RFC 9110, 5.1", needs="model")
def _letter_case(bench: Bench) -> None:
    """The name of the header `x-api-key` may be written in any letter case."""
    headers = {
        name.upper() if name == bench.key_header else name: value
        for name, value in bench.headers().items()
    }
    accepted(bench.post(bench.body(), headers=headers), bench.key_header.upper())


@must("auth/4", "docs 2024, streaming; recorded")
def _streaming(bench: Bench) -> None:
    """A missing or wrong key gets a JSON error also where a stream was asked for."""
    for what, key in WITHOUT_KEY:
        headers = bench.headers(key=key)
        exchange = bench.post(bench.body(stream=True), headers=headers)
        expect_error(exchange, f"{what}, `stream: true`", 401, AUTHENTICATION_ERROR)


@must("auth/6", SOURCE, needs="model")
def _similar_key(bench: Bench) -> None:
    """A key that only resembles the right one is answered 401
    `authentication_error`.
    """
    key = bench.key
    backwards = bench.headers(key=f"sk-{key[::-1]}")
    other = usable(bench.post(bench.body(), headers=backwards))
    assume(other.status != 200, "the server accepts any key")
    similar = {
        "the key and a letter": f"{key}x",
        "the key without its end": key[:-1],
        "the key with another last letter": key[:-1] + ("y" if key[-1] == "x" else "x"),
        "the key and a second word": f"{key} x",
        "the key in another letter case": key.swapcase(),
    }
    for what, wrong in similar.items():
        exchange = bench.post(bench.body(), headers=bench.headers(key=wrong))
        expect_error(exchange, what, 401, AUTHENTICATION_ERROR)


@must("auth/7", "RFC 9110, 5.5")
def _foreign_key(bench: Bench) -> None:
    """A key with letters beyond ASCII does not crash the server."""
    # Comparing such a text in constant time raises an error in some languages.
    exchange = bench.post(bench.body(), headers=bench.headers(key="sk-clé"))
    message = f"the key sk-clé: answered {usable(exchange).status}, not 401"
    expect(exchange.status < 500, message, exchange)


@must("auth/5", SOURCE)
def _empty_key(bench: Bench) -> None:
    """An empty key is answered 401 `authentication_error`."""
    exchange = bench.post(bench.body(), headers=bench.headers(key=""))
    expect_error(exchange, "an empty key", 401, AUTHENTICATION_ERROR)
