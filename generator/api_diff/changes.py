"""What a change of the surface means for callers. Pure: two surfaces in, lines out."""

from __future__ import annotations

from collections.abc import Iterator

from api_diff.public_api import Item, PublicApi


def changes(old: PublicApi, new: PublicApi) -> list[str]:
    """Say what was added, removed and changed, a line each, in the order of the names.

    A line begins with `+`, `-` or `~`; what can break a caller's code is marked. Of a
    thing that is new or gone as a whole, its parts are not listed.
    """
    names = sorted(old.keys() | new.keys())
    return [line for name in names for line in _change(name, old, new)]


def _change(name: tuple[str, ...], old: PublicApi, new: PublicApi) -> Iterator[str]:
    before, after = old.get(name), new.get(name)
    whole = name[:-1]
    if before == after or (whole and (whole not in old or whole not in new)):
        return
    if before is None and after is not None:
        marked = "  (breaking: it is required)" if whole and after.required else ""
        yield f"+ {_written(name, after, new)}{marked}"
    elif after is None and before is not None:
        yield f"- {_written(name, before, old)}  (breaking)"
    elif before is not None and after is not None:
        yield f"~ {_named(name)}{_change_of(before, after)}"


def _change_of(before: Item, after: Item) -> str:
    marked = (
        "  (breaking: it is required now)" if after.required > before.required else ""
    )
    return f"{before.said}  now  {after.said.removeprefix(': ')}{marked}"


def _written(name: tuple[str, ...], item: Item, surface: PublicApi) -> str:
    """Write a thing with its type; a method with the arguments that it demands."""
    if len(name) > 1 or not item.said.startswith("->"):
        return f"{_named(name)}{_spaced(item.said)}"
    parts = [one for one in surface if one[:-1] == name]
    demanded = [
        f"{one[-1]}{surface[one].said}" for one in parts if surface[one].required
    ]
    more = ["…"] if len(demanded) < len(parts) else []
    return f"{name[0]}({', '.join([*demanded, *more])}) {item.said}"


def _spaced(said: str) -> str:
    return f" {said}" if said.startswith(("=", "->")) else said


def _named(name: tuple[str, ...]) -> str:
    if len(name) == 1:
        return name[0]
    owner, part = name
    return f"{owner}.{part}" if owner.startswith("types.") else f"{owner}({part})"
