"""Tables of the guides say what the code does."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
from pages import ROOT

from text_completions import AI_PROMPT, HUMAN_PROMPT, Anthropic, APIError
from text_completions_server import MockServer

OFFLINE = (ROOT / "docs" / "test-offline.md").read_text("utf-8")
START = (ROOT / "docs" / "index.md").read_text("utf-8")
SETTINGS = (ROOT / "docs" / "reference" / "configuration.md").read_text("utf-8")


def rows(page: str, title: str) -> list[list[str]]:
    """Return the cells of the table below a heading, without its first two lines."""
    section = page.partition(f"## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def words_in(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


FAULTS = [
    (fault, [word for word in words_in(effect) if word.endswith("Error")])
    for _, faults, effect in rows(OFFLINE, "Faults worth a test")
    for fault in words_in(faults)
]


def complete(client: Anthropic, *, whole: bool) -> None:
    """Make a call, and read its stream to the end if it is not a whole response."""
    call: dict[str, Any] = {
        "model": "claude-2.1",
        "max_tokens_to_sample": 20,
        "prompt": f"{HUMAN_PROMPT} Hello{AI_PROMPT}",
    }
    if whole:
        client.completions.create(**call)
    else:
        list(client.completions.create(**call, stream=True))


@pytest.mark.parametrize(("fault", "errors"), FAULTS)
def test_a_fault_raises_what_the_guide_says(fault: str, errors: list[str]) -> None:
    with MockServer() as server, Anthropic(base_url=server.url, api_key="sk-a") as one:
        client = one.with_options(max_retries=0, timeout=0.3, idle_timeout=0.1)
        if fault == "slow_events":
            server.fail(fault, seconds=5)
        else:
            server.fail(fault)
        with pytest.raises(APIError) as caught:
            complete(client, whole=fault in ("html_502", "truncated_json", "hang"))
    names = {kind.__name__ for kind in type(caught.value).__mro__}
    assert not errors or names & set(errors)


def test_the_settings_are_those_of_the_client() -> None:
    listed = [words_in(row[0])[0] for row in rows(SETTINGS, "Settings of a client")]
    known = inspect.signature(Anthropic).parameters
    assert listed == [name for name in known if not name.startswith("_")]


def test_the_marked_settings_are_those_of_a_call() -> None:
    table = rows(SETTINGS, "Settings of a client")
    marked = {words_in(row[0])[0] for row in table if row[1]}
    create = Anthropic(api_key="sk-a").completions.create
    of_call = inspect.signature(create).parameters
    assert marked == {words_in(row[0])[0] for row in table} & of_call.keys()


def test_the_start_page_names_every_example() -> None:
    cells = [row[0] for row in rows(START, "Programs to start from")]
    named = re.findall(r"`([^`/]+)/?`", " ".join(cells))
    there = [path.name for path in (ROOT / "examples").iterdir()]
    assert sorted(named) == sorted(name for name in there if name[0] not in "._")
