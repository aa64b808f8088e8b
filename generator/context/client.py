"""What the templates of the package's own modules need to know of the whole."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, NamedTuple

from context.naming import attribute_name, class_name
from context.schemas import schema_data
from context.text import docstring, docstring_part, literal, paragraphs
from document.loading import Document, below, last_step, pointer_steps
from document.opc_input import framing, operations

_ENVIRONMENT = ("base_url", "custom_headers", "log")


class ErrorClass(NamedTuple):
    """An exception for a status."""

    name: str
    base: str
    doc: str


class CredentialView(NamedTuple):
    """A way to authenticate."""

    argument: str
    header: str
    prefix: str
    environment: str | None


class Resource(NamedTuple):
    """A tag of the document: an attribute of the client."""

    attribute: str
    name: str
    module: str
    doc: str


class ClientView:
    """The document as the templates of the package's own modules see it."""

    def __init__(
        self,
        document: Document,
        tags: Iterable[str],
        version: str,
    ) -> None:
        data = document.data
        said = data["x-contract-client"]
        self._document = document
        self.version = version
        self.api_version = data["info"].get("version", "")
        self.title = data["info"].get("title", "")
        self.document = document.path.name
        self.document_in_prose = docstring_part(document.path.name)
        self.sync_names: list[str] = said["sync"]
        self.async_names: list[str] = said["async"]
        self.base_error: str = said["base-error"]
        self.constants: dict[str, Any] = said.get("constants", {})
        self.environment = {
            name: said.get("environment", {}).get(name) for name in _ENVIRONMENT
        }
        self.error_type = tuple(pointer_steps(said.get("error-type", "")))
        self.request_id = said.get("request-id", "")
        self.workspace_id = said.get("workspace-id", "")
        self.headers = self._headers()
        self.base_url = self._base_url()
        self.credentials = [
            self._credential(one) for one in said.get("credentials", [])
        ]
        self.errors, self.by_status, self.by_range, self.by_type = self._errors(said)
        self.resources = [self._resource(str(tag)) for tag in tags]

    @property
    def doc(self) -> str:
        """The docstring of the package."""
        return docstring(paragraphs(self._document.data["info"].get("description", "")))

    @property
    def schemas(self) -> str:
        """The schemas by reference, as a literal."""
        components = self._document.data.get("components", {}).get("schemas", {})
        left_out = framing(self._document)
        return literal(
            {
                below("#/components/schemas", name): schema_data(schema)
                for name, schema in components.items()
                if name not in left_out
            }
        )

    def _base_url(self) -> str:
        servers = self._document.data.get("servers") or [{}]
        url: str = servers[0].get("url", "")
        if not url.startswith(("http://", "https://")) or "{" in url:
            reason = f"{url!r} is no absolute URL that a client could start from"
            raise self._document.error("#/servers/0/url", reason)
        return url

    def _headers(self) -> dict[str, str]:
        """Return the headers that the client sends unasked, whatever it calls."""
        found: dict[str, str] = {}
        for pointer, operation in operations(self._document.data):
            item = self._document.resolve(pointer.rpartition("/")[0])
            for one in (*operation.get("parameters", ()), *item.get("parameters", ())):
                part, _ = self._document.followed(one, pointer)
                default = part.get("x-contract-argument", {}).get("default")
                if part["in"] == "header" and default is not None:
                    found[part["name"]] = default
        return found

    def _credential(self, said: dict[str, Any]) -> CredentialView:
        header: str = said.get("header", "")
        if "scheme" in said:
            place = below("#/components/securitySchemes", said["scheme"])
            scheme, _ = self._document.followed(self._document.resolve(place), place)
            header = scheme["name"]
        return CredentialView(
            argument=said["argument"],
            header=header,
            prefix=said.get("prefix", ""),
            environment=said.get("environment"),
        )

    def _resource(self, tag: str) -> Resource:
        described = {
            one.get("name"): one.get("description", "")
            for one in self._document.data.get("tags", [])
        }
        return Resource(
            attribute=attribute_name(tag),
            name=class_name(tag),
            module=tag,
            doc=docstring(described.get(tag, ""), 4),
        )

    # Exceptions -----------------------------------------------------------------

    def _errors(
        self, said: dict[str, Any]
    ) -> tuple[list[ErrorClass], dict[int, str], dict[int, str], dict[str, str]]:
        extra: dict[str, str] = said.get("errors", {})
        named = dict(extra)
        docs = {name: f"The server answered {key}." for key, name in extra.items()}
        types: dict[str, str] = {}
        for status, name, response in self._error_responses():
            named[status] = name
            docs[name] = f"{status}: {' '.join(response['description'].split())}"
            kind = self._error_kind(response)
            if kind is not None:
                types.setdefault(kind, name)
        ranges = {int(key[0]): name for key, name in named.items() if "X" in key}
        statuses = {int(key): name for key, name in named.items() if key.isdigit()}
        classes = [
            ErrorClass(name, _base(name, statuses, ranges), self._error_doc(docs[name]))
            for name in dict.fromkeys([*ranges.values(), *_by_number(statuses)])
        ]
        return classes, dict(sorted(statuses.items())), ranges, types

    def _error_responses(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Return the errors by status: the name that a `$ref` gives is the first."""
        named: dict[str, tuple[str, dict[str, Any]]] = {}
        inline: dict[str, tuple[str, dict[str, Any]]] = {}
        for pointer, operation in operations(self._document.data):
            for key, response in operation["responses"].items():
                if key.startswith("2"):
                    continue
                part, _ = self._document.followed(response, "")
                found = (_error_name(key, response.get("$ref")), part)
                known = named if "$ref" in response else inline
                if "$ref" in response and known.get(key, found)[0] != found[0]:
                    here = below(f"{pointer}/responses", key)
                    reason = f"{key} is {known[key][0]} elsewhere: one name a status"
                    raise self._document.error(here, reason)
                known.setdefault(key, found)
        merged = inline | named
        return [(status, *merged[status]) for status in sorted(merged)]

    def _error_kind(self, response: dict[str, Any]) -> str | None:
        """Read the constant that the schema has where the body names its kind."""
        content: dict[str, Any] = response.get("content", {})
        media: dict[str, Any] = next(iter(content.values()), {})
        schema: Any = media.get("schema", {})
        for step in self.error_type:
            properties = (
                schema.get("properties", {}) if isinstance(schema, dict) else {}
            )
            schema = properties.get(step, {})
        kind = schema.get("const") if isinstance(schema, dict) else None
        return kind if isinstance(kind, str) else None

    def _error_doc(self, text: str) -> str:
        return docstring(paragraphs(text, width=80), 4)


def _error_name(status: str, reference: str | None) -> str:
    if reference is not None:
        name = class_name(last_step(reference))
        return name if name.endswith("Error") else f"{name}Error"
    try:
        return f"{class_name(HTTPStatus(int(status)).phrase)}Error"
    except ValueError:
        return f"Status{status}Error"


def _base(name: str, statuses: dict[int, str], ranges: dict[int, str]) -> str:
    """An exception of one status is also one of the class of its statuses."""
    for status, other in statuses.items():
        base = ranges.get(status // 100)
        if other == name and base is not None and base != name:
            return base
    return "APIStatusError"


def _by_number(statuses: dict[int, str]) -> list[str]:
    return [statuses[status] for status in sorted(statuses)]
