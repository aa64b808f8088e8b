"""What stops an emission because two things would have one name in Python."""

from __future__ import annotations

from openapi_python_client.parser import GeneratorData

import text_completions_runtime as runtime
from context.client import ClientView
from context.models import declared_models
from context.naming import USED_IN_CLIENTS
from context.operations import OperationView
from document.kinds import is_name
from document.loading import Document

# What the emitted modules import, or define for themselves, beside the models.
_USED_BY_MODULES = frozenset(runtime.__all__) | {
    "Any",
    "ClassVar",
    "Literal",
    "Mapping",
    "OPERATION",
    "Required",
    "Self",
    "TypeAlias",
    "TypedDict",
}
_USED_BY_PACKAGE = (frozenset(runtime.__all__) - {"AsyncClient", "SyncClient"}) | {
    "API_SPEC",
    "ClassVar",
    "ERRORS",
    "SCHEMAS",
    "Timeout",
    "annotations",
    "cached_property",
    "httpx",
    "types",
}
_OF_CLIENTS = frozenset(
    [
        "base_url",
        "deadline",
        "default_headers",
        "default_query",
        "http_client",
        "log_bodies",
        "idle_timeout",
        "max_retries",
        "strict",
        "timeout",
        "validate_requests",
    ]
)


def check_names(document: Document, data: GeneratorData, client: ClientView) -> None:
    """See that everything has a name of its own.

    Raises:
        DocumentError: Two things would have the same one.
    """
    _check_models(document, data, client)
    _check_client(document, client)


def _check_models(document: Document, data: GeneratorData, client: ClientView) -> None:
    resources = {
        prefix + one.name + view
        for one in client.resources
        for prefix in ("", "Async")
        for view in ("", "WithRawResponse", "WithStreamingResponse")
    }
    seen: dict[str, str] = {}
    for info in declared_models(data):
        name, module = str(info.name), str(info.module_name)
        if not is_name(name) or not is_name(module):
            reason = f"the class {name!r} would need a name in ASCII: rename it"
            raise document.refusal(reason)
        if name in _USED_BY_MODULES or name in resources:
            reason = f"the emitted code has a {name!r} of its own: rename the schema"
            raise document.refusal(reason)
        if seen.setdefault(module, name) != name:
            reason = f"{seen[module]} and {name} would be one module: rename one"
            raise document.refusal(reason)


def check_aliases(document: Document, data: GeneratorData, aliases: list[str]) -> None:
    """See that the unions of events have names of their own too.

    Raises:
        DocumentError: One has the name of something else.
    """
    models = {str(info.name) for info in declared_models(data)}
    for name in aliases:
        if aliases.count(name) > 1 or name in models | _USED_BY_MODULES:
            reason = f"the events {name!r} share their name: set x-contract-stream"
            raise document.refusal(reason)


def check_finals(document: Document, operations: list[OperationView]) -> None:
    """See that each stream has a method of its own for its whole answer.

    Raises:
        DocumentError: Two would have the same one.
    """
    names = [
        one.stream.final.name for one in operations if one.stream and one.stream.final
    ]
    for name in names:
        if names.count(name) > 1:
            reason = f"two streams would have a method get_final_{name}: rename one"
            raise document.refusal(reason)


def _check_client(document: Document, client: ClientView) -> None:
    here = "#/x-contract-client"
    clients = [*client.sync_names, *client.async_names]
    errors = [error.name for error in client.errors]
    names = [*clients, client.base_error, *dict.fromkeys(errors), *client.constants]
    for name in names:
        if names.count(name) > 1 or name in _USED_BY_PACKAGE:
            raise document.error(here, f"{name!r} would be the name of two things")
    members = [one.argument for one in client.credentials] + [*client.constants]
    members += [one.attribute for one in client.resources]
    taken = _OF_CLIENTS | USED_IN_CLIENTS
    for name in members:
        if members.count(name) > 1 or name in taken:
            reason = f"a client would have two things called {name!r}"
            raise document.error(here, reason)
