"""Paths as OpenAPI has them, compared with the paths of requests."""

from __future__ import annotations

import re
from string import ascii_letters, digits
from urllib.parse import quote, unquote

from starlette.routing import Match, Route
from starlette.types import ASGIApp, Scope

_PARAMETER = re.compile(r"{([^{}]+)}")
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_UNRESERVED = f"{ascii_letters}{digits}-._~"
_ALLOWED = "/:@!$&'()*+,;=~%[]"
"""What stands unescaped in a path beside letters and digits, and the escape itself."""


class PathRoute(Route):
    """A route for a path of the document.

    The path of a request is compared as it was sent, because a slash that is escaped
    belongs to its segment; only characters that never need an escape are decoded.

    Args:
        template: The path of the document, with parameters in braces.
        endpoint: The application of the path.

    Raises:
        ValueError: The template is not a path, or has a parameter twice.
    """

    def __init__(self, template: str, endpoint: ASGIApp) -> None:
        if not template.startswith("/"):
            raise ValueError("a path begins with a slash")
        self._names = _PARAMETER.findall(template)
        if len(set(self._names)) < len(self._names):
            raise ValueError("a parameter stands in it twice")
        literals = _PARAMETER.split(template)[::2]
        self._pattern = re.compile("([^/]+)".join(map(_escaped, literals)))
        super().__init__("/", endpoint)
        self.path = template

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Compare the path of a request."""
        if scope["type"] != "http":
            return Match.NONE, {}
        match = self._pattern.fullmatch(_sent_path(scope))
        if match is None:
            return Match.NONE, {}
        values = map(unquote, match.groups())
        named = dict(zip(self._names, values, strict=True))
        return Match.FULL, {"endpoint": self.endpoint, "path_params": named}


def _escaped(literal: str) -> str:
    return re.escape(_normalized(quote(literal, safe=_ALLOWED)))


def _sent_path(scope: Scope) -> str:
    """Return the path below the mount point, its escapes normalized."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.decode("latin-1").partition("?")[0] if raw else quote(scope["path"])
    path = path.removeprefix(scope.get("root_path", ""))
    return _normalized(path) if "%" in path else path


def _normalized(path: str) -> str:
    return _ESCAPE.sub(_decoded, path)


def _decoded(escape: re.Match[str]) -> str:
    character = chr(int(escape[0][1:], 16))
    return character if character in _UNRESERVED else escape[0].upper()
