"""Read what the repository says about releases: kept document, versions, changelog."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

_KEPT = re.compile(r"openapi-(\d+)\.(\d+)\.(\d+)\.yaml")
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_DATED = re.compile(r"^## \[(\d+)\.(\d+)\.(\d+)\] - \d{4}-\d\d-\d\d$", re.MULTILINE)


class Version(NamedTuple):
    """A version of this project, by Semantic Versioning."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def after(self, *, breaking: bool, compatible: bool) -> Version:
        """Return the lowest version that a release with such changes may have."""
        if breaking and self.major:
            return Version(self.major + 1, 0, 0)
        if breaking or (compatible and self.major):
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)


class StateError(Exception):
    """The repository lacks something; the message says what to fix."""


@dataclass(frozen=True)
class State:
    """What a checkout says about releases.

    Attributes:
        kept: The path of the document of the last release.
        released: The version of that release.
        version: The version that the package has now.
        dated: The versions that have a date in the changelog, newest first.
        news: What the changelog says about the time after the kept document.
    """

    kept: Path
    released: Version
    version: Version
    dated: tuple[Version, ...]
    news: str


def read_state(root: Path) -> State:
    """Read what a checkout says about releases."""
    kept = sorted((root / "releases").glob("openapi-*.yaml"))
    found = [match for path in kept if (match := _KEPT.fullmatch(path.name))]
    if len(kept) != 1 or len(found) != 1:
        raise StateError(
            f"{root / 'releases'} must contain one document named "
            "openapi-VERSION.yaml, that of the last release; restore it from git"
        )
    released = Version(*map(int, found[0].groups()))
    changelog = (root / "CHANGELOG.md").read_text("utf-8")
    dated = tuple(Version(*map(int, parts)) for parts in _DATED.findall(changelog))
    return State(
        kept=kept[0],
        released=released,
        version=_package_version(root),
        dated=dated,
        news=changelog.partition(f"\n## [{released}] - ")[0],
    )


def _package_version(root: Path) -> Version:
    with (root / "pyproject.toml").open("rb") as file:
        version = str(tomllib.load(file)["project"]["version"])
    match = _VERSION.match(version)
    if match is None:
        raise StateError(
            f"pyproject.toml: the version {version!r} does not begin like 1.2.3"
        )
    return Version(*map(int, match.groups()))


def breaking_entries(news: str) -> list[str]:
    """Return the list items that begin with **Breaking:**, each in one line."""
    items = re.split(r"^- ", news, flags=re.MULTILINE)[1:]
    whole = [re.split(r"\n(?=\S)|\n\n", item)[0] for item in items]
    return [" ".join(one.split()) for one in whole if one.startswith("**Breaking:**")]
