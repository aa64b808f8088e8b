"""Section `versions`: the header that decides the wire format."""

from __future__ import annotations

from itertools import cycle

from text_completions_document import sequence

from .._bench import INVENTED_MODEL, WITHOUT_KEY, Bench
from .._judgement import NotJudged
from .._parameters import bad_bodies, spell
from .._registry import must, section
from .._responses import (
    INVALID_REQUEST,
    accepted,
    expect_error,
    expect_status,
    refused,
)
from .prompts import BAD_PROMPTS

section("versions", "Versions", order=10)

UNKNOWN = ("2023-06-02", "2024-06-01", "2023-6-1", "2023-06-01-beta", "")
SOURCE = "#/components/parameters/AnthropicVersion"


@must("versions/1", SOURCE)
def _missing(bench: Bench) -> None:
    """A request without `anthropic-version` is refused."""
    headers = bench.headers(anthropic_version=None)
    refused(bench.post(bench.body(), headers=headers), "no version")


@must("versions/2", SOURCE)
def _unknown(bench: Bench) -> None:
    """An unknown version is refused."""
    _, known = bench.contract.find("components", "schemas", "ApiVersion", "enum")
    for version in UNKNOWN:
        if version in sequence(known):
            continue
        headers = bench.headers(anthropic_version=version)
        refused(bench.post(bench.body(), headers=headers), f'the version "{version}"')


@must("versions/3", "#/components/schemas/ApiVersion")
def _known(bench: Bench) -> None:
    """Every known version is accepted."""
    for version in bench.versions:
        headers = bench.headers(anthropic_version=version)
        accepted(bench.post(bench.body(), headers=headers), f"the version {version}")


@must("versions/4", "docs 2024, streaming; recorded")
def _unknown_streaming(bench: Bench) -> None:
    """A missing or unknown version gets a JSON error also where a stream was asked
    for.
    """
    for what, version in {
        'the version "2022-12-31"': "2022-12-31",
        "no version": None,
    }.items():
        headers = bench.headers(anthropic_version=version)
        exchange = bench.post(bench.body(stream=True), headers=headers)
        expect_error(exchange, f"{what}, `stream: true`", 400, INVALID_REQUEST)


@must("versions/5", "#/components/schemas/CompletionCreateParams")
def _alike(bench: Bench) -> None:
    """What is refused under one version is refused under the other."""
    other = next((item for item in bench.versions if item != bench.version), None)
    if other is None:
        raise NotJudged("one version alone is judged")
    wrong = [
        *((what, body, bench.key) for body, what in bad_bodies(bench)),
        *(
            (spell("prompt", it), bench.body(prompt=it), bench.key)
            for it in BAD_PROMPTS
        ),
        ("an unknown model", bench.body(model=INVENTED_MODEL), bench.key),
        *((what, bench.body(), key) for what, key in WITHOUT_KEY),
    ]
    # Of each kind one at least asks for a stream.
    for (what, body, key), is_streamed in zip(wrong, cycle([True, False])):
        usual = bench.post(body, headers=bench.headers(key=key))
        headers = bench.headers(key=key, anthropic_version=other)
        exchange = bench.post({**body, "stream": is_streamed}, headers=headers)
        # A wrong body that both accept is judged by other clauses.
        if usual.status >= 400:
            form = ", `stream: true`" if is_streamed else ""
            expect_status(exchange, usual.status, f"{what}{form}, under {other}")


@must("versions/6", "RFC 9110, 5.1")
def _letter_case(bench: Bench) -> None:
    """The name of the header `anthropic-version` may be written in any letter case."""
    headers = {
        "Anthropic-Version" if name == "anthropic-version" else name: value
        for name, value in bench.headers().items()
    }
    accepted(bench.post(bench.body(), headers=headers), "Anthropic-Version")
