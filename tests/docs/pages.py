"""The pages that people read, their blocks of code and their links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(
    r"^```(?P<language>\w*)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)")
# Written by `make docs`, and not part of the repository.
BUILT = ROOT / "docs" / "reference" / "commands.md"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: str
    line: int
    language: str
    title: str | None
    text: str

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[str]:
    """Name every page that is part of the repository."""
    docs = [path for path in (ROOT / "docs").rglob("*.md") if path != BUILT]
    roots = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in [*roots, *docs])


def blocks_of(page: str) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    text = (ROOT / page).read_text("utf-8")
    return [
        Block(
            page,
            text.count("\n", 0, match.start()) + 1,
            match["language"],
            match["title"],
            match["text"],
        )
        for match in FENCE.finditer(text)
    ]


def links_of(page: str) -> list[tuple[str, str]]:
    """Return the file and the anchor of each link inside of the repository."""
    text = FENCE.sub("", (ROOT / page).read_text("utf-8"))
    text = re.sub(r"`[^`\n]+`", "", text)
    return LINK.findall(text)


def anchors_of(path: Path) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub makes them."""
    text = FENCE.sub("", path.read_text("utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in titles}
