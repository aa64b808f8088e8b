"""The site that `make docs` built, as somebody with a browser sees it."""

from __future__ import annotations

import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

SITE = Path(__file__).parents[2] / "site"

pytestmark = pytest.mark.skipif(
    not (SITE / "index.html").exists(),
    reason="the site is not built: `make docs` does it",
)

# It is an element with a tree of its own, made when its script has run.
SEARCH_IS_READY = "[...document.querySelectorAll('div')].some(one => one.shadowRoot)"


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and logs nothing."""

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    handler = partial(QuietHandler, directory=SITE)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_search_leads_to_the_page(site, open_page):
    page = open_page(f"{site}/index.html")
    page.wait_for_function(SEARCH_IS_READY)
    page.keyboard.press("Control+k")
    search = page.get_by_role("dialog", name="Search")
    search.get_by_role("combobox", name="Search").fill("without pytest")
    search.get_by_role("option", name="Without pytest, and from").click()
    expect(page).to_have_url(re.compile(r"/test-offline\.html\?.*#without-pytest-and"))
    expect(page.get_by_role("heading", name="Without pytest, and from")).to_be_visible()


def test_the_pages_have_a_dark_mode(site, open_page):
    page = open_page(f"{site}/index.html", color_scheme="dark")
    body = page.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")


@pytest.mark.parametrize("name", ["how-it-works.html", "reference/client.html"])
def test_a_page_of_another_kind_loads_without_complaint(name, site, open_page):
    page = open_page(f"{site}/{name}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
