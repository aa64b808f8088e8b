"""Paths with parameters, as OpenAPI has them."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from starlette.routing import Match, Route
from starlette.types import ASGIApp, Scope

_PARAMETER = re.compile(r"{([^{}]+)}")


class TemplateRoute(Route):
    """A route whose parameters have the names of the document, hyphens and all.

    It is matched against the path as it was sent: a slash that is quoted belongs to
    its segment.

    Args:
        template: The path of the document.
        endpoint: The application of the path.

    Raises:
        ValueError: The template is no path, or has a name twice.
    """

    def __init__(self, template: str, endpoint: ASGIApp) -> None:
        if not template.startswith("/"):
            raise ValueError("a path begins with a slash")
        self._names = _PARAMETER.findall(template)
        if len(set(self._names)) < len(self._names):
            raise ValueError("a parameter stands in it twice")
        literals = _PARAMETER.split(template)[::2]
        self._pattern = re.compile(
            "([^/]+)".join(re.escape(quote(one)) for one in literals)
        )
        super().__init__("/", endpoint)
        self.path = template

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match the path as it was sent."""
        if scope["type"] != "http":
            return Match.NONE, {}
        sent = scope.get("raw_path") or quote(scope["path"]).encode()
        found = self._pattern.fullmatch(sent.decode("latin-1").partition("?")[0])
        if found is None:
            return Match.NONE, {}
        values = map(unquote, found.groups())
        named = dict(zip(self._names, values, strict=True))
        return Match.FULL, {"endpoint": self.endpoint, "path_params": named}
