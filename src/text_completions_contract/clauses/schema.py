"""Section `schema`: checks of schemathesis, for each operation of the document.

schemathesis itself is not imported, so that clauses can be listed quickly.
"""

from __future__ import annotations

from typing import Final

from text_completions_document import mapping

from .._contract import MESSAGES, Contract
from .._registry import Clause, Level, section

section("schema", "The document, by generated requests", order=15)

# The checks that are clauses: the last part of their ids, and their sentences. Checks
# of methods and keys are left out: other sections know better what a foreign server
# may answer.
CHECKS: Final = {
    "positive_data_acceptance": (
        "accepts",
        "A request that the document allows is answered 200",
    ),
    "negative_data_rejection": (
        "refuses",
        "A request that the document forbids is refused",
    ),
    "not_a_server_error": ("no-crash", "No generated request is answered 5xx"),
    "status_code_conformance": (
        "status",
        "Every status is one that the document lists",
    ),
    "content_type_conformance": (
        "content-type",
        "Every content type is one that the document lists",
    ),
    "response_headers_conformance": ("headers", "The headers fit the document"),
    "response_schema_conformance": ("body", "The body or every event fits its schema"),
}


def schema_clauses(contract: Contract) -> list[Clause]:
    """A clause for each check of each operation that the document posts to."""
    _, paths = contract.find("paths")
    return [
        Clause(
            id=clause_id(check, path),
            sentence=f"{sentence} ({path}).",
            level=Level.MUST,
            source=f"#/paths/{path.replace('/', '~1')}/post",
            needs="messages" if path == MESSAGES else "model",
        )
        for path, item in mapping(paths).items()
        if "post" in mapping(item)
        for check, (_, sentence) in CHECKS.items()
    ]


def clause_id(check: str, path: str) -> str:
    """The id of the clause for a check of schemathesis."""
    operation = path.strip("/").rpartition("/")[2]
    return f"schema/{operation}/{CHECKS[check][0]}"
