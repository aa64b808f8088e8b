r"""Stream completions from a FastAPI application to its own callers, as plain text.

    ANTHROPIC_BASE_URL=http://127.0.0.1:8765 ANTHROPIC_API_KEY=sk-any \
        uvicorn --app-dir examples fastapi_stream:app --port 8000
    curl -N 'http://127.0.0.1:8000/tell?about=kettles'

When a caller leaves, the request to the model is closed at once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import StreamingResponse

from text_completions import (
    AI_PROMPT,
    HUMAN_PROMPT,
    APIConnectionError,
    APIError,
    AsyncAnthropic,
    AsyncStream,
)
from text_completions.types import CompletionEvent


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep one client, and so its connections, for all requests."""
    async with AsyncAnthropic(deadline=60) as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/tell")
async def tell(request: Request, about: str) -> StreamingResponse:
    """Tell something about a thing, as the model writes it."""
    client: AsyncAnthropic = request.app.state.client
    try:
        stream = await client.completions.create(
            model="claude-2.1",
            max_tokens_to_sample=200,
            prompt=f"{HUMAN_PROMPT} Tell me about {about}.{AI_PROMPT}",
            stream=True,
        )
    except APIError as error:  # the stream begins only when its first event is there
        raise HTTPException(502, error.message) from error
    return StreamingResponse(texts(stream), media_type="text/plain; charset=utf-8")


async def texts(stream: AsyncStream[CompletionEvent]) -> AsyncIterator[str]:
    """Yield the text of the events, and a note if the stream breaks."""
    async with stream:
        try:
            async for text in stream.text_stream:
                yield text
        except APIConnectionError:
            yield "\n[the rest is missing]"
