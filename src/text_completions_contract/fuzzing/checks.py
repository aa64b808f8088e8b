"""The clauses of the section `schema`: a check of schemathesis for an operation."""

from __future__ import annotations

from typing import Final, NamedTuple

from .._contract import MESSAGES, Contract
from .._registry import Clause, Level, section
from .._strict_json import as_object

section("schema", "The document, by generated requests", order=15)


class SchemaCheck(NamedTuple):
    """A check of schemathesis: the last part of its clauses' ids, and the sentence."""

    name: str
    sentence: str


# Checks of methods and keys are left out: other sections know better what a foreign
# server may answer.
CHECKS: Final = {
    "positive_data_acceptance": SchemaCheck(
        "accepts", "A request that the document allows is answered 200"
    ),
    "negative_data_rejection": SchemaCheck(
        "refuses", "A request that the document forbids is refused"
    ),
    "not_a_server_error": SchemaCheck(
        "no-crash", "No generated request is answered 5xx"
    ),
    "status_code_conformance": SchemaCheck(
        "status", "Every status is one that the document lists"
    ),
    "content_type_conformance": SchemaCheck(
        "content-type", "Every content type is one that the document lists"
    ),
    "response_headers_conformance": SchemaCheck(
        "headers", "The headers fit the document"
    ),
    "response_schema_conformance": SchemaCheck(
        "body", "The body or every event fits its schema"
    ),
}


def operations(contract: Contract) -> dict[str, str]:
    """The paths that are posted to, by the name in the ids of their clauses."""
    _, paths = contract.find("paths")
    return {
        path.strip("/").rpartition("/")[2]: path
        for path, item in (as_object(paths) or {}).items()
        if "post" in (as_object(item) or {})
    }


def schema_clauses(contract: Contract) -> list[Clause]:
    """A clause for each check of each operation that the document posts to."""
    return [
        Clause(
            id=f"schema/{operation}/{check.name}",
            sentence=f"{check.sentence} ({path}).",
            level=Level.MUST,
            source=f"#/paths/{path.replace('/', '~1')}/post",
            needs="messages" if path == MESSAGES else "model",
        )
        for operation, path in operations(contract).items()
        for check in CHECKS.values()
    ]


def clause_id(contract: Contract, check: str, path: str) -> str | None:
    """The id of the clause for a check of schemathesis, or None if there is none."""
    for operation, known in operations(contract).items():
        if known == path and check in CHECKS:
            return f"schema/{operation}/{CHECKS[check].name}"
    return None
