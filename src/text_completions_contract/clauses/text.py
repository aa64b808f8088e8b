"""Section `text`: characters and numbers that servers get wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from .._bench import PROMPT, SHORT, Bench
from .._contract import COMPLETE, JSON, PARAMS
from .._judgement import Deviation, assume, expect
from .._registry import invariant, must, section, should
from .._responses import (
    Reply,
    accepted,
    expect_between,
    read_reply,
    refused,
    strict_json,
    survived,
)
from .._strict_json import difference, shown
from ..requests.exchange import Exchange

section("text", "Text and numbers", order=12)

RFC = "RFC 8259"
# Many scripts, a sign beyond the basic plane, a joined emoji, a combining accent.
WORLD = "Grüße, 世界, שלום, 𝄞, 👩\u200d🚀, e\u0301"
# Each with its description.
ODD_TEXTS = {
    "U+0000": "\0",
    "half a surrogate pair": "\ud83d",
    "a byte order mark and U+1D11E": "\ufeff\U0001d11e",
}
CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)")


@invariant("text/1", f"{RFC}, 8.1")
def _utf8(_: Bench, exchange: Exchange) -> None:
    """A JSON response is UTF-8."""
    assume(exchange.media_type == JSON)
    check_charset(exchange)
    try:
        exchange.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Deviation(f"byte {error.start} is not UTF-8", exchange) from error


@invariant("text/2", f"{RFC}, 4 and 6")
def _strict(_: Bench, exchange: Exchange) -> None:
    """A JSON response is JSON: no NaN, and no key twice."""
    assume(exchange.media_type == JSON and exchange.fault is None)
    strict_json(exchange, exchange.body, "the body")


@must("text/3", f"{RFC}, 7")
def _characters(bench: Bench) -> None:
    """A prompt may hold any characters, raw or as escapes."""
    raw, escaped = _raw_and_escaped(bench)
    accepted(raw, "characters of many scripts")
    accepted(escaped, "the same as escapes")


@must("text/4", f"{RFC}, 7")
def _escapes(bench: Bench) -> None:
    """Raw characters and their escapes mean the same."""
    raw, escaped = _raw_and_escaped(bench)
    _expect_same(read_reply(raw, stream=False), read_reply(escaped, stream=False))


@must("text/5", f"{RFC}, 2 and 4")
def _order(bench: Bench) -> None:
    """The order of members, white space and escapes in names mean nothing."""
    backwards = dict(reversed(bench.long_body().items()))
    body = json.dumps(backwards, indent=3).replace('"prompt"', '"\\u0070rompt"')
    exchange = bench.post(body.encode())
    _expect_same(bench.long(), read_reply(exchange, stream=False))


@must("text/6", f"{RFC}, 8.1")
def _not_utf8(bench: Bench) -> None:
    """A body that is not UTF-8 is refused."""
    body = json.dumps(bench.body()).encode()
    refused(bench.post(body.replace(b"Describe", b"D\xe9crire\xff")), "Latin-1")


@must("text/7", f"{RFC}, 6")
def _nan(bench: Bench) -> None:
    """NaN, which is not a JSON number, is refused."""
    body = json.dumps(bench.body(temperature=float("nan"))).encode()
    refused(bench.post(body), "temperature: NaN")


@must("text/8", f"{PARAMS}")
def _large(bench: Bench) -> None:
    """Huge numbers do not crash the server, and are refused where there is a bound."""
    refused(bench.post(_with(bench, "temperature", "1e400")), "temperature: 1e400")
    survived(bench.post(_with(bench, "top_k", "9" * 60)), "top_k of 60 digits")
    if bench.is_paid:
        return
    for what, literal in {"of 60 digits": "9" * 60, "1e400": "1e400"}.items():
        body = _with(bench, "max_tokens_to_sample", literal, prompt=SHORT)
        survived(bench.post(body), f"max_tokens_to_sample {what}")


@must("text/9", f"{RFC}, 4, 8.2")
def _odd(bench: Bench) -> None:
    """A key given twice, blank stop sequences, or odd characters in any text, do not
    crash the server.
    """
    twice = json.dumps(bench.body())[:-1] + ', "model": "no-such-model"}'
    survived(bench.post(twice.encode()), "the key `model` twice")
    blank = bench.body(stop_sequences=["", " ", "\n"])
    survived(bench.post(blank), "blank stop sequences")
    survive_odd_texts(
        bench,
        COMPLETE,
        lambda text: {
            "prompt": PROMPT.replace("walk", f"{text} walk"),
            "stop_sequences": [text, "###"],
            "metadata": {"user_id": text},
            "model": f"{bench.settings.model}{text}",
        },
    )


@must("text/10", f"{RFC}, 9")
def _deep(bench: Bench) -> None:
    """JSON nested thousands deep is refused and does not crash the server."""
    deep = b'[{"a":' * 5_000 + b"0" + b"}]" * 5_000
    body = json.dumps(bench.body(metadata="DEEP")).encode().replace(b'"DEEP"', deep)
    refused(bench.post(body), "metadata nested ten thousand deep")
    refused(bench.post(b"[" * 20_000 + b"]" * 20_000), "twenty thousand arrays")


@should("text/11", f"{RFC}, 8.1")
def _utf16(bench: Bench) -> None:
    """A body in UTF-16 is refused."""
    body = json.dumps(bench.body()).encode("utf-16")
    refused(bench.post(body), "UTF-16")


def survive_odd_texts(
    bench: Bench, path: str, members: Callable[[str], Mapping[str, Any]]
) -> None:
    """Expect no crash where a member that is made with an odd text has that value."""
    for what, text in ODD_TEXTS.items():
        for member, value in members(text).items():
            body = bench.body(path) | {member: value}
            survived(bench.post(body, path=path), f"{what} in `{member}`")


def check_charset(exchange: Exchange) -> None:
    """Expect a content type that does not name another encoding than UTF-8."""
    value = (exchange.header("content-type") or "").lower()
    match = CHARSET.search(value)
    is_utf8 = match is None or match[1] in {"utf-8", "utf8", "us-ascii"}
    expect(is_utf8, f"the content type is {shown(value)}", exchange)


def _raw_and_escaped(bench: Bench) -> tuple[Exchange, Exchange]:
    body = bench.body(prompt=PROMPT.replace("river", WORLD), temperature=0)
    raw = json.dumps(body, ensure_ascii=False).encode()
    return bench.post(raw), bench.post(json.dumps(body).encode())


def _expect_same(one: Reply, other: Reply) -> None:
    change = difference(other.text, one.text)
    message = f"the same request, written in another way, gets a text with {change}"
    expect_between(one.text == other.text, message, other, one)


def _with(bench: Bench, field: str, literal: str, **changes: Any) -> bytes:
    """A body with a number that Python would write differently."""
    marked = json.dumps(bench.body(**changes, **{field: "HERE"}))
    return marked.replace('"HERE"', literal).encode()
