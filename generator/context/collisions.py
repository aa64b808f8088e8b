"""Refuses documents in which two things would have one name in Python."""

from __future__ import annotations

from openapi_python_client.parser import GeneratorData

from document.supported import SupportedDocument, is_name
from text_completions_document import below

from .client import ClientView
from .models import declared_models
from .naming import (
    USED_IN_CLIENTS,
    USED_IN_MODULES,
    USED_IN_PACKAGE,
    class_name,
)
from .operations import OperationView


def check_names(
    document: SupportedDocument, data: GeneratorData, client: ClientView
) -> None:
    """Check that models and the members of the client have names of their own.

    Raises:
        DocumentError: Two things would have the same one.
    """
    _check_models(document, data, client)
    _check_client(document, client)


def check_streams(
    document: SupportedDocument, data: GeneratorData, operations: list[OperationView]
) -> None:
    """Check that unions of events and final responses have names of their own.

    Raises:
        DocumentError: Two things would have the same one.
    """
    models = {str(info.name) for info in declared_models(data)}
    streams = [one.stream for one in operations if one.stream]
    aliases = [stream.alias for stream in streams if stream.alias]
    for name in aliases:
        if aliases.count(name) > 1 or name in models | USED_IN_MODULES:
            reason = f"the events {name!r} need a name of their own: write events in "
            raise document.refusal(f"{reason}x-contract-stream")
    finals = [stream.final.name for stream in streams if stream.final]
    for name in finals:
        if finals.count(name) > 1:
            reason = f"two streams would have a method get_final_{name}: rename one"
            raise document.refusal(reason)


def _check_models(
    document: SupportedDocument, data: GeneratorData, client: ClientView
) -> None:
    resources = [
        prefix + one.name + view
        for one in client.resources
        for prefix in ("", "Async")
        for view in ("", "WithRawResponse", "WithStreamingResponse")
    ]
    for name in resources:
        if resources.count(name) > 1 or name in USED_IN_PACKAGE:
            reason = f"a tag would have the class {name!r}, which exists: rename it"
            raise document.error("#/tags", reason)
    modules: dict[str, str] = {}
    for info in declared_models(data):
        name, module = str(info.name), str(info.module_name)
        here = _place(document, name)
        if not is_name(name) or not is_name(module):
            reason = f"the class {name!r} would need a name in ASCII: rename it"
            raise document.error(here, reason)
        if name in USED_IN_MODULES or name in resources:
            reason = f"the emitted code has a {name!r} of its own: rename the schema"
            raise document.error(here, reason)
        if modules.setdefault(module, name) != name:
            reason = f"{modules[module]} and {name} would be one module: rename one"
            raise document.error(here, reason)


def _place(document: SupportedDocument, name: str) -> str:
    """Find the component that becomes the class, for a message."""
    for component in document.components("schemas"):
        if class_name(component) == name:
            return below("#/components/schemas", component)
    return "#"


def _check_client(document: SupportedDocument, client: ClientView) -> None:
    here = "#/x-contract-client"
    clients = [*client.sync_names, *client.async_names]
    errors = [error.name for error in client.errors]
    names = [*clients, client.base_error, *dict.fromkeys(errors), *client.constants]
    for name in names:
        if names.count(name) > 1 or name in USED_IN_PACKAGE:
            reason = f"{name!r} would be the name of two things: rename one"
            raise document.error(here, reason)
    members = [one.argument for one in client.credentials] + [*client.constants]
    members += [one.attribute for one in client.resources]
    for name in members:
        if members.count(name) > 1 or name in USED_IN_CLIENTS:
            reason = f"a client would have two things called {name!r}: rename one"
            raise document.error(here, reason)
