"""Find every change between two documents."""

from __future__ import annotations

from text_completions_document import Document, sequence

from ._changes import Change, Usage, changes_of
from ._kinds import Side
from ._located import Located, canonical
from .wire._client import compare_client
from .wire._operations import OperationComparison
from .wire._pair import CLIENT, Comparison, Pair
from .wire._servers import compare_servers

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
    comparison = Comparison(old, new)
    usage = Usage(Side.REQUEST, "everywhere")
    root = Pair(comparison, Located("#", old.root), Located("#", new.root), usage)
    _compare_roots(root)
    operations = OperationComparison(root)
    for key, is_reverse in (("paths", False), ("webhooks", True)):
        operations.compare(
            Pair(
                comparison,
                root.old.member(key),
                root.new.member(key),
                usage,
                is_reverse,
            )
        )
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
        "jsonSchemaDialect",
        CLIENT,
    )
    root.member("info").notes()
    compare_servers(root)
    tags = [sequence(value) for value in root.values("tags")]
    if sorted(map(canonical, tags[0])) != sorted(map(canonical, tags[1])):
        root.report(
            "note-changed", "tags", values=(tags[0], tags[1]), detail="the tags"
        )
    key = "jsonSchemaDialect"
    before, after = map(_dialect, root.values(key))
    if before != after:
        values = before, after
        root.report("dialect-changed", key, values=values, detail=str(after))
