"""docs/clauses.md is what the registry says, and one command writes it."""

from __future__ import annotations

import re
from pathlib import Path

from text_completions_contract import SECTIONS, Clause, Level, all_clauses
from text_completions_contract.reports.catalogue import catalogue

PAGE = Path(__file__).parents[2] / "docs" / "clauses.md"
ROW = re.compile(r"^\| `([\w/-]+)` \| (\w+) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)


def test_the_page_is_what_the_clauses_say() -> None:
    assert PAGE.read_text("utf-8") == catalogue(all_clauses()), "run: make generate"


def test_the_page_has_a_row_for_each_clause_in_order() -> None:
    rows = ROW.findall(PAGE.read_text("utf-8"))
    assert [(row[0], row[1], row[2]) for row in rows] == [
        (clause.id, clause.level.value, clause.sentence) for clause in all_clauses()
    ]


def test_each_link_within_the_page_leads_to_a_heading() -> None:
    text = PAGE.read_text("utf-8")
    assert re.findall(r"\]\(#(\w+)\)", text) == re.findall(r"^## (\w+)$", text, re.M)
    assert re.findall(r"^## (\w+)$", text, re.M) == list(SECTIONS)


def test_a_clause_cannot_break_its_row() -> None:
    clause = Clause(
        id="stream/2023-01-01/9",
        sentence="Either `a|b` or c.",
        level=Level.SHOULD,
        source="https://a.example/b; RFC 8259, 8.1; #/a; seen",
    )
    (row,) = ROW.findall(catalogue([clause]))
    assert row == (
        "stream/2023-01-01/9",
        "SHOULD",
        "Either `a&#124;b` or c.",
        "2023-01-01",
        "[https://a.example/b](https://a.example/b); "
        "[RFC 8259, 8.1](https://www.rfc-editor.org/rfc/rfc8259#section-8.1); "
        "`#/a`; seen",
    )
