"""Writes docs/clauses.md, the page of all clauses, from the registry.

`python -m text_completions_contract.reports.catalogue` prints it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Final

from .._contract import NEW, OLD
from .._registry import Clause, Level
from .._selection import SECTIONS, all_clauses, by_section
from .sources import parts_of

INTRODUCTION: Final = """\
<!-- Written by `make generate` from src/text_completions_contract/clauses. -->

# Clauses

`text-completions contract` judges a server by {total} clauses, {musts} of them MUST \
and {shoulds} SHOULD.
[contract.md](contract.md) says how to run it.

- **An id** is `section/number`, or `section/part/number` where the part is a version. \
In the section `schema` it is `schema/operation/check`. Ids are public and keep their \
meaning; `--only`, `--skip`, `--expected-failures`, `pytest -k` and all reports use \
them. A missing number belonged to a clause that was merged or \
removed before the first release.
- **MUST** is binding. A failed SHOULD is shown, but only with `--strict` does it make \
the server deviate.
- **A verdict** is *passed*, *failed*, or *not judged* with the reason: the server \
does not have the operation, is non-deterministic where texts must be compared, or \
never gave the response that the clause is about.
- **A profile** decides how much is sent, never how strictly it is judged. Generated \
requests judge the section `schema`: many in `full`, the document's examples in \
`paid`, and some in `quick` if `--only` names the section.
- **A source** that begins with `#` points into `openapi.yaml`; \
*docs* is the service's own documentation of that time; *recorded* was seen in \
recorded responses of the service.

| section | about | clauses |
|---|---|---|
"""


def catalogue(clauses: Sequence[Clause]) -> str:
    """The page, in Markdown."""
    musts = sum(clause.level is Level.MUST for clause in clauses)
    total = len(clauses)
    intro = INTRODUCTION.format(total=total, musts=musts, shoulds=total - musts)
    return intro + "\n".join([*_contents(clauses), *_tables(clauses), ""])


def _contents(clauses: Sequence[Clause]) -> Iterator[str]:
    for section, members in by_section(clauses):
        yield f"| [{section}](#{section}) | {SECTIONS[section]} | {len(members)} |"


def _tables(clauses: Sequence[Clause]) -> Iterator[str]:
    for section, members in by_section(clauses):
        yield f"\n## {section}\n\n{SECTIONS[section]}.\n"
        yield "| id | level | sentence | versions | source |\n|---|---|---|---|---|"
        yield from map(_row, members)


def _row(clause: Clause) -> str:
    both = set(clause.versions) == {OLD, NEW}
    versions = "both" if both else ", ".join(clause.versions)
    source = "; ".join(
        f"[{part.text}]({part.url})" if part.url else _pointer(part.text)
        for part in parts_of(clause.source)
    )
    cells = [f"`{clause.id}`", clause.level.value, clause.sentence, versions, source]
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _pointer(text: str) -> str:
    return f"`{text}`" if text.startswith("#") else text


if __name__ == "__main__":
    sys.stdout.buffer.write(catalogue(all_clauses()).encode())
