"""The pages can be used by everybody: axe-core finds nothing serious, in any form."""

from __future__ import annotations

import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

FORMS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 640}},
    "dark phone": {
        "color_scheme": "dark",
        "viewport": {"width": 360, "height": 640},
    },
}


@pytest.fixture(params=FORMS.values(), ids=FORMS)
def form(request):
    return request.param


def check(page, known=None):
    """Look for what is serious, and for a page that is wider than the window."""
    serious = {
        each["id"]: [node["html"] for node in each["nodes"]]
        for each in Axe().run(page).response["violations"]
        if each["impact"] in ("serious", "critical")
    }
    assert serious.keys() == {known} - {None}, serious
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]


def test_the_index(server, open_page, form):
    check(open_page(f"{server.url}/", **form))


def test_the_reference_that_is_not_installed(server, open_page, form, monkeypatch):
    monkeypatch.setitem(sys.modules, "text_completions_scalar", None)
    check(open_page(f"{server.url}/docs", **form))


def test_the_reference(server, open_page, form):
    page = open_page(f"{server.url}/docs", **form)
    button = page.get_by_role("button", name="Test Request")
    expect(button.first).to_be_attached()
    # Scalar 1.76 calls its field for keys a combobox, and leaves out what one has.
    check(page, known="aria-required-attr")


def test_an_empty_journal(server, open_page, form):
    page = open_page(f"{server.url}/__mock__/", **form)
    expect(page.get_by_text("No request has come yet")).to_be_visible()
    check(page)


def test_a_journal_with_everything_open(server, open_page, form, complete):
    complete(stream=True)
    complete(max_tokens_to_sample=0)
    server.fail("internal_error")
    complete()
    page = open_page(f"{server.url}/__mock__/", **form)
    page.get_by_text("Add a fault").click()
    page.get_by_text("Script the next reply").click()
    for row in (1, 2):
        page.locator("tbody tr").nth(row).click()
        expect(page.get_by_text("As Python")).to_be_visible()
        check(page)
    page.get_by_role("searchbox").fill("529")
    expect(page.get_by_text("No request matches")).to_be_visible()
    check(page)
