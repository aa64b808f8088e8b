"""Find every change between two documents."""

from __future__ import annotations

from dataclasses import replace

from text_completions_document import Document, sequence

from ._changes import Change, Usage, changes_of
from ._kinds import Side
from ._located import Located, same_unordered
from .schemas._graph import SchemaGraph
from .wire._client import compare_client
from .wire._operations import OperationComparison
from .wire._pair import CLIENT, Comparison, Pair
from .wire._servers import compare_servers

_DIALECT = "jsonSchemaDialect"
_DEFAULT_DIALECTS = tuple(
    f"https://spec.openapis.org/oas/{version}/dialect/" for version in ("3.1", "3.2")
)


def diff(old: Document, new: Document) -> list[Change]:
    """Find every change between two documents, the breaking ones first.

    Args:
        old: The document that callers know.
        new: The document that they will meet.

    Returns:
        One change for each edit, however many operations it affects. Parts of
        `components` that no operation uses are not compared.

    Raises:
        DocumentError: Schemas are unions of unions through hundreds of levels.
    """
    try:
        return _diff(old, new)
    except RecursionError:
        reason = (
            "its schemas, or those of the other document, lead through too many "
            "unions into each other: write fewer levels"
        )
        raise new.error("#", reason) from None


def _diff(old: Document, new: Document) -> list[Change]:
    comparison = Comparison(old, new, SchemaGraph(old, new))
    usage = Usage(Side.REQUEST, "everywhere")
    root = Pair(comparison, Located("#", old.root), Located("#", new.root), usage)
    _compare_roots(root)
    operations = OperationComparison(root)
    operations.compare(root.at(root.old.member("paths"), root.new.member("paths")))
    webhooks = root.at(root.old.member("webhooks"), root.new.member("webhooks"))
    operations.compare(replace(webhooks, is_reverse=True))
    operations.compare_schemes()
    compare_client(root)
    return changes_of(comparison.results(), new, old)


def _dialect(value: object) -> object:
    """Return a dialect; None is the one that OpenAPI 3.1 and 3.2 have by default."""
    is_default = isinstance(value, str) and value.startswith(_DEFAULT_DIALECTS)
    return None if is_default else value


def _compare_roots(root: Pair) -> None:
    root.notes(
        "paths",
        "webhooks",
        "components",
        "servers",
        "security",
        "tags",
        "info",
        _DIALECT,
        CLIENT,
    )
    root.member("info").notes()
    compare_servers(root)
    if not same_unordered(*map(sequence, root.values("tags"))):
        root.report("note-changed", "tags", detail="the tags")
    before, after = map(_dialect, root.values(_DIALECT))
    if before != after:
        values = before, after
        root.report("dialect-changed", _DIALECT, values=values, detail=str(after))
