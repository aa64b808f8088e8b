"""Each link of each page leads to a file, and to a heading if it names one."""

from __future__ import annotations

import re

import pytest
from pages import BUILT, ROOT, anchors_of, links_of, pages

PAGES = [page for page in pages() if links_of(page)]


@pytest.mark.parametrize("page", PAGES)
def test_each_link_leads_somewhere(page: str) -> None:
    here = ROOT / page
    for name, anchor in links_of(page):
        target = here.parent / name if name else here
        assert target.exists(), name
        if anchor:
            assert anchor in anchors_of(target), f"{name}#{anchor}"


def test_the_site_leads_to_each_page() -> None:
    site = (ROOT / "zensical.toml").read_text("utf-8")
    docs = {page.removeprefix("docs/") for page in pages() if page.startswith("docs/")}
    built = BUILT.relative_to(ROOT / "docs").as_posix()
    assert set(re.findall(r'"([^"]+\.md)"', site)) == {*docs, built}
