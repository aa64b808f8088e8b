"""The registry of kinds: documented, used, and thought of on both sides."""

from __future__ import annotations

from collections.abc import Iterator

from labelled import ROOT, labelled

from text_completions_diff import KINDS, SECTIONS

DOC = ROOT / "docs" / "diff.md"


def table() -> Iterator[str]:
    """Every section as documentation has it."""
    for heading, kinds in SECTIONS.items():
        yield f"### {heading}\n"
        yield "| kind | what changed | request | response |\n|---|---|---|---|"
        for kind in kinds:
            verdicts = f"{kind.request.severity} | {kind.response.severity}"
            yield f"| `{kind.name}` | {kind.meaning} | {verdicts} |"
        yield ""


def test_every_kind_has_its_row_in_the_documentation() -> None:
    expected = "\n".join(table()).rstrip()
    assert DOC.read_text("utf-8").rstrip().endswith(expected), expected


def test_every_kind_is_shown_by_a_label() -> None:
    named = {label[1] for case in labelled() for label in case.expected}
    assert named == set(KINDS)
