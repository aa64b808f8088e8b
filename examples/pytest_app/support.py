"""A small program: it answers questions of customers, or passes them on to people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from text_completions import AI_PROMPT, HUMAN_PROMPT, Anthropic, APIError

RULES = "Answer in one sentence. Say PEOPLE if a person has to decide."


def answer(question: str, client: Anthropic, pass_on: Callable[[str], None]) -> str:
    """Return the model's answer; pass the question on if there is none."""
    try:
        completion = client.completions.create(
            model="claude-2.1",
            max_tokens_to_sample=100,
            prompt=f"{RULES}{HUMAN_PROMPT} {question}{AI_PROMPT}",
            stop_sequences=["PEOPLE"],
        )
    except APIError:
        pass_on(question)
        return "We will call you back."
    if completion.stop == "PEOPLE":  # the end of a turn is a stop sequence, too
        pass_on(question)
        return "A colleague will call you."
    return completion.completion.strip()


def typed(question: str, client: Anthropic) -> Iterator[str]:
    """Yield the answer as it is written."""
    with client.completions.create(
        model="claude-2.1",
        max_tokens_to_sample=100,
        prompt=f"{RULES}{HUMAN_PROMPT} {question}{AI_PROMPT}",
        stream=True,
    ) as stream:
        yield from stream.text_stream
