"""Request bodies: received within their limit, decoded, and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from functools import partial
from typing import Final, cast

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from text_completions_document import Node, below, mapping, sequence

from ..errors import bad_request
from .parameters import JSON, TextReader, read_form, refuse_objects
from .source import Source
from .strict_json import NotJson, parse_json
from .validation import Validator

FORM: Final = "application/x-www-form-urlencoded"
_RANGES: Final = {"*/*", "application/*"}
_BOUNDS: Final = {"minLength", "maxLength", "pattern", "enum", "const"}
_UTF_8: Final = {"utf-8", "utf8"}
_MAX_BYTES: Final = 32 * 1024 * 1024
"""The largest body that is read where the document sets no limit."""


async def receive_body(
    receive: Receive,
    limit: int | None,
    on_chunk: Callable[[bytes], None] = lambda _: None,
) -> bytes | None:
    """Receive the body; return None for one that is larger than the limit.

    What is too large is read on and dropped, up to twice the limit: a client that
    still sends would otherwise lose the connection before it can read the response.

    Raises:
        ClientDisconnect: The client left before its body was complete.
    """
    limit = _MAX_BYTES if limit is None else limit
    parts: list[bytes] = []
    size, more = 0, True
    while more and size <= 2 * limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        more = message.get("more_body", False)
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        on_chunk(chunk)
        if size <= limit:
            parts.append(chunk)
    return b"".join(parts) if size <= limit else None


@dataclass(frozen=True, slots=True)
class _Media:
    """One media type of a request body.

    Attributes:
        read: Decodes the body.
        validator: Checks the value; None for a body that is not looked into.
    """

    read: Callable[[bytes], object]
    validator: Validator | None


class RequestBody:
    """The body of an operation, its schemas compiled.

    Raises:
        DocumentError: A schema is broken, or a media type cannot be checked.
    """

    def __init__(self, source: Source, pointer: str, node: Node) -> None:
        limit = node.get("x-contract-max-bytes")
        self.required = node.get("required") is True
        self.max_bytes = limit if isinstance(limit, int) else None
        self._media = {
            key.partition(";")[0].strip().lower(): _media(
                source, below(pointer, "content", key), key
            )
            for key in mapping(node.get("content"))
        }
        if len(self._media) < len(mapping(node.get("content"))):
            reason = "a media type is described twice: its parameters are not compared"
            raise source.error(pointer, reason)

    def decode(self, headers: Mapping[str, str], raw: bytes) -> Node:
        """Decode and check a body.

        It is empty if it is left out, not looked into, or not an object.

        Raises:
            ApiError: 400.
        """
        if not raw and not self.required:
            return {}
        encoding = headers.get("content-encoding", "identity")
        if encoding.lower() != "identity":
            raise bad_request(
                f"content-encoding: {encoding} is not supported; send the body as it is"
            )
        content_type = headers.get("content-type", "")
        # Most requests have exactly the media type of the document.
        media = self._media.get(content_type) or self._media_of(content_type)
        if media.validator is None:
            return {}
        value = media.read(raw)
        violation = media.validator.violation(value)
        if violation is not None:
            raise bad_request(violation)
        return cast("Node", value) if isinstance(value, dict) else {}

    def _media_of(self, content_type: str) -> _Media:
        header = Message()
        header["content-type"] = content_type
        name, charset = header.get_content_type(), header.get_content_charset("utf-8")
        for key in (name, f"{header.get_content_maintype()}/*", "*/*"):
            if content_type and key in self._media and charset in _UTF_8:
                return self._media[key]
        raise bad_request(f"content-type: must be {' or '.join(self._media)}")


def _media(source: Source, pointer: str, key: str) -> _Media:
    name = key.partition(";")[0].strip().lower()
    is_json = name == JSON or name.endswith("+json") or name in _RANGES
    media = mapping(source.at(pointer))
    pointer = below(pointer, "schema")
    if name in _RANGES and "schema" not in media:
        return _Media(_text, None)
    if is_json:
        return _Media(read_json, Validator(source.validator(pointer)))
    if name == FORM and not media.get("encoding"):
        fields = dict(_fields(source, pointer))
        return _Media(partial(_form, fields), Validator(source.validator(pointer)))
    schema = source.resolve(pointer, media.get("schema"))
    is_text = name.startswith("text/")
    if schema and (
        schema.get("type") != "string" or (_BOUNDS & schema.keys() and not is_text)
    ):
        reason = (
            f"a body of {name} cannot be checked: leave its schema out, or use JSON"
        )
        raise source.error(pointer, reason)
    checked = schema and is_text
    return _Media(_text, Validator(source.validator(pointer)) if checked else None)


def _fields(source: Source, pointer: str) -> Iterator[tuple[str, TextReader]]:
    """Yield how each field of a form is read, wherever its schema has it from.

    Raises:
        DocumentError: A field is an object, or its type depends on the others.
    """
    schema = source.at(pointer)
    for at, part in source.parts(pointer, schema):
        branches = [*sequence(part.get("anyOf")), *sequence(part.get("oneOf"))]
        others = mapping(part.get("additionalProperties")).get("type", "string")
        if others != "string" or any(source.members(at, one) for one in branches):
            reason = "the fields of a form must all be in `properties`"
            raise source.error(at, reason)
    for name, (at_field, field) in source.members(pointer, schema).items():
        refuse_objects(source, at_field, name, field)
        validator = Validator(source.validator(at_field, member=name))
        yield name, TextReader(name, validator, None)


def read_json(raw: bytes) -> object:
    """Read a body of JSON.

    Raises:
        ApiError: 400; it is not JSON, or ambiguous.
    """
    try:
        return parse_json(raw)
    except NotJson as error:
        message = f"The request body is not valid JSON: {error}"
        raise bad_request(message) from error


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise bad_request("The request body is not UTF-8 text") from None


def _form(readers: Mapping[str, TextReader], raw: bytes) -> object:
    """Return the object that a form stands for; unknown fields stay text."""
    try:
        fields = read_form(raw)
    except UnicodeDecodeError:
        raise bad_request("The request body is not a valid form") from None
    return {
        name: readers[name].read(texts)[0] if name in readers else texts[-1]
        for name, texts in fields.items()
    }
