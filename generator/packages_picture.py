"""Draw which package imports which, from the table in CONTRIBUTING.md.

`make generate` writes docs/images/packages.svg, and `make drift` runs this with
`--check`, which writes nothing and fails if the picture is out of date.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PICTURE: Final = ROOT / "docs" / "images" / "packages.svg"
CODE: Final = re.compile(r"`([^`]+)`")

BOX_WIDTH, BOX_HEIGHT = 166, 58
COLUMN, ROW = 188, 120
STYLE: Final = """\
text { font: 16px sans-serif; text-anchor: middle; fill: #1f2933 }
.libraries { font-size: 12px; fill: #52606d }
rect { fill: #f5f7fa; stroke: #52606d; rx: 6px }
line { stroke: #52606d; marker-end: url(#arrow) }
.one-module { stroke-dasharray: 5 4 }
path { fill: #52606d }
@media (prefers-color-scheme: dark) {
  text { fill: #e4e7eb } .libraries { fill: #9aa5b1 }
  rect { fill: #1f2933; stroke: #9aa5b1 } line { stroke: #9aa5b1 }
  path { fill: #9aa5b1 }
}"""


@dataclass(frozen=True)
class Package:
    """A row of the table: what a package may import, and what one module of it may."""

    imports: frozenset[str]
    one_module: frozenset[str]
    libraries: tuple[str, ...]


Packages = Mapping[str, Package]


def read_table(guide: str) -> Packages:
    """Return the packages of the table by name."""
    table = guide.partition("## Who may import whom")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    allowed = {CODE.findall(row[1])[0]: CODE.findall(row[2]) for row in rows}
    special = {CODE.findall(row[1])[0]: CODE.findall(row[3]) for row in rows}
    return {
        name: Package(
            imports=frozenset(names) & allowed.keys(),
            one_module=frozenset(special[name]) & allowed.keys(),
            libraries=tuple(one for one in names if one not in allowed),
        )
        for name, names in allowed.items()
    }


def draw(packages: Packages) -> str:
    """Return the picture: a package stands above everything that it imports."""
    rows = [
        [name for name in packages if level(packages, name) == number]
        for number in range(max(level(packages, name) for name in packages), -1, -1)
    ]
    width = COLUMN * max(map(len, rows))
    height = ROW * len(rows) - (ROW - BOX_HEIGHT) + 16
    centres = {
        name: (width * (2 * column + 1) // (2 * len(row)), number * ROW + 8)
        for number, row in enumerate(rows)
        for column, name in enumerate(row)
    }
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            'role="img" aria-label="Which package imports which">',
            f"<style>\n{STYLE}\n</style>",
            '<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>',
            *(
                arrow(centres[name], centres[target], one_module=dashed)
                for name in packages
                for target, dashed in arrows_of(packages, name)
            ),
            *(box(name, packages[name], *centres[name]) for name in packages),
            "</svg>\n",
        ]
    )


def level(packages: Packages, name: str) -> int:
    """Return how many packages stand below this one, on the longest way down."""
    return max((level(packages, one) + 1 for one in packages[name].imports), default=0)


def arrows_of(packages: Packages, name: str) -> list[tuple[str, bool]]:
    """Return what a package imports, and whether only one module does.

    What the package below imports anyway has no arrow of its own.
    """
    package = packages[name]
    implied = {two for one in package.imports for two in packages[one].imports}
    direct = package.imports | package.one_module
    return [(one, one in package.one_module) for one in sorted(direct - implied)]


def arrow(
    start: tuple[int, int], end: tuple[int, int], *, one_module: bool = False
) -> str:
    """Draw a line down to a box, or to the side if the boxes are in one row."""
    (x1, y1), (x2, y2) = start, end
    if y1 == y2:
        side = BOX_WIDTH // 2 if x1 < x2 else -BOX_WIDTH // 2
        x1, x2, y1, y2 = (
            x1 + side,
            x2 - side,
            y1 + BOX_HEIGHT // 2,
            y2 + BOX_HEIGHT // 2,
        )
    else:
        y1 += BOX_HEIGHT
    kind = ' class="one-module"' if one_module else ""
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"{kind}/>'


def box(name: str, package: Package, x: int, y: int) -> str:
    """Draw a package, without its prefix, and the libraries that it uses."""
    libraries = textwrap.shorten(", ".join(package.libraries), 24, placeholder=" …")
    return (
        f'<rect x="{x - BOX_WIDTH // 2}" y="{y}" width="{BOX_WIDTH}" '
        f'height="{BOX_HEIGHT}"/>'
        f'<text x="{x}" y="{y + 26}">{name.removeprefix("text_completions_")}</text>'
        f'<text x="{x}" y="{y + 45}" class="libraries">{libraries}</text>'
    )


def main() -> int:
    """Write the picture, or check it; return the exit status."""
    parser = argparse.ArgumentParser(description="Draw which package imports which.")
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    picture = draw(read_table((ROOT / "CONTRIBUTING.md").read_text("utf-8")))
    if not check:
        PICTURE.write_text(picture, "utf-8")
        return 0
    if PICTURE.is_file() and PICTURE.read_text("utf-8") == picture:
        return 0
    print(f"{PICTURE.relative_to(ROOT)} differs from CONTRIBUTING.md", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
