"""What the templates of the package's own modules need to know of the whole."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, NamedTuple

from document.operation_checks import parameters_of
from document.supported import SupportedDocument, last_part
from text_completions_document import below, mapping, parts_of

from .naming import attribute_name, class_name
from .text import (
    WIDTH,
    Code,
    call,
    docstring,
    literal,
    paragraphs,
    schema_data,
)

_ENVIRONMENT = {"base_url": None, "custom_headers": None, "log": None}


class ErrorClass(NamedTuple):
    """An exception for a status."""

    name: str
    base: str
    doc: str


class Resource(NamedTuple):
    """A tag of the document: an attribute of the client."""

    attribute: str
    name: str
    module: str
    doc: str

    @property
    def classes(self) -> list[str]:
        """The classes of its module."""
        return [
            prefix + self.name + view
            for prefix in ("", "Async")
            for view in ("", "WithRawResponse", "WithStreamingResponse")
        ]


class ClientView:
    """The document as the templates of the package's own modules see it."""

    def __init__(
        self,
        document: SupportedDocument,
        tags: Iterable[str],
        package_name: str,
        version: str,
    ) -> None:
        info, client = document.root["info"], document.root["x-contract-client"]
        self._document = document
        self.version = version
        self.api_version: str = info["version"]
        self.doc = docstring(paragraphs(info.get("description", ""), width=WIDTH))
        self.document = document.file_name
        self.sync_names: list[str] = client["sync"]
        self.async_names: list[str] = client["async"]
        self.base_error: str = client["base-error"]
        self.constants: dict[str, Any] = client.get("constants", {})
        self.moved: dict[str, str] = client.get("moved", {})
        self.environment = _ENVIRONMENT | client.get("environment", {})
        self.error_type = tuple(parts_of(client.get("error-type", "")))
        self.request_id: str = client.get("request-id", "")
        self.workspace_id: str = client.get("workspace-id", "")
        self.prompt_format = self._prompt_format(client.get("dialogue", {}))
        base_url = self._base_url()
        self.credentials = [
            self._credential(one) for one in client.get("credentials", ())
        ]
        self.api_spec = call(
            "ApiSpec",
            name=package_name,
            user_agent=f"{package_name.replace('_', '-')}/{version}",
            base_url=base_url,
            credentials=tuple(call("Credential", **one) for one in self.credentials),
            environment=call("Environment", **self.environment),
            errors=Code("ERRORS"),
            request_id=self.request_id,
            schemas=Code("SCHEMAS"),
            document=self.document,
            workspace_id=self.workspace_id,
            headers=self._headers(),
        )
        self.errors, self.by_status, self.error_classes = self._errors(
            client.get("errors", {})
        )
        described = {one["name"]: one for one in document.root.get("tags", ())}
        self.resources = [
            Resource(
                attribute=attribute_name(tag),
                name=class_name(tag),
                module=tag,
                doc=docstring(described.get(tag, {}).get("description", ""), 4),
            )
            for tag in tags
        ]

    @property
    def schemas(self) -> str:
        """The schemas by reference, as a literal."""
        components = self._document.components("schemas")
        return literal(
            {
                below("#/components/schemas", name): schema_data(schema)
                for name, schema in components.items()
            }
        )

    def _prompt_format(self, constants: dict[str, str]) -> Code | None:
        """Return how the constants that hold markers make a prompt."""
        for role, name in constants.items():
            value = self.constants.get(name)
            if not isinstance(value, str) or not value.strip():
                here = below("#/x-contract-client/dialogue", role)
                reason = f"{name!r} is not a constant with the text of a marker"
                raise self._document.error(here, reason)
        if not constants:
            return None
        names = constants["user"], constants["assistant"]
        user, assistant = (self.constants[name] for name in names)
        return call("PromptFormat", user=user, assistant=assistant, names=names)

    def _base_url(self) -> str:
        url: str = self._document.root["servers"][0]["url"]
        if not url.startswith(("http://", "https://")) or "{" in url:
            reason = f"{url!r} is not an absolute URL: write https://…"
            raise self._document.error("#/servers/0/url", reason)
        return url

    def _headers(self) -> dict[str, str]:
        """Return the headers that the client sends by itself, whatever it calls."""
        return {
            parameter["name"]: parameter["x-contract-argument"]["default"]
            for pointer, _ in self._document.operations()
            for _, parameter in parameters_of(self._document, pointer)
            if "default" in parameter.get("x-contract-argument", {})
        }

    def _credential(self, credential: dict[str, Any]) -> dict[str, str | None]:
        """Return the members of a `Credential`."""
        header: str = credential.get("header", "")
        if "scheme" in credential:
            place = below("#/components/securitySchemes", credential["scheme"])
            _, scheme = self._document.follow(place, self._document.at(place))
            header = scheme["name"]
        return {
            "argument": credential["argument"],
            "header": header,
            "prefix": credential.get("prefix", ""),
            "environment": credential.get("environment"),
        }

    # Exceptions -----------------------------------------------------------------------

    def _errors(
        self, extra: dict[str, str]
    ) -> tuple[list[ErrorClass], dict[int, str], Code]:
        """Return the exceptions, their names by status, and the `ErrorClasses`.

        Args:
            extra: Names for statuses that no operation documents.
        """
        named = dict(extra)
        docs = {name: f"The server answered {key}." for key, name in extra.items()}
        types: dict[str, str] = {}
        for status, name, response in self._error_responses():
            named[status] = name
            docs[name] = f"{status}: {' '.join(response['description'].split())}"
            kind = self._error_type(response)
            if kind is not None:
                types.setdefault(kind, name)
        ranges = {int(key[0]): name for key, name in named.items() if "X" in key}
        statuses = {int(key): named[key] for key in sorted(named) if key.isdigit()}
        classes = [
            ErrorClass(
                name,
                _base(name, statuses, ranges),
                docstring(paragraphs(docs[name]), 4),
            )
            for name in dict.fromkeys([*ranges.values(), *statuses.values()])
        ]
        code = call(
            "ErrorClasses",
            by_status={status: Code(name) for status, name in statuses.items()},
            by_range={digit: Code(name) for digit, name in ranges.items()},
            by_type={kind: Code(name) for kind, name in types.items()},
            other=Code("APIStatusError"),
        )
        return classes, statuses, code

    def _error_responses(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Return the errors by status, with their names; a `$ref` names them best."""
        named: dict[str, tuple[str, dict[str, Any]]] = {}
        inline: dict[str, tuple[str, dict[str, Any]]] = {}
        for pointer, operation in self._document.operations():
            for status, response in operation["responses"].items():
                if status.startswith("2"):
                    continue
                here = below(pointer, "responses", status)
                _, part = self._document.follow(here, response)
                entry = (_error_name(status, response.get("$ref")), part)
                known = named if "$ref" in response else inline
                other, _ = known.setdefault(status, entry)
                if "$ref" in response and other != entry[0]:
                    reason = f"{status} is {other} elsewhere: use one name per status"
                    raise self._document.error(here, reason)
        merged = inline | named
        return [(status, *merged[status]) for status in sorted(merged)]

    def _error_type(self, response: dict[str, Any]) -> str | None:
        """Return the constant that a body of this schema has as the type of error."""
        content: dict[str, Any] = response.get("content", {})
        media: Any = next(iter(content.values()), None)
        schema: Any = mapping(media).get("schema", {})
        for step in self.error_type:
            schema = mapping(mapping(schema).get("properties")).get(step)
        constant = mapping(schema).get("const")
        return constant if isinstance(constant, str) else None


def _error_name(status: str, reference: str | None) -> str:
    if reference is not None:
        name = class_name(last_part(reference))
        return name if name.endswith("Error") else f"{name}Error"
    try:
        return f"{class_name(HTTPStatus(int(status)).phrase)}Error"
    except ValueError:
        return f"Status{status}Error"


def _base(name: str, statuses: dict[int, str], ranges: dict[int, str]) -> str:
    """Return the base of an exception: the one for its range, if there is one."""
    for status, other in statuses.items():
        base = ranges.get(status // 100)
        if other == name and base is not None and base != name:
            return base
    return "APIStatusError"
