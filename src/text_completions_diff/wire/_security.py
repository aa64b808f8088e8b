"""Compare how callers authenticate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from text_completions_document import Document, Node, is_object, mapping, sequence

from .._located import Located, canonical, same, unambiguous
from ._pair import Pair

_SCHEMES = "#/components/securitySchemes/"
_UNSENT = ("description", "bearerFormat", "deprecated", "oauth2MetadataUrl")

_Alternative = Mapping[str, frozenset[str]]


class SecurityComparison:
    """The security schemes of both documents, and what operations require."""

    def __init__(self, root: Pair) -> None:
        self._root = root
        comparison = root.comparison
        self._old, self._new = _schemes(comparison.old), _schemes(comparison.new)
        self._names = _renamed(self._old, self._new)
        self._used: set[str] = set()

    def compare(self, operation: Pair) -> None:
        root = self._root
        pair = operation.at(
            operation.old if "security" in operation.old.node else root.old,
            operation.new if "security" in operation.new.node else root.new,
        )
        before = _alternatives(pair.old, self._names)
        after = _alternatives(pair.new, {})
        for one in (*before, *after):
            self._used |= one.keys()
        values = _plain(before), _plain(after)
        lost = [one for one in before if not any(_suffices(one, o) for o in after)]
        if lost:
            detail = f"{_phrase(lost)} is no longer enough"
            pair.report("security-tightened", "security", values=values, detail=detail)
        elif any(not any(_suffices(one, o) for o in before) for one in after):
            detail = _phrase([one for one in after if one not in before])
            pair.report("security-loosened", "security", values=values, detail=detail)

    def compare_schemes(self) -> None:
        for name in (one for one in self._new if one in self._old):
            pair = self._root.at(self._old[name], self._new[name])
            pair.notes("deprecated", *_sent(pair.old), *_sent(pair.new))
            pair.deprecation()
            if name in self._used:
                _compare_scheme(pair)


def _compare_scheme(pair: Pair) -> None:
    before, after = _sent(pair.old), _sent(pair.new)
    for key in dict.fromkeys((*before, *after)):
        if same(before.get(key), after.get(key)):
            continue
        if key == "flows":
            for name, flow in pair.members("flows"):
                _compare_flow(name, flow)
        else:
            old, new = pair.values(key)
            detail = f"{key} is {new}, not {old}"
            pair.report("security-scheme-changed", key, detail=detail)


def _compare_flow(name: str, pair: Pair) -> None:
    before, after = pair.old.node, pair.new.node
    gone, come = _scopes_only_in(before, after), _scopes_only_in(after, before)
    if not before:
        pair.report("security-loosened", values=(None, name), detail=name)
    elif not after or _without_scopes(before) != _without_scopes(after) or gone:
        detail = f"the flow {name} changed or was removed"
        pair.report("security-scheme-changed", detail=detail)
    elif come:
        pair.report("security-loosened", detail=", ".join(come))
    elif not same(before, after):
        pair.report("note-changed", detail="a scope")


def _without_scopes(flow: Node) -> str:
    return canonical({key: value for key, value in flow.items() if key != "scopes"})


def _scopes_only_in(one: Node, other: Node) -> list[str]:
    scopes = mapping(other.get("scopes"))
    return [name for name in mapping(one.get("scopes")) if name not in scopes]


def _schemes(document: Document) -> dict[str, Located]:
    schemes = Located("#/components", document.at("#/components"))
    return {
        name: one.followed(document)
        for name, one in schemes.members("securitySchemes").items()
    }


def _renamed(old: dict[str, Located], new: dict[str, Located]) -> dict[str, str]:
    """Return the new name of each scheme that is the same but for its name."""
    pairs = [
        (before, after)
        for before in old.keys() - new.keys()
        for after in new.keys() - old.keys()
        if same(old[before].value, new[after].value)
    ]
    return dict(unambiguous(pairs))


def _alternatives(part: Located, names: Mapping[str, str]) -> list[_Alternative]:
    """Return what is enough for a call; names are those of the new document."""
    alternatives: list[_Alternative] = []
    for one in sequence(part.get("security")):
        if is_object(one):
            scopes: dict[str, frozenset[str]] = {}
            for reference, values in mapping(one).items():
                name = reference.removeprefix(_SCHEMES)  # 3.2 knows pointers as well
                scopes[names.get(name, name)] = frozenset(map(str, sequence(values)))
            alternatives.append(scopes)
    return alternatives or [{}]


def _suffices(credentials: _Alternative, required: _Alternative) -> bool:
    """Tell whether these credentials are enough for what is required."""
    return all(
        name in credentials and scopes <= credentials[name]
        for name, scopes in required.items()
    )


def _plain(alternatives: list[_Alternative]) -> list[dict[str, list[str]]]:
    return [{name: sorted(one[name]) for name in one} for one in alternatives]


def _phrase(alternatives: list[_Alternative]) -> str:
    return " or ".join(" and ".join(one) or "no credentials" for one in alternatives)


def _sent(scheme: Located) -> dict[str, Any]:
    """Return what of a scheme is sent; the letter case of headers does not matter."""
    is_header = scheme.get("type") == "http" or scheme.get("in") == "header"
    return {
        key: str(value).lower() if is_header and key in ("name", "scheme") else value
        for key, value in scheme.node.items()
        if key not in _UNSENT and not key.startswith("x-")
    }
