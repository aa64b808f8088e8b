"""Two documents to a list of changes."""

from __future__ import annotations

from text_completions_document import Document, below, mapping, sequence

from ._change import Change, Difference, Place
from ._client import compare_client
from ._context import Context
from ._kinds import Severity, Side
from ._operations import Operations
from ._servers import compare_servers
from ._subject import phrase_of, subject_of
from ._values import canonical

_ORDER = (Severity.BREAKING, Severity.COMPATIBLE, Severity.DOCUMENTATION)
_EVERYWHERE = Place(Side.REQUEST, "everywhere")
_READ = frozenset(
    [
        "paths",
        "webhooks",
        "components",
        "servers",
        "security",
        "tags",
        "info",
        "x-contract-client",
        "jsonSchemaDialect",
    ]
)


def compare(old: Document, new: Document) -> list[Change]:
    """Find every change between two documents, the breaking ones first.

    Args:
        old: What callers know.
        new: What they will meet.

    Returns:
        One change for each edit, however many operations it shows in. Parts of
        `components` that no operation uses are not looked at.

    Raises:
        DocumentError: A reference leads nowhere where one is needed.
    """
    context = Context(old, new)
    _compare_roots(context)
    operations = Operations(context)
    for key, reverse in (("paths", False), ("webhooks", True)):
        spots = [(below("#", key), mapping(one.root.get(key))) for one in (old, new)]
        operations.compare(spots[0], spots[1], reverse=reverse)
    operations.security.compare_schemes(_EVERYWHERE)
    compare_client(context)
    return _changes(context)


def _compare_roots(context: Context) -> None:
    old, new = ("#", context.old.root), ("#", context.new.root)
    context.notes(old, new, _EVERYWHERE, _READ)
    infos = [(below("#", "info"), mapping(one[1].get("info"))) for one in (old, new)]
    context.notes(infos[0], infos[1], _EVERYWHERE, frozenset())
    compare_servers(context, old, new, _EVERYWHERE)
    tags = sequence(old[1].get("tags")), sequence(new[1].get("tags"))
    if sorted(map(canonical, tags[0])) != sorted(map(canonical, tags[1])):
        context.tell("note-changed", _EVERYWHERE, "#/tags", *tags, "the tags")
    key = "jsonSchemaDialect"
    dialects = old[1].get(key), new[1].get(key)
    if dialects[0] != dialects[1]:
        where = below("#", key)
        told = str(dialects[1])
        context.tell("dialect-changed", _EVERYWHERE, where, *dialects, told)


def _changes(context: Context) -> list[Change]:
    """Make one change of each difference, however many places meet it."""
    met: dict[str, tuple[Difference, list[Place]]] = {}
    for difference, places in context.results():
        key = canonical(
            [
                difference.kind.name,
                difference.pointer,
                difference.before,
                difference.after,
            ]
        )
        met.setdefault(key, (difference, []))[1].extend(places)
    changes = [_change(context, *found) for found in met.values()]
    return sorted(changes, key=lambda one: _ORDER.index(one.severity))


def _change(context: Context, difference: Difference, places: list[Place]) -> Change:
    documents = context.new, context.old
    subject = difference.subject or subject_of(difference.pointer, *documents)
    phrase = phrase_of(difference.pointer, subject)
    rules = {side: difference.kind.on(side) for side in Side}
    sides = [side for side in Side if any(place.side is side for place in places)]
    worst = min((rules[side] for side in sides), key=lambda r: _ORDER.index(r.severity))
    sentences = dict.fromkeys(
        rules[side].consequence.format(subject=phrase, detail=difference.detail)
        for side in sides
        if rules[side].severity is worst.severity
    )
    return Change(
        severity=worst.severity,
        kind=difference.kind.name,
        pointer=difference.pointer,
        message="; ".join(sentences),
        subject=subject,
        before=difference.before,
        after=difference.after,
        places=tuple(dict.fromkeys(place.name for place in places)),
    )
