"""Section `text`: characters and numbers that servers stumble over."""

from __future__ import annotations

import json
import re
from typing import Any

from .._answers import read_completion
from .._bench import PROMPT, Bench
from .._document import JSON
from .._expectations import PARAMS, accepted, refused, survived
from .._judgement import expect
from .._registry import invariant, must, section, should
from .._strict_json import NotStrictJson
from ..requests.exchange import Exchange

section("text", "Text and numbers", order=12)

RFC = "RFC 8259"
# Many scripts, a sign beyond the basic plane, one joined of three, a combining form.
WORLD = "Grüße, 世界, שלום, 𝄞, 👩\u200d🚀, e\u0301"


@invariant("text/1", "A JSON answer is UTF-8.", f"{RFC}, 8.1")
def _utf8(_: Bench, exchange: Exchange) -> bool:
    if exchange.media_type != JSON:
        return False
    check_charset(exchange)
    try:
        exchange.body.decode("utf-8")
    except UnicodeDecodeError as error:
        expect(False, f"byte {error.start} is no UTF-8", exchange)
    return True


@invariant(
    "text/2", "A JSON answer is JSON: no NaN, and no key twice.", f"{RFC}, 4 and 6"
)
def _strict(_: Bench, exchange: Exchange) -> bool:
    if exchange.media_type != JSON or exchange.fault is not None:
        return False
    try:
        _ = exchange.json
    except NotStrictJson as error:
        expect(False, f"it holds {error}", exchange)
    return True


@must("text/3", "A prompt may hold any characters, raw or as escapes.", f"{RFC}, 7")
def _characters(bench: Bench) -> None:
    raw, escaped = _both(bench, _greeting())
    accepted(raw, "characters of many scripts")
    accepted(escaped, "the same as escapes")


@must("text/4", "Raw characters and their escapes mean the same.", f"{RFC}, 7")
def _escapes(bench: Bench) -> None:
    raw, escaped = _both(bench, _greeting())
    one, two = read_completion(raw), read_completion(escaped)
    expect(one.text == two.text, "the answers differ", escaped, raw, escaped)


@must("text/5", "The order of members and white space mean nothing.", f"{RFC}, 2 and 4")
def _order(bench: Bench) -> None:
    body = bench.body(**bench.long_form())
    backwards = json.dumps(dict(reversed(body.items())), indent=3).encode()
    one = read_completion(bench.post(body))
    two = read_completion(bench.post(backwards))
    pair = (one.exchange, two.exchange)
    expect(one.text == two.text, "the answers differ", two.exchange, *pair)


@must("text/6", "A body that is no UTF-8 is refused.", f"{RFC}, 8.1")
def _not_utf8(bench: Bench) -> None:
    good = json.dumps(bench.body()).encode()
    latin = good.replace(b"Describe", b"D\xe9crire\xff")
    refused(bench.post(latin), "bytes of Latin-1")


@must("text/7", "A number that is none, as NaN, is refused.", f"{RFC}, 6")
def _nan(bench: Bench) -> None:
    body = json.dumps(bench.body(temperature=float("nan"))).encode()
    refused(bench.post(body), "temperature: NaN")


@must("text/8", "Numbers beyond all measure are refused, not a crash.", f"{PARAMS}")
def _large(bench: Bench) -> None:
    refused(bench.post(_with(bench, "temperature", "1e400")), "temperature: 1e400")
    survived(bench.post(_with(bench, "top_k", "9" * 60)), "top_k of 60 digits")


@must(
    "text/9",
    "A key given twice, half a surrogate pair or U+0000 is no crash.",
    f"{RFC}, 4, 8.2",
)
def _odd(bench: Bench) -> None:
    twice = json.dumps(bench.body())[:-1] + ', "model": "no-such-model"}'
    survived(bench.post(twice.encode()), "the key `model` twice")
    half = json.dumps(bench.body(prompt=PROMPT.replace("walk", "\ud83d walk")))
    survived(bench.post(half.encode()), "half a surrogate pair")
    null = bench.body(prompt=PROMPT.replace("walk", "\0 walk"))
    survived(bench.post(null), "U+0000")


@must("text/10", "JSON nested ten thousand deep is refused, not a crash.", f"{RFC}, 9")
def _deep(bench: Bench) -> None:
    deep = b'[{"a":' * 5_000 + b"0" + b"}]" * 5_000
    body = json.dumps(bench.body(metadata="DEEP")).encode().replace(b'"DEEP"', deep)
    refused(bench.post(body), "metadata nested ten thousand deep")


@should("text/11", "A body in UTF-16 is refused.", f"{RFC}, 8.1")
def _utf16(bench: Bench) -> None:
    body = json.dumps(bench.body()).encode("utf-16")
    refused(bench.post(body), "UTF-16")


def check_charset(exchange: Exchange) -> None:
    """Expect a content type that names no other encoding."""
    said = (exchange.header("content-type") or "").lower()
    found = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", said)
    fine = found is None or found[1] in {"utf-8", "utf8", "us-ascii"}
    expect(fine, f"the content type is {said!r}", exchange)


def _greeting() -> str:
    return PROMPT.replace("river", WORLD)


def _both(bench: Bench, prompt: str) -> tuple[Exchange, Exchange]:
    body: dict[str, Any] = bench.body(prompt=prompt, temperature=0)
    raw = json.dumps(body, ensure_ascii=False).encode()
    return bench.post(raw), bench.post(json.dumps(body).encode())


def _with(bench: Bench, field: str, literal: str) -> bytes:
    """A body with a number written in a way that Python does not write."""
    marked = json.dumps(bench.body(**{field: "HERE"}))
    return marked.replace('"HERE"', literal).encode()
