"""Which checks of schemathesis are clauses, per operation."""

from __future__ import annotations

from typing import Final

from .._document import COMPLETE, MESSAGES
from .._registry import Clause, Level, Need, section

section("schema", "The document, by generated requests", order=15)

# Checks left out: methods and keys have sections of their own here, which know better
# what a foreign server may answer; states and objects do not exist in this API.
CHECKS: Final = {
    "positive_data_acceptance": "A request that the document allows is answered 200",
    "negative_data_rejection": "A request that the document forbids is refused",
    "not_a_server_error": "No generated request is answered 5xx",
    "status_code_conformance": "Every status is one that the document lists",
    "content_type_conformance": "Every content type is one that the document lists",
    "response_headers_conformance": "The headers fit the document",
    "response_schema_conformance": "The body or every event fits its schema",
}
OPERATIONS: Final = {"complete": COMPLETE, "messages": MESSAGES}


def schema_clauses() -> list[Clause]:
    """A clause per check and operation."""
    return [
        Clause(
            id=f"schema/{name}/{number}",
            sentence=f"{sentence} ({path}).",
            level=Level.MUST,
            source=f"#/paths/{path.replace('/', '~1')}/post",
            needs=_need(path),
        )
        for name, path in OPERATIONS.items()
        for number, sentence in enumerate(CHECKS.values(), start=1)
    ]


def clause_id(check: str, path: str) -> str | None:
    """The id of the clause that a check of an operation is, or None if it is none."""
    names = [name for name, known in OPERATIONS.items() if known == path]
    if check not in CHECKS or not names:
        return None
    return f"schema/{names[0]}/{list(CHECKS).index(check) + 1}"


def _need(path: str) -> Need:
    return "messages" if path == MESSAGES else "model"
