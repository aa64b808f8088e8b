"""Section `prompts`: which prompts are a dialogue."""

from __future__ import annotations

from .._bench import Bench
from .._contract import PARAMS
from .._expectations import accepted, bad_prompts, good, refused, refuses, takes
from .._judgement import NotJudged
from .._registry import must, section

section("prompts", "Prompt validation", order=13)

DOCS = "docs 2024, prompt validation"
SOURCE = f"{DOCS}; {PARAMS}/properties/prompt"
HISTORY = "\n\nHuman: Hi\n\nAssistant: Hello."
MENDED = good(
    "prompt",
    "Human: Hello, Claude\n\nAssistant:",
    "\n\nHuman: Hello, Claude:\n\nAssistant: ",
)
SYSTEM = good("prompt", "You are terse.\n\nHuman: Hello, Claude\n\nAssistant:")
PREFILLED = good(
    "prompt",
    "\n\nHuman: Hello, Claude\n\nAssistant: Hello, my name",
    f"{HISTORY}\n\nHuman: How are you?\n\nAssistant: Hello.\n\nI am",
)
DIALOGUES = good(
    "prompt",
    f"{HISTORY * 3}\n\nHuman: Hello, Claude\n\nAssistant:",
    f"{HISTORY} \n\nHuman: Hello, Claude\n\nAssistant:",
)
LOWER_CASE = "\n\nhuman: Hello, Claude\n\nassistant:"
LAST_HUMAN = (
    "\n\nHuman: Hello, Claude\n\nAssistant: Hello, world"
    "\n\nHuman: How many toes do dogs have?"
)


@must("prompts/1", "A prompt without turns is refused.", SOURCE)
def _no_turns(bench: Bench) -> None:
    prompts = ["Hello, world", "Hello, world\n\nAssistant:", "\n\n \n", LOWER_CASE]
    refuses(bench, "prompt", prompts)


@must("prompts/2", "A prompt that begins with the assistant's turn is refused.", SOURCE)
def _first_turn(bench: Bench) -> None:
    prompt = "\n\nAssistant: Hello, world\n\nHuman: Hello, Claude\n\nAssistant:"
    refuses(bench, "prompt", [prompt])


@must(
    "prompts/3",
    "A prompt that does not end with the assistant's turn is refused.",
    SOURCE,
)
def _last_turn(bench: Bench) -> None:
    refuses(bench, "prompt", ["\n\nHuman: Hello, Claude", LAST_HUMAN])


@must("prompts/4", "A turn begins after two line ends, not one.", SOURCE)
def _line_ends(bench: Bench) -> None:
    refuses(bench, "prompt", ["\n\nHuman: Hello, Claude \nAssistant:"])


@must(
    "prompts/10",
    "What is refused as a prompt is refused also where a stream was asked for.",
    SOURCE,
)
def _streamed(bench: Bench) -> None:
    for body, what in bad_prompts(bench):
        refused(bench.post(body | {"stream": True}), f"{what}, `stream: true`")


@must(
    "prompts/5",
    "Small flaws are accepted: no line ends at the start, a space at the end.",
    SOURCE,
)
def _mended(bench: Bench) -> None:
    takes(bench, "prompt", MENDED)


@must(
    "prompts/6", "Text before the first turn is a system prompt.", f"{DOCS}; recorded"
)
def _system(bench: Bench) -> None:
    takes(bench, "prompt", SYSTEM)


@must("prompts/7", "Text after the last turn is the start of the completion.", DOCS)
def _prefill(bench: Bench) -> None:
    takes(bench, "prompt", PREFILLED)


@must(
    "prompts/8",
    "A dialogue of many turns is accepted, stray spaces too.",
    "docs 2023-07",
)
def _dialogue(bench: Bench) -> None:
    takes(bench, "prompt", DIALOGUES)


@must(
    "prompts/9",
    "A prompt of five thousand words is accepted: every model has room for it.",
    f"{DOCS}, context windows",
)
def _long(bench: Bench) -> None:
    if bench.is_paid:
        raise NotJudged("no long prompts are sent in this run")
    prompt = f"\n\nHuman: {'a word ' * 2500}\n\nAssistant:"
    accepted(bench.post(bench.body(prompt=prompt)), "a prompt of five thousand words")
