"""How callers authenticate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from text_completions_document import Document, Node, below, mapping, sequence

from ._change import Place
from ._context import Context, Spot, follow, named, only_renamed
from ._values import canonical, same

Alternative = Mapping[str, frozenset[str]]
_NOTES = ("description", "bearerFormat")
_LETTER_CASE = ("name", "scheme")


class Security:
    """The security schemes of both documents, and what operations ask for."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.schemes = _schemes(context.old), _schemes(context.new)
        gone = {k: v for k, v in self.schemes[0].items() if k not in self.schemes[1]}
        come = {k: v for k, v in self.schemes[1].items() if k not in self.schemes[0]}
        self._names = dict(only_renamed(gone, come))
        self._used: set[str] = set()

    def compare(self, old: Spot, new: Spot, place: Place) -> None:
        """Compare what two operations ask for; each spot has or inherits it."""
        before = _alternatives(self.context.old, old, self._names)
        after = _alternatives(self.context.new, new, {})
        for one in (*before, *after):
            self._used |= one.keys()
        if _key(before) == _key(after):
            return
        where = below(new[0] if "security" in new[1] else "#", "security")
        values = _plain(before), _plain(after)
        lost = [one for one in before if not any(_suffices(one, o) for o in after)]
        if lost:
            told = f"{_told(lost)} does not suffice any more"
            self.context.tell("security-tightened", place, where, *values, told)
            return
        won = [one for one in after if one not in before]
        told = _told(won or after)
        if any(not any(_suffices(one, o) for o in before) for one in after):
            self.context.tell("security-loosened", place, where, *values, told)

    def compare_schemes(self, place: Place) -> None:
        """Compare the schemes that operations of both documents ask for."""
        for name, new in self.schemes[1].items():
            old = self.schemes[0].get(name)
            if old is not None:
                self._compare_scheme(name, old, new, place)

    def _compare_scheme(self, name: str, old: Spot, new: Spot, place: Place) -> None:
        self.context.notes(old, new, place, _read(old[1], new[1]))
        if name not in self._used:
            return
        before, after = _wire(old[1]), _wire(new[1])
        for key in dict.fromkeys((*before, *after)):
            if not same(before.get(key), after.get(key)):
                values = old[1].get(key), new[1].get(key)
                told = f"{key} is {values[1]}, not {values[0]}"
                if key == "flows":
                    self._compare_flows(old, new, place)
                    continue
                where = below(new[0], key)
                self.context.tell(
                    "security-scheme-changed", place, where, *values, told
                )

    def _compare_flows(self, old: Spot, new: Spot, place: Place) -> None:
        flows = mapping(old[1].get("flows")), mapping(new[1].get("flows"))
        for name in dict.fromkeys((*flows[0], *flows[1])):
            before, after = (mapping(one.get(name)) for one in flows)
            where = below((new if after else old)[0], "flows", name)
            if not before:
                self.context.tell("security-loosened", place, where, None, name, name)
            elif not after or _flow(before) != _flow(after) or _lost(before, after):
                told = f"the flow {name} is another, or is gone"
                self.context.tell(
                    "security-scheme-changed", place, where, before, after, told
                )
            elif _lost(after, before):
                told = ", ".join(_lost(after, before))
                self.context.tell(
                    "security-loosened", place, where, before, after, told
                )
            elif not same(before, after):
                self.context.tell(
                    "note-changed", place, where, before, after, "a scope"
                )


def _flow(flow: Node) -> str:
    return canonical({key: value for key, value in flow.items() if key != "scopes"})


def _lost(old: Node, new: Node) -> list[str]:
    return [
        one for one in mapping(old.get("scopes")) if one not in new.get("scopes", {})
    ]


def _schemes(document: Document) -> dict[str, Spot]:
    pointer, components = follow(
        document, "#/components", document.root.get("components")
    )
    return named(document, (pointer, components), "securitySchemes")


def _alternatives(
    document: Document, spot: Spot, names: Mapping[str, str]
) -> list[Alternative]:
    said = spot[1].get("security", document.root.get("security"))
    found = [
        {
            names.get(name, name): frozenset(map(str, sequence(scopes)))
            for name, scopes in mapping(one).items()
        }
        for one in sequence(said)
    ]
    return [*found] or [{}]


def _suffices(credentials: Alternative, asked: Alternative) -> bool:
    """Whether who has the one fulfils the other."""
    return all(
        name in credentials and scopes <= credentials[name]
        for name, scopes in asked.items()
    )


def _key(alternatives: list[Alternative]) -> set[str]:
    return {canonical(one) for one in _plain(alternatives)}


def _plain(alternatives: list[Alternative]) -> list[dict[str, list[str]]]:
    return [{name: sorted(one[name]) for name in one} for one in alternatives]


def _told(alternatives: list[Alternative]) -> str:
    return " or ".join(" and ".join(one) or "no secret" for one in alternatives)


def _wire(scheme: Node) -> dict[str, Any]:
    """What of a scheme is seen on the wire; letter case of headers is not."""
    header = scheme.get("type") == "http" or scheme.get("in") == "header"
    return {
        key: value.lower() if header and key in _LETTER_CASE else value
        for key, value in scheme.items()
        if key not in _NOTES and not key.startswith("x-")
    }


def _read(*schemes: Node) -> frozenset[str]:
    return frozenset(key for scheme in schemes for key in _wire(scheme))
