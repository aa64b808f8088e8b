"""The picture of the packages shows what the table in CONTRIBUTING.md allows."""

from __future__ import annotations

import re

from pages import ROOT

GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
PICTURE = (ROOT / "docs" / "images" / "packages.svg").read_text("utf-8")


def test_the_picture_has_an_arrow_for_each_import_of_the_table() -> None:
    """What the package below imports anyway has no arrow of its own."""
    table = GUIDE.partition("## Who may import whom")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    packages = {row[1].strip(" `") for row in rows}
    named = [[packages & set(re.findall(r"\w+", cell)) for cell in row] for row in rows]
    whole = {row[1].pop(): row[2] for row in named}
    in_one_module = dict(zip(whole, [row[3] for row in named], strict=True))
    arrows = {
        f"{name} imports {target}"
        for name, targets in whole.items()
        for target in (targets | in_one_module[name])
        - {two for one in targets for two in whole[one]}
    }
    shown = re.findall(r"<title>(.*?)</title>", PICTURE)
    assert sorted(shown) == sorted(
        re.sub(r"text_completions_(?=\w)", "", arrow) for arrow in arrows
    )
