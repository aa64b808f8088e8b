"""Streams: an event per chunk, in bulk, one huge event, and very many events."""

from __future__ import annotations

import itertools
import json
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import anthropic
import httpx
import httpx_sse
from calling import ARGUMENTS, HEADERS
from canned import BULK, EVENTS, event, events, pieces
from figures import OURS, Measure, Samples, Target, cpu_seconds, interleaved

import text_completions

HUGE = 2_000_000  # bytes of the text of one event
SMALL = 100  # bytes of the chunks that it arrives in
MANY = 200_000  # events of a long stream
SETTLED = 20_000  # events after which memory should not grow any more


def measures(url: str) -> list[Measure]:
    """Measure streams, some from a server at this URL."""
    huge = _huge(HUGE)
    growth = [twice / once for once, twice in zip(huge, _huge(2 * HUGE), strict=True)]
    return [
        Measure(
            "a streamed event, one per chunk",
            _streams(f"{url}/each"),
            [Target(1.15, "httpx")],
        ),
        Measure(
            "a streamed event, in bulk",
            _streams(f"{url}/bulk"),
            [Target(1.35, "httpx")],
        ),
        Measure("2 MB event in 100-byte chunks", {OURS: huge}, [Target(0.3)]),
        Measure("4 MB event beside 2 MB", {OURS: growth}, [Target(2.5)], unit="times"),
        Measure(
            "memory over 200,000 events, beside their text",
            {OURS: [_growth()]},
            [Target(65_536)],
            unit="bytes",
        ),
    ]


def _streams(url: str) -> Samples:
    with (
        httpx.Client() as bare,
        text_completions.Client(api_key="sk", base_url=url) as ours,
        anthropic.Anthropic(api_key="sk", base_url=url) as official,
    ):
        contenders: dict[str, Callable[[], Iterable[object]]] = {
            OURS: lambda: ours.completions.create(**ARGUMENTS, stream=True),
            "httpx": lambda: _lines(bare, url),
            "httpx-sse": lambda: _server_sent(bare, url),
            "official SDK": lambda: official.completions.create(
                **ARGUMENTS, stream=True
            ),
        }
        return interleaved(
            {name: _exhausted(stream) for name, stream in contenders.items()},
            25,
            per=EVENTS,
        )


def _exhausted(stream: Callable[[], Iterable[object]]) -> Callable[[], object]:
    def run() -> None:
        count = _exhaust(iter(stream()))
        assert count == EVENTS, count

    return run


def _lines(client: httpx.Client, url: str) -> Iterator[object]:
    body = {**ARGUMENTS, "stream": True}
    with client.stream(
        "POST", f"{url}/v1/complete", headers=HEADERS, json=body
    ) as response:
        for line in response.iter_lines():
            if line.startswith("data:"):
                yield json.loads(line[5:])


def _server_sent(client: httpx.Client, url: str) -> Iterator[object]:
    body = {**ARGUMENTS, "stream": True}
    with httpx_sse.connect_sse(
        client, "POST", f"{url}/v1/complete", headers=HEADERS, json=body
    ) as source:
        for sse in source.iter_sse():
            yield sse.json()


# Streams that no server has to send ------------------------------------------


class _Chunks(httpx.SyncByteStream):
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)


@contextmanager
def _streaming(
    chunks: Iterable[bytes],
) -> Iterator[text_completions.Stream[text_completions.types.CompletionEvent]]:
    def answer(_: httpx.Request) -> httpx.Response:
        headers = {"content-type": "text/event-stream"}
        return httpx.Response(200, headers=headers, stream=_Chunks(chunks))

    http = httpx.Client(transport=httpx.MockTransport(answer))
    with text_completions.Client(api_key="sk", http_client=http) as client:
        yield client.completions.create(**ARGUMENTS, stream=True)


def _huge(size: int) -> list[float]:
    chunks = pieces(event("x" * size, "stop_sequence"), SMALL)

    def run() -> None:
        with _streaming(chunks) as stream:
            (one,) = stream
            assert len(one.completion) == size

    return [cpu_seconds(run, 1) for _ in range(5)]


def _growth() -> float:
    """Return by how many bytes the rest of a long stream needs more than its start.

    The text of the rest is not counted: it is kept for the final answer.
    """
    block = b"".join(itertools.islice(events(), EVENTS - 1))
    blocks = itertools.chain.from_iterable(
        pieces(block, BULK) for _ in range(MANY // EVENTS)
    )
    last = event("", "stop_sequence")
    with _streaming(itertools.chain(blocks, [last])) as stream:
        received = iter(stream)
        tracemalloc.start()
        assert _exhaust(itertools.islice(received, SETTLED)) == SETTLED
        _, settled = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        rest, text = 0, 0
        for one in received:
            rest, text = rest + 1, text + len(one.completion)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert rest > MANY - SETTLED - EVENTS, rest
    return float(max(0, peak - settled - text))


def _exhaust(iterator: Iterator[object]) -> int:
    return sum(1 for _ in iterator)
