"""API keys: where a request carries one, and which ones are accepted."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from urllib.parse import urlsplit

from text_completions_document import Node, below, mapping

from ..errors import ApiError
from .source import Source


@dataclass(frozen=True, slots=True)
class KeyHeader:
    """A header that carries a key."""

    name: str
    is_bearer: bool

    def key(self, headers: Mapping[str, str]) -> str:
        """Return the key of a request; empty if it has none."""
        value = headers.get(self.name, "")
        if not self.is_bearer:
            return value
        scheme, _, key = value.partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""


class Keys:
    """The keys that are accepted.

    Args:
        allowed: Exactly these; without any, every key that begins with the prefix.
        prefix: How keys begin; keys of 2023 had no prefix.
    """

    def __init__(self, allowed: Iterable[str] = (), *, prefix: str = "sk-") -> None:
        self._allowed = [each.encode() for each in allowed]
        self._prefix = prefix

    @property
    def are_open(self) -> bool:
        """Whether no key is secret, so that anybody has one."""
        return not self._allowed

    def accept(self, key: str) -> bool:
        """Tell whether a key is accepted."""
        if self._allowed:
            given = key.encode()
            return any(compare_digest(given, each) for each in self._allowed)
        return key != "" and key.startswith(self._prefix)


def check_origin(headers: Mapping[str, str]) -> None:
    """Refuse a page of another site, which a browser of this machine shows.

    Its own host name may be resolved to this machine (DNS rebinding), so that the
    browser takes the server for a part of the site. `Origin` has the name even then.

    Raises:
        ApiError: 403.
    """
    origin = headers.get("origin")
    if origin is not None and not is_loopback_url(origin):
        raise ApiError(403, "origin: pages of other sites may not send requests here")


def is_loopback_url(url: str) -> bool:
    """Tell whether the host of a URL is this machine."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:  # a bracket without its pair
        return False


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, by `localhost` or an address."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


class Security:
    """What an operation asks for: one of several sets of keys.

    Raises:
        DocumentError: It asks for something that cannot be checked.
    """

    def __init__(self, source: Source, pointer: str, operation: Node) -> None:
        pointer = below(pointer if "security" in operation else "#", "security")
        requirements = operation.get("security", source.root.get("security"))
        self.alternatives: Sequence[Sequence[KeyHeader]] = [
            [_key_header(source, pointer, name) for name in mapping(each)]
            for each in source.list_at(pointer, requirements)
        ]

    def check(self, headers: Mapping[str, str], keys: Keys) -> str:
        """Return the key of a request; empty where none is asked for.

        Raises:
            ApiError: 401; no key, or one that is not accepted.
        """
        refused = None
        for alternative in self.alternatives:
            first = ""
            for each in alternative:
                key = each.key(headers)
                if not keys.accept(key):
                    refused = each.name if key else refused
                    break
                first = first or key
            else:
                return first
        if not self.alternatives:
            return ""
        if refused is not None:
            raise ApiError(401, f"invalid {refused}")
        raise ApiError(401, f"{self.alternatives[0][0].name} header is required")


def _key_header(source: Source, pointer: str, name: str) -> KeyHeader:
    at_scheme = below("#", "components", "securitySchemes", name)
    scheme = source.resolve(at_scheme, source.at(at_scheme))
    match scheme:
        case {"type": "apiKey", "in": "header", "name": str(header)}:
            return KeyHeader(header.lower(), is_bearer=False)
        case {"type": "http", "scheme": str(kind)} if kind.lower() == "bearer":
            return KeyHeader("authorization", is_bearer=True)
        case _:
            reason = (
                f"the security scheme {name!r} cannot be checked: use an apiKey in a "
                "header, or http with bearer"
            )
            raise source.error(pointer, reason)
