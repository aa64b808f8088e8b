"""What is checked of a request before its operation sees it, in this order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from email.message import Message

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from .errors import ApiError, bad_request
from .operations import FORM, JSON, BodyRule, HeaderRule
from .parameters import form_of
from .strict_json import NotJson, parse_json
from .validation import BodyValidator

_UTF_8 = ("utf-8", "utf8")
_MOST_BYTES = 32 * 1024 * 1024
"""The largest body that is read where the document sets no limit."""


async def read_body(receive: Receive, limit: int | None) -> bytes | None:
    """Read the body; return None for one that is larger than the limit.

    What is too large is read on and dropped, up to twice the limit: a client that
    still sends would otherwise lose the connection before it can read the response.

    Raises:
        ClientDisconnect: The client left before its body was complete.
    """
    limit = _MOST_BYTES if limit is None else limit
    parts: list[bytes] = []
    size, more = 0, True
    while more and size <= 2 * limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        more = message.get("more_body", False)
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            parts.append(chunk)
    return b"".join(parts) if size <= limit else None


class Keys:
    """The keys that are let in.

    Args:
        allowed: Exactly these; none given means any that begins with `sk-`.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = frozenset(allowed)

    def check(self, header: str, key: str | None) -> None:
        """Refuse a missing or unknown key.

        Raises:
            ApiError: 401.
        """
        if not key:
            raise ApiError(401, f"{header} header is required")
        if key not in self._allowed if self._allowed else not key.startswith("sk-"):
            raise ApiError(401, f"invalid {header}")


def check_headers(rules: Iterable[HeaderRule], headers: Mapping[str, str]) -> None:
    """Refuse a missing header, and a value that the document does not list.

    Raises:
        ApiError: 400.
    """
    for rule in rules:
        value = headers.get(rule.name)
        if value is None:
            if rule.required:
                raise bad_request(f"{rule.name}: header is required")
        elif rule.allowed is not None and value not in rule.allowed:
            noun = rule.name.rpartition("-")[2]
            raise bad_request(f'{rule.name}: "{value}" is not a valid {noun}')


def check_body(
    rule: BodyRule, validator: BodyValidator, content_type: str | None, raw: bytes
) -> object:
    """Read the body and hold it against its schema; None for one left out.

    A body that is neither JSON nor a form is not looked into.

    Raises:
        ApiError: 400.
    """
    if not raw and not rule.required:
        return None
    if rule.media_type not in (JSON, FORM):
        return None
    _check_content_type(content_type, rule.media_type)
    body = _json(raw) if rule.media_type == JSON else _form(rule, raw)
    violation = validator.violation(body)
    if violation is not None:
        raise bad_request(violation)
    return body


def _json(raw: bytes) -> object:
    try:
        return parse_json(raw)
    except NotJson as error:
        message = f"The request body is not valid JSON: {error}"
        raise bad_request(message) from error


def _form(rule: BodyRule, raw: bytes) -> object:
    """The object that a form stands for; a field nobody describes stays a text."""
    try:
        fields = form_of(raw)
    except UnicodeDecodeError:
        raise bad_request("The request body is not a valid form") from None
    return {
        name: rule.fields[name].value(texts) if name in rule.fields else texts[-1]
        for name, texts in fields.items()
    }


def _check_content_type(value: str | None, media_type: str) -> None:
    if value == media_type:  # what nearly everybody sends
        return
    header = Message()
    header["content-type"] = value or ""
    charset = header.get_content_charset("utf-8")
    if header.get_content_type() != media_type or charset not in _UTF_8:
        raise bad_request(f"content-type: must be {media_type}")
