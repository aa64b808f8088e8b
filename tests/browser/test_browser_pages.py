"""The index and the API reference, as somebody with a browser sees them."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from text_completions_server import MockServer

STREAM = (
    '{"model": "claude-2.1", "max_tokens_to_sample": 50, "stream": true,'
    r' "prompt": "\n\nHuman: Hello\n\nAssistant:"}'
)


def test_the_index_leads_to_the_journal(server, open_page):
    page = open_page(f"{server.url}/")
    expect(page.get_by_role("heading")).to_have_text("Text Completions API")
    page.get_by_role("link", name="Journal").click()
    expect(page.get_by_role("heading", name="Journal")).to_be_visible()


def test_the_reference_shows_the_operations(server, open_page):
    page = open_page(f"{server.url}/")
    page.get_by_role("link", name="API reference").click()
    title = page.get_by_role("heading", name="Text Completions API")
    expect(title).to_be_visible()
    operation = page.get_by_role("heading", name="Create a text completion")
    expect(operation.first).to_be_attached()


def test_the_reference_sends_to_this_server_and_shows_events_as_they_arrive(
    gated, open_page
):
    with MockServer(backend=gated) as server:
        page = open_page(f"{server.url}/docs")
        page.get_by_role("button", name="Test Request").first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox", name="Value").click()
        page.keyboard.insert_text("sk-own")
        editor = dialog.locator(".cm-content").filter(has_text="max_tokens_to_sample")
        editor.click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(STREAM)
        dialog.get_by_role("button", name=re.compile("^Send")).first.click()
        try:
            for piece in ("one", "two", "three"):
                gated.pieces.put(f" {piece}")
                expect(dialog.get_by_role("region", name="Response")).to_contain_text(
                    f'"completion":" {piece}"'
                )
        finally:
            gated.pieces.put(None)
        page.close()


def test_a_mock_that_accepts_any_key_has_one_filled_in(server, open_page):
    page = open_page(f"{server.url}/docs")
    page.get_by_role("button", name="Test Request").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=re.compile("^Send")).first.click()
    expect(dialog.get_by_role("link", name="200 OK")).to_be_visible()
