"""Section `request`: the bounds and the type of each parameter."""

from __future__ import annotations

import json
from itertools import cycle
from typing import Any

from text_completions_document import sequence

from .._bench import SHORT, UNKNOWN_MEMBER, Bench
from .._contract import (
    COMPLETE,
    MESSAGE_PARAMS,
    PARAMS,
    POST_COMPLETE,
    POST_MESSAGES,
)
from .._judgement import expect
from .._parameters import (
    good,
    good_members,
    must_refuse,
    must_take,
    refuses_in_turn,
    spell,
    takes,
)
from .._registry import must, must_both, section
from .._responses import accepted, refused, usable
from .._strict_json import shown

section("request", "Request bounds and types", order=3)

METADATA = "#/components/schemas/Metadata"
# Names of the other operation and of other services, and common mistakes.
UNKNOWN_MEMBERS: dict[str, Any] = {
    UNKNOWN_MEMBER: 1,
    "max_tokens": 8,
    "Temperature": 0.5,
    "_trace": None,
    "system": "You are terse.",
    "user": {"id": "a"},
    "stop": ["###"],
    # The document has these, unless somebody took them out of it.
    "temperature": 0.5,
    "top_p": 0.5,
    "top_k": 5,
    "stop_sequences": ["###"],
    "metadata": {},
}

# The last one only begins like the right one.
OTHER_MEDIA_TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json-seq",
)


@must_both(
    "request/1",
    f"{PARAMS}/required",
    messages=("messages/3", f"{MESSAGE_PARAMS}/required"),
)
def _required(bench: Bench, path: str) -> None:
    """A request without a parameter that is required is refused."""
    _, required = bench.contract.request_schema(path, "required")
    wrong = (
        (bench.body(path, without=name), f"no {name}")
        for name in sorted(sequence(required))
    )
    refuses_in_turn(bench, wrong, path)


@must("request/2", f"{PARAMS}/additionalProperties")
def _closed(bench: Bench) -> None:
    """A parameter that does not exist is refused."""
    _, known = bench.contract.request_schema(COMPLETE, "properties")
    wrong = [
        (bench.body() | {name: value}, spell(name, value))
        for name, value in UNKNOWN_MEMBERS.items()
        if name not in known
    ]
    refuses_in_turn(bench, (it for it in wrong if not bench.allows(it[0])))


must_take("request/3", "`temperature` may be 0 and 1.", "temperature")
must_refuse(
    "request/4",
    "A `temperature` below 0, above 1 or of another type is refused.",
    "temperature",
)
must_take("request/5", "`top_p` may be 0 and 1.", "top_p")
must_refuse(
    "request/6",
    "A `top_p` below 0, above 1 or of another type is refused; -1 is not judged.",
    "top_p",
)
must_take(
    "request/7",
    "`top_k` may be 0 or more; 4.0 is a whole number.",
    "top_k",
    *(0, 4.0, 100_000),
    source=f"{PARAMS}/properties/top_k; JSON Schema, 4.2.3",
)
must_refuse(
    "request/8",
    "A `top_k` below -1 or of another type is refused; -1 is not judged.",
    "top_k",
)
must_refuse(
    "request/9",
    "A `max_tokens_to_sample` below 1 or of another type is refused.",
    "max_tokens_to_sample",
    -1,
)
must_refuse(
    "request/10", "A `prompt` that is empty or not a string is refused.", "prompt", ""
)
must_refuse("request/11", "A `model` that is not a string is refused.", "model")
must_take(
    "request/12",
    "`stop_sequences` may be any list of strings, also an empty one.",
    "stop_sequences",
    # A letter that appears in most texts.
    *([], ["e"]),
    ["\n\nHuman:", "#" * 80, "#" * 80, *(f"#{number}#" for number in range(99))],
)
must_refuse(
    "request/13",
    "`stop_sequences` that are not a list of strings are refused.",
    "stop_sequences",
)
must_take(
    "request/14",
    "`metadata` may be empty, and its `user_id` a string or null.",
    "metadata",
    # The sources disagree about 257 to 512 characters.
    *({}, {"user_id": ""}, {"user_id": None}, {"user_id": "𝄞" * 256}),
    source=METADATA,
)
must_refuse(
    "request/15",
    "`metadata` with other members, or with a `user_id` that is too long or not a "
    "string, is refused.",
    "metadata",
    *({"session": "a"}, {"user_id": "a", "session": None}, {"user_id": "u" * 513}),
    source=METADATA,
)
must_refuse("request/16", "A `stream` that is not a boolean is refused.", "stream")


@must("request/17", f"{POST_COMPLETE}/requestBody")
def _together(bench: Bench) -> None:
    """All parameters may be given together, those of an edited document too."""
    for members, form in good_members(bench, COMPLETE):
        exchange = form.post(bench, bench.body(**members), COMPLETE)
        accepted(exchange, f"{', '.join(members)}{form.describe(bench)}")


@must("request/18", f"{POST_COMPLETE}/requestBody")
def _not_an_object(bench: Bench) -> None:
    """A body that is not a JSON object is refused."""
    body = json.dumps(bench.body()).encode()
    broken = [
        *(b"", b"{}", b"null", b"7", b"[" + body + b"]"),
        json.dumps(body.decode()).encode(),
        # What lenient readers repair.
        body[:-1] + b",}",
        body + b" x",
        body.replace(b"{", b"{ /* a body */", 1),
        body.replace(b'"', b"'"),
        body.replace(b"\\n", b"\n"),
    ]
    for text, version in zip(broken, cycle(bench.versions)):
        exchange = bench.post(text, headers=bench.headers(anthropic_version=version))
        refused(exchange, f"the body {shown(text.decode()[:60])}, under {version}")


@must_both(
    "request/19",
    f"{POST_COMPLETE}/requestBody/content",
    messages=("messages/27", f"{POST_MESSAGES}/requestBody/content"),
)
def _content_type(bench: Bench, path: str) -> None:
    """A body of another content type is not accepted, and without a content type it
    does not crash the server.
    """
    forms = zip(cycle([True, False]), cycle(bench.versions))
    for media_type, (is_streamed, version) in zip(
        OTHER_MEDIA_TYPES, forms, strict=False
    ):
        headers = bench.headers(content_type=media_type, anthropic_version=version)
        body = bench.body(path, stream=is_streamed)
        exchange = usable(bench.post(body, path=path, headers=headers))
        message = f"{media_type}: answered {exchange.status}, not 4xx"
        expect(400 <= exchange.status < 500, message, exchange)
    headers = bench.headers(content_type=None)
    untyped = usable(bench.post(bench.body(path), path=path, headers=headers))
    # A server may take a body without a content type for JSON.
    message = f"no content type: answered {untyped.status}, not 200 or 4xx"
    expect(untyped.status < 500, message, untyped)


@must("request/20", "RFC 9110, 8.3.1")
def _content_type_spelling(bench: Bench) -> None:
    """The content type may carry a charset, in quotes too, and be written in any letter
    case.
    """
    media_type = 'Application/JSON;charset="utf-8"'
    headers = bench.headers(content_type=media_type)
    accepted(bench.post(bench.body(), headers=headers), media_type)


good("max_tokens_to_sample", 8.0)


@must("request/21", f"{PARAMS}/properties/max_tokens_to_sample; JSON Schema, 4.2.3")
def _max_tokens(bench: Bench) -> None:
    """`max_tokens_to_sample` may be 1, has no maximum, and 8.0 is a whole number."""
    takes(bench, "max_tokens_to_sample")
    if not bench.is_paid:
        body = bench.body(prompt=SHORT, max_tokens_to_sample=1_000_000)
        accepted(bench.post(body), "max_tokens_to_sample: 1000000")


@must("request/22", "RFC 9112, 6.3 and 7.1")
def _chunked(bench: Bench) -> None:
    """A body in chunks is accepted, or answered 411."""
    exchange = bench.post(bench.body(), is_chunked=True)
    if usable(exchange).status != 411:
        accepted(exchange, "a body in chunks")
