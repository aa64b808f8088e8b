"""Find every change between two documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from text_completions_document import Document, is_object, sequence

from ._changes import Change, Usage, changes_of
from ._kinds import Side
from ._located import MISSING, Located, change_of, same, same_unordered
from .schemas._graph import SchemaGraph
from .wire._operations import OperationComparison, compare_servers
from .wire._pair import CLIENT, Comparison, Pair

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
    _compare_client(root)
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
        root.report("note-changed", "tags", detail="tags")
    before, after = map(_dialect, root.values(_DIALECT))
    if before != after:
        values = before, after
        root.report("dialect-changed", _DIALECT, values=values, detail=str(after))


def _compare_client(root: Pair) -> None:
    """Compare classes, constants, credentials, variables and exceptions."""
    old, new = (
        dict(_client_names(part.member(CLIENT))) for part in (root.old, root.new)
    )
    for key, name in dict.fromkeys((*old, *new)):
        before, after = (names.get((key, name), MISSING) for names in (old, new))
        if key == "credentials" and before.node and after.node:
            for part in dict.fromkeys((*before.node, *after.node)):
                _compare_name(root.at(before.member(part), after.member(part)), part)
        else:
            _compare_name(root.at(before, after), name)


def _client_names(client: Located) -> Iterator[tuple[tuple[str, str], Located]]:
    """Yield each name with the key above it; positions in lists are no names."""
    for key, value in client.node.items():
        if key in ("sync", "async"):
            yield from (((key, str(one.value)), one) for one in client.items(key))
        elif key == "credentials":
            for one in client.items(key):
                yield (key, str(one.get("argument"))), one
        elif key == "dialogue":
            # Its members name constants. What code uses are the functions.
            functions = "prompt_to_messages and messages_to_prompt"
            yield (key, functions), client.member(key)
        elif is_object(value):
            yield from (((key, one), part) for one, part in client.members(key).items())
        else:
            yield (key, key), client.member(key)


def _compare_name(pair: Pair, name: str) -> None:
    before, after = pair.old.value, pair.new.value
    if same(before, after):
        return
    has_value = isinstance(before, str) and before != name
    detail = f"{name} {before}" if has_value else name
    pair.report(f"client-name-{change_of(before, after)}", detail=detail)
