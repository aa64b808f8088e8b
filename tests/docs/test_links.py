"""Each link of each page leads to a file, and to a heading if it names one."""

from __future__ import annotations

import pytest
from pages import ROOT, anchors_of, links_of, pages

PAGES = [page for page in pages() if links_of(page)]


@pytest.mark.parametrize("page", PAGES)
def test_each_link_leads_somewhere(page: str) -> None:
    here = ROOT / page
    for name, anchor in links_of(page):
        target = here.parent / name if name else here
        assert target.exists(), name
        if anchor:
            assert anchor in anchors_of(target), f"{name}#{anchor}"
