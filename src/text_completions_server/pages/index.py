"""The index page at `/`."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape


def index_page(title: str, *, has_journal: bool) -> str:
    """Write the page as HTML.

    Args:
        title: The title of the document.
        has_journal: Whether there is a journal to link.
    """
    items = "\n".join(
        f'<li><a href="{path}">{name}</a><br>{what}</li>'
        for path, name, what in _links(has_journal)
    )
    return _PAGE.format(title=escape(title), items=items)


def _links(has_journal: bool) -> Iterator[tuple[str, str, str]]:
    yield "docs", "API reference", "Read every operation, and try it on this server."
    if has_journal:
        yield (
            "__mock__/",
            "Journal",
            "Watch the requests, arm a fault, script a reply.",
        )
    yield "openapi.yaml", "openapi.yaml", "The contract as YAML, as it was written."
    yield "openapi.json", "openapi.json", "The same as JSON."
    yield "openapi-3.2.yaml", "openapi-3.2.yaml", "The same as OpenAPI 3.2."
    yield "healthz", "healthz", "Whether the server runs."


_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/pages.css">
</head>
<body class="narrow">
<main>
<h1>{title}</h1>
<p>This server answers the requests of the API. It also has these pages:</p>
<ul class="links">
{items}
</ul>
</main>
</body>
</html>
"""
