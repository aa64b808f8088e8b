"""Refuses documents in which two things would have one name in Python."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from openapi_python_client.parser import GeneratorData
from openapi_python_client.strings import PythonIdentifier

from document.operation_checks import PREFIX
from document.supported import SupportedDocument, is_name

from .client import ClientView
from .models import declared_models, place_of
from .naming import (
    USED_IN_CLIENTS,
    USED_IN_MODULES,
    USED_IN_PACKAGE,
    member_name,
)
from .streams import StreamView


def check_members(document: SupportedDocument) -> None:
    """Check that the members of each object have names of their own in Python.

    Raises:
        DocumentError: Two members of an object would have the same one.
    """
    for pointer, _ in document.parts("schema"):
        names: dict[str, str] = {}
        for name, place in document.members(pointer).items():
            # openapi-python-client refuses equal names as well, by rules of its own.
            raw = PythonIdentifier(name, PREFIX, skip_snake_case=True)
            for attribute in (member_name(name), str(raw)):
                other = names.setdefault(attribute, name)
                if other != name:
                    reason = (
                        f"{name!r} and {other!r} would both be the attribute "
                        f"{attribute!r}: rename one"
                    )
                    raise document.error(place, reason)


def check_names(
    document: SupportedDocument,
    data: GeneratorData,
    client: ClientView,
    streams: list[StreamView],
) -> None:
    """Check that models, unions and the members of a client have names of their own.

    Raises:
        DocumentError: Two things would have the same one.
    """
    resources = [name for one in client.resources for name in one.classes]
    errors = [error.name for error in client.errors]
    names = [*client.sync_names, *client.async_names, client.base_error, *errors]
    for name in _taken(resources, USED_IN_PACKAGE.union(USED_IN_MODULES, names)):
        reason = f"a tag would have the class {name!r}, which exists: rename it"
        raise document.error("#/tags", reason)
    _check_models(document, data, USED_IN_MODULES.union(resources))
    here = "#/x-contract-client"
    for name in _taken([*names, *client.constants], USED_IN_PACKAGE):
        reason = f"{name!r} would be the name of two things: rename one"
        raise document.error(here, reason)
    members = [str(one["argument"]) for one in client.credentials]
    attributes = [one.attribute for one in client.resources]
    for name in _taken([*members, *client.constants, *attributes], USED_IN_CLIENTS):
        reason = f"a client would have two things called {name!r}: rename one"
        raise document.error(here, reason)
    used = USED_IN_MODULES.union(str(info.name) for info in declared_models(data))
    for name in _taken([one.alias for one in streams if one.alias], used):
        reason = (
            f"the events {name!r} need a name of their own: write events in "
            "x-contract-stream"
        )
        raise document.error("#", reason)
    for name in _taken([one.final.name for one in streams if one.final], ()):
        reason = f"two streams would have a method get_final_{name}: rename one"
        raise document.error("#", reason)


def _taken(names: list[str], used: Collection[str]) -> Iterator[str]:
    """Yield the names that are used elsewhere, or stand twice in the list."""
    return (name for name in names if name in used or names.count(name) > 1)


def _check_models(
    document: SupportedDocument, data: GeneratorData, used: Collection[str]
) -> None:
    modules: dict[str, str] = {}
    for info in declared_models(data):
        name, module = str(info.name), str(info.module_name)
        other = modules.setdefault(module, name)
        if not is_name(name) or not is_name(module):
            reason = (
                f"a schema or an operation would have the class {name!r}: give it a "
                "name in ASCII"
            )
        elif name in used:
            reason = f"the emitted code has a {name!r} of its own: rename the schema"
        elif other != name:
            reason = f"{other} and {name} would be one module: rename one"
        else:
            continue
        raise document.error(place_of(document, name), reason)
