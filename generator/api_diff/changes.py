"""Says what a change of the public API means for callers.

Pure: two public APIs in, lines of text out.
"""

from __future__ import annotations

from collections.abc import Iterator

from .public_api import Item, PublicApi


def changes(old: PublicApi, new: PublicApi) -> list[str]:
    """Say what was added, removed and changed, a line each, in the order of the names.

    A line begins with `+`, `-` or `~`; what can break a caller's code is marked. Of a
    thing that is new or gone as a whole, the parts are not listed.
    """
    names = sorted(old.keys() | new.keys())
    return [line for name in names for line in _change(name, old, new)]


def _change(name: tuple[str, ...], old: PublicApi, new: PublicApi) -> Iterator[str]:
    before, after = old.get(name), new.get(name)
    owner = name[:-1]
    if before == after or (owner and (owner not in old or owner not in new)):
        return
    if before is None and after is not None:
        mark = "  (breaking: it is required)" if owner and after.required else ""
        yield f"+ {_declared(name, after, new)}{mark}"
    elif after is None and before is not None:
        yield f"- {_declared(name, before, old)}  (breaking)"
    elif before is not None and after is not None:
        newly = after.required > before.required
        mark = "  (breaking: it is required now)" if newly else ""
        text = after.text.removeprefix(": ")
        yield f"~ {_qualified(name)}{before.text}  now  {text}{mark}"


def _declared(name: tuple[str, ...], item: Item, api: PublicApi) -> str:
    """Write a thing with its type; a method with the arguments that it demands."""
    root, *inner = name
    if inner or not item.text.startswith("->"):
        space = " " if item.text.startswith(("=", "->")) else ""
        return f"{_qualified(name)}{space}{item.text}"
    arguments = [one for one in api if one[:-1] == name]
    required = [f"{one[-1]}{api[one].text}" for one in arguments if api[one].required]
    more = ["…"] if len(required) < len(arguments) else []
    return f"{root}({', '.join([*required, *more])}) {item.text}"


def _qualified(name: tuple[str, ...]) -> str:
    if len(name) == 1:
        return name[0]
    owner, part = name
    return f"{owner}.{part}" if owner.startswith("types.") else f"{owner}({part})"
