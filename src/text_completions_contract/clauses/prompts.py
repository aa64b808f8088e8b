"""Section `prompts`: which prompts are a dialogue."""

from __future__ import annotations

from .._bench import Bench
from .._contract import PARAMS
from .._judgement import assume
from .._parameters import must_take, refuses_in_turn, spell
from .._registry import must, section
from .._responses import accepted, refused

section("prompts", "Prompt validation", order=13)

DOCS = "docs 2024, prompt validation"
SOURCE = f"{DOCS}; {PARAMS}/properties/prompt"
HISTORY = "\n\nHuman: Hi\n\nAssistant: Hello."
LOWER_CASE = "\n\nhuman: Hello, Claude\n\nassistant:"
NO_TURNS = "Hello, world"
ASSISTANT_FIRST = "\n\nAssistant: Hello, world\n\nHuman: Hello, Claude\n\nAssistant:"
NO_ASSISTANT = "\n\nHuman: Hello, Claude"
# One prompt for each way in which it is not a dialogue.
BAD_PROMPTS = (NO_TURNS, ASSISTANT_FIRST, NO_ASSISTANT)
HUMAN_LAST = (
    "\n\nHuman: Hello, Claude\n\nAssistant: Hello, world"
    "\n\nHuman: How many toes do dogs have?"
)


def _refuses(identity: str, sentence: str, *prompts: str) -> None:
    @must(identity, SOURCE, sentence=sentence)
    def _check(bench: Bench) -> None:
        bodies = ((bench.body(prompt=it), spell("prompt", it)) for it in prompts)
        refuses_in_turn(bench, bodies)


def _takes(identity: str, sentence: str, *prompts: str, source: str) -> None:
    must_take(identity, sentence, "prompt", *prompts, source=source)


_refuses(
    "prompts/1",
    "A prompt without turns is refused.",
    *(NO_TURNS, "Hello, world\n\nAssistant:", "\n\n \n", LOWER_CASE),
)
_refuses(
    "prompts/2",
    "A prompt that begins with the assistant's turn is refused.",
    ASSISTANT_FIRST,
)
_refuses(
    "prompts/3",
    "A prompt that does not end with the assistant's turn is refused.",
    *(NO_ASSISTANT, HUMAN_LAST),
)
_refuses(
    "prompts/4",
    "A turn begins after two line ends, not one.",
    "\n\nHuman: Hello, Claude \nAssistant:",
)
_takes(
    "prompts/5",
    "Small flaws are accepted: no line ends at the start, a space at the end.",
    "Human: Hello, Claude\n\nAssistant:",
    "\n\nHuman: Hello, Claude:\n\nAssistant: ",
    source=SOURCE,
)
_takes(
    "prompts/6",
    "Text before the first turn is a system prompt.",
    "You are terse.\n\nHuman: Hello, Claude\n\nAssistant:",
    source=f"{DOCS}; recorded",
)
_takes(
    "prompts/7",
    "Text after the last turn is the start of the completion.",
    "\n\nHuman: Hello, Claude\n\nAssistant: Hello, my name",
    f"{HISTORY}\n\nHuman: How are you?\n\nAssistant: Hello.\n\nI am",
    source=DOCS,
)
_takes(
    "prompts/8",
    "A dialogue of many turns is accepted, stray spaces too.",
    f"{HISTORY * 3}\n\nHuman: Hello, Claude\n\nAssistant:",
    f"{HISTORY} \n\nHuman: Hello, Claude\n\nAssistant:",
    source="docs 2023-07",
)


@must("prompts/10", SOURCE)
def _streamed(bench: Bench) -> None:
    """What is refused as a prompt is refused also where a stream was asked for."""
    for prompt in BAD_PROMPTS:
        exchange = bench.post(bench.body(prompt=prompt, stream=True))
        refused(exchange, f"{spell('prompt', prompt)}, `stream: true`")


@must("prompts/9", f"{DOCS}, context windows")
def _long(bench: Bench) -> None:
    """A prompt of five thousand words is accepted: every model has room for it."""
    assume(not bench.is_paid, "no long prompts are sent in this run")
    prompt = f"\n\nHuman: {'a word ' * 2500}\n\nAssistant:"
    accepted(bench.post(bench.body(prompt=prompt)), "a prompt of five thousand words")
