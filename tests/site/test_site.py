"""The site that `make docs` built: its links, and what its pages load."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

import pytest

import text_completions
import text_completions_contract
import text_completions_diff
import text_completions_document
import text_completions_server
from text_completions_cli._main import COMMANDS

ROOT = Path(__file__).parents[2]
SITE = ROOT / "site"

pytestmark = pytest.mark.skipif(
    not (SITE / "index.html").exists(),
    reason="the site is not built: `make docs` does it",
)

# Elements whose address a browser loads without a click.
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src"}
LOADED_LINKS = {"stylesheet", "icon", "preload", "preconnect", "dns-prefetch"}


@dataclass
class Page(HTMLParser):
    """What a page refers to."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors.update(values[name] for name in ("id", "name") if name in values)
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in LOADED and LOADED[tag] in values:
            self.loaded.append(values[LOADED[tag]])
        if tag == "link" and LOADED_LINKS & set(values.get("rel", "").split()):
            self.loaded.append(values["href"])


def read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text("utf-8"))
    return page


PAGES = {path: read(path) for path in sorted(SITE.rglob("*.html"))}
NAMES = [path.relative_to(SITE).as_posix() for path in PAGES if path.name != "404.html"]


def is_elsewhere(url: str) -> bool:
    return bool(urlsplit(url).scheme or urlsplit(url).netloc)


def test_every_page_of_the_folder_was_built() -> None:
    sources = (ROOT / "docs").rglob("*.md")
    wanted = {one.relative_to(ROOT / "docs").with_suffix(".html") for one in sources}
    assert wanted <= {path.relative_to(SITE) for path in PAGES}


@pytest.mark.parametrize("name", NAMES)
def test_each_link_leads_to_a_file_and_a_place_in_it(name: str) -> None:
    here = SITE / name
    broken = []
    for link in PAGES[here].links:
        if is_elsewhere(link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (here.parent / path).resolve() if path else here
        target = target / "index.html" if target.is_dir() else target
        inside = target.is_file() and target.is_relative_to(SITE)
        if not inside or (anchor and anchor not in PAGES[target].anchors):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_loads_nothing_from_another_host(name: str) -> None:
    loaded = PAGES[SITE / name].loaded
    assert loaded
    assert [url for url in loaded if is_elsewhere(url)] == []


def test_the_page_of_commands_shows_every_command() -> None:
    page = (SITE / "reference" / "commands.html").read_text("utf-8")
    for name in COMMANDS:
        assert f'id="text-completions-{name}"' in page


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("server", text_completions_server),
        ("suite", text_completions_contract),
        ("diff", text_completions_diff),
        ("diff", text_completions_document),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_the_reference_has_every_public_name(name: str, package: ModuleType) -> None:
    anchors = PAGES[SITE / "reference" / f"{name}.html"].anchors
    public = {f"{package.__name__}.{one}" for one in package.__all__}
    assert public - anchors == set()


# Other names of what is shown, a class of httpx, and the modules.
ELSEWHERE = {"AsyncClient", "Client", "NOT_GIVEN", "Timeout", "models", "types"}


def test_the_reference_has_every_public_name_of_the_client() -> None:
    anchors = PAGES[SITE / "reference" / "client.html"].anchors
    shown = {anchor.rpartition(".")[2] for anchor in anchors}
    public = {*text_completions.__all__, *text_completions.types.__all__} - ELSEWHERE
    assert {one for one in public - shown if not one.startswith("__")} == set()


def test_the_site_can_be_searched() -> None:
    assert "overloaded" in (SITE / "search.json").read_text("utf-8")
