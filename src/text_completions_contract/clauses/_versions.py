"""Section `versions`: the header that decides the wire format."""

from __future__ import annotations

from .._bench import Bench
from .._clause import must
from .._document import NEW, OLD
from ._asking import accepted, refused

SOURCE = "#/components/parameters/AnthropicVersion"


@must("versions/1", "A request without `anthropic-version` is refused.", SOURCE)
def _missing(bench: Bench) -> None:
    headers = bench.headers(anthropic_version=None)
    refused(bench.post(bench.body(), headers=headers), "no version")


@must("versions/2", "A version that never was is refused.", SOURCE)
def _unknown(bench: Bench) -> None:
    for version in ("2023-06-02", "2022-12-31", "latest", ""):
        headers = bench.headers(anthropic_version=version)
        refused(bench.post(bench.body(), headers=headers), f"the version {version!r}")


@must("versions/3", "Both versions are answered.", "#/components/schemas/ApiVersion")
def _known(bench: Bench) -> None:
    for version in (NEW, OLD):
        headers = bench.headers(anthropic_version=version)
        accepted(bench.post(bench.body(), headers=headers), f"the version {version}")


@must(
    "versions/4",
    "A version that never was is refused with a JSON error also in a stream.",
    "docs 2024, streaming; recorded",
)
def _unknown_streaming(bench: Bench) -> None:
    exchange = bench.raw_stream("2023-06-02")
    refused(exchange, "the version '2023-06-02', `stream: true`")
