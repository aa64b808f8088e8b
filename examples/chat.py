r"""Stream a turn of a chat, with the program of the documentation of 2023.

Only its import line was changed, from the official SDK to this package.

    ANTHROPIC_BASE_URL=http://127.0.0.1:8765 ANTHROPIC_API_KEY=sk-test \
        python examples/chat.py 'Why is the sky blue?'
"""

from __future__ import annotations

import argparse
import asyncio

from text_completions import AI_PROMPT, HUMAN_PROMPT, Anthropic, AsyncAnthropic


def turn(anthropic: Anthropic, history: str, message: str) -> str:
    """Send a message, print the reply as it arrives, and return the new history."""
    prompt = f"{history} {HUMAN_PROMPT} {message} {AI_PROMPT}"
    response = anthropic.completions.create(
        model="claude-1.3",
        max_tokens_to_sample=3000,
        prompt=prompt,
        stream=True,
    )
    completion = ""
    for chunk in response:
        completion += chunk.completion
        print(chunk.completion, end="", flush=True)
    print()
    return f"{history} {HUMAN_PROMPT} {message} {AI_PROMPT} {completion}"


async def turn_async(anthropic: AsyncAnthropic, history: str, message: str) -> str:
    """Do the same asynchronously."""
    prompt = f"{history} {HUMAN_PROMPT} {message} {AI_PROMPT}"
    response = await anthropic.completions.create(
        model="claude-1.3",
        max_tokens_to_sample=3000,
        prompt=prompt,
        stream=True,
    )
    completion = ""
    async for chunk in response:
        completion += chunk.completion
        print(chunk.completion, end="", flush=True)
    print()
    return f"{history} {HUMAN_PROMPT} {message} {AI_PROMPT} {completion}"


async def both(message: str) -> None:
    """Take one turn with the sync client, and a second one with the async client."""
    with Anthropic() as anthropic:
        history = turn(anthropic, "", message)
    async with AsyncAnthropic() as anthropic:
        await turn_async(anthropic, history, "And then?")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("message")
    asyncio.run(both(parser.parse_args().message))
