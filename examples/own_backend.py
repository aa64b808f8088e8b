"""Serve the API from a model of your own: here one that counts in Greek letters.

    python examples/own_backend.py --port 8765 --api-key sk-own
    ANTHROPIC_API_KEY=sk-own text-completions contract http://127.0.0.1:8765

A backend yields the text as it is made. The server does the rest: keys, checks of
requests, errors, both versions of the stream.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import cycle, islice

from text_completions_server import (
    Backend,
    Caller,
    CompletionRequest,
    Finish,
    MessageRequest,
    create_app,
    serve,
)

LETTERS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta")


def run_model(prompt: str) -> Iterator[str]:
    """Yield tokens; a model of your own computes here."""
    for letter in islice(cycle(LETTERS), len(prompt) % 8, 60):
        yield f" {letter}"


class OwnBackend(Backend):
    """Writes what the model says, up to the limit or a stop sequence."""

    async def start(self) -> None:
        """Load the model. It runs before the first request."""

    async def generate(
        self, request: CompletionRequest | MessageRequest, caller: Caller, /
    ) -> AsyncIterator[str | Finish]:
        """Yield the text piece by piece, and then why it ended."""
        caller.notes["prompt_characters"] = len(request.prompt)  # in the access line
        held = ""  # its end may be the beginning of a stop sequence
        for count, token in enumerate(run_model(request.prompt), start=1):
            held += token
            if found := first_stop(held, request.stop_sequences):
                at, stop = found
                yield Finish("stop_sequence", stop=stop, text=held[:at])
                return
            if count == request.max_tokens:
                yield Finish("max_tokens", text=held)
                return
            ready = len(held) - overlap(held, request.stop_sequences)
            if ready:
                yield held[:ready]
                held = held[ready:]
            await asyncio.sleep(0)  # while your model waits, other requests run
        yield Finish("end_turn", text=held)


def first_stop(text: str, stops: Sequence[str]) -> tuple[int, str] | None:
    """Return where the first stop sequence begins, and which one it is."""
    found = [(text.find(stop), stop) for stop in stops if stop in text]
    return min(found, default=None)


def overlap(text: str, stops: Sequence[str]) -> int:
    """Return how many characters at the end may be the beginning of a stop sequence."""
    lengths = [
        length
        for stop in stops
        for length in range(1, len(stop))
        if text.endswith(stop[:length])
    ]
    return max(lengths, default=0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--api-key", default="sk-own", help="accept only this key")
    arguments = parser.parse_args()
    app = create_app(backend=OwnBackend(), api_keys=[arguments.api_key])
    serve(app, port=arguments.port)
