"""The journal page, as somebody with a browser sees it."""

from __future__ import annotations

import contextlib
import re
import threading

import httpx
import pytest
from playwright.sync_api import expect

from text_completions_server import MockServer

IN_MS = re.compile("[0-9] ms$")


def rows(page):
    return page.locator("tbody tr")


def cell(page, column, row=0):
    names = page.locator("thead th").all_inner_texts()
    return rows(page).nth(row).locator("td").nth(names.index(column))


def details(page):
    return page.locator("section.details")


def test_a_request_appears_without_a_reload(journal, complete):
    expect(journal.get_by_text("No request has come yet")).to_be_visible()
    complete()
    expect(rows(journal)).to_have_count(1)
    expect(cell(journal, "Operation")).to_have_text("POST /v1/complete")
    expect(cell(journal, "Version")).to_have_text("2023-06-01")
    expect(cell(journal, "Model")).to_have_text("claude-2.1")
    expect(cell(journal, "Status")).to_have_text("200")
    expect(cell(journal, "Total")).to_have_text(IN_MS)
    expect(journal.get_by_text("1 request", exact=True)).to_be_visible()


def test_a_live_stream_appears_event_by_event(open_page, send, gated):
    with MockServer(backend=gated) as server:
        page = open_page(f"{server.url}/__mock__/")
        call = threading.Thread(
            target=send, args=(server.url,), kwargs={"stream": True}
        )
        call.start()
        try:
            gated.pieces.put(" one")
            expect(cell(page, "Events")).to_have_text("1")
            expect(cell(page, "First event")).to_have_text(IN_MS)
            expect(cell(page, "Total")).to_have_text("…")
            rows(page).first.click()
            for piece in (" two", " three"):
                before = server.requests[0].event_count
                gated.pieces.put(piece)
                events = details(page).get_by_role("listitem")
                expect(events.last).to_contain_text(piece)
                count = server.requests[0].event_count
                assert count > before
                expect(cell(page, "Events")).to_have_text(str(count))
                expect(details(page).locator("svg line.event")).to_have_count(count)
        finally:
            gated.pieces.put(None)
            call.join()
        expect(cell(page, "Total")).to_have_text(IN_MS)
        page.close()


def test_a_fault_that_is_added_on_the_page_fails_the_next_call(journal, complete):
    journal.get_by_text("Add a fault").click()
    journal.get_by_role("combobox", name="Fault").select_option("overloaded")
    journal.get_by_role("button", name="Add", exact=True).click()
    expect(journal.get_by_role("status")).to_have_text("The fault is planned.")
    expect(journal.get_by_text("planned: 1 overloaded")).to_be_visible()
    assert [complete().status_code for _ in range(2)] == [529, 200]
    expect(cell(journal, "Status", row=1)).to_have_text("529 overloaded")
    expect(journal.get_by_text("planned: ")).to_have_count(0)


def test_a_fault_with_a_setting_that_does_not_fit_is_refused_in_words(
    server, open_page
):
    # The browser itself reports each response with the status 400.
    journal = open_page(f"{server.url}/__mock__/", allow="400 (Bad Request)")
    journal.get_by_text("Add a fault").click()
    journal.get_by_role("combobox", name="Fault").select_option("overloaded")
    journal.get_by_label("Seconds").fill("2")
    journal.get_by_role("button", name="Add", exact=True).click()
    message = "400: the fault overloaded does not take 'seconds'"
    expect(journal.get_by_role("status")).to_contain_text(message)


def test_a_reply_that_is_scripted_on_the_page_is_the_next_one(journal, complete):
    journal.get_by_text("Script the next reply").click()
    journal.get_by_label("Text, as it is on the wire").fill(" <b>Hello</b>")
    journal.get_by_role("button", name="Script", exact=True).click()
    expect(journal.get_by_text("scripted: 1")).to_be_visible()
    first, second = (
        complete(max_tokens_to_sample=9).json()["completion"] for _ in range(2)
    )
    assert first == " <b>Hello</b>" != second
    expect(journal.get_by_text("scripted: ")).to_have_count(0)


def test_what_is_planned_and_scripted_can_be_removed(journal, server):
    server.fail("overloaded", times=3)
    server.reply(" No.")
    journal.get_by_text("Add a fault").click()
    journal.get_by_role("button", name="Remove all").first.click()
    expect(journal.get_by_role("status")).to_have_text("No fault is planned.")
    journal.get_by_text("Script the next reply").click()
    journal.get_by_role("button", name="Remove all").last.click()
    expect(journal.get_by_role("status")).to_have_text("No reply is scripted.")
    assert server.fault_plan.planned() == server.reply_rules.listed() == []


def test_a_reset_empties_the_page_and_counting_begins_anew(journal, complete):
    complete()
    complete(model="none")
    expect(rows(journal)).to_have_count(2)
    rows(journal).first.click()
    expect(details(journal)).to_be_visible()
    journal.get_by_role("button", name="Clear all").click()
    expect(rows(journal)).to_have_count(0)
    expect(details(journal)).to_have_count(0)
    complete()
    expect(rows(journal)).to_have_count(1)
    expect(journal.get_by_text("404:")).to_have_count(0)


def test_the_details_close_when_a_test_resets_the_server(journal, server, complete):
    complete(model="none")
    rows(journal).first.click()
    expect(details(journal)).to_be_visible()
    server.reset()
    complete()
    expect(cell(journal, "Status")).to_have_text("200")
    expect(details(journal)).to_have_count(0)


def test_the_filter_keeps_what_has_every_word(journal, complete):
    complete()
    complete(model="none")
    complete(stream=True)
    expect(rows(journal)).to_have_count(3)
    journal.get_by_role("searchbox").fill("claude 200")
    expect(rows(journal)).to_have_count(2)
    journal.get_by_role("searchbox").fill("404")
    expect(rows(journal)).to_have_count(1)


def test_a_paused_page_stays_as_it_is(journal, complete):
    complete()
    expect(rows(journal)).to_have_count(1)
    button = journal.get_by_role("button", name="Pause")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    complete()
    # What is asked for is answered, and the table does not change with it.
    rows(journal).first.click()
    expect(details(journal)).to_be_visible()
    expect(rows(journal)).to_have_count(1)
    button.click()
    expect(rows(journal)).to_have_count(2)


def test_a_refused_request_shows_the_bound_that_it_broke(journal, complete):
    complete(stop_sequences=["a", 5])
    complete(max_tokens_to_sample=0)
    expect(rows(journal)).to_have_count(2)
    rows(journal).first.click()
    expect(details(journal)).to_contain_text("Refused")
    expect(details(journal)).to_contain_text("max_tokens_to_sample")
    expect(details(journal)).to_contain_text('"minimum": 1')
    rows(journal).last.click()
    expect(details(journal)).to_contain_text("stop_sequences.1")
    expect(details(journal)).to_contain_text('"type": "string"')


def test_a_body_is_indented_as_it_was_sent(journal, server):
    body = b'{"a":[1.0,{}],"a":1e999,"b":"\\u00e9 {,}"}'
    httpx.post(f"{server.url}/v1/complete", content=body)
    rows(journal).first.click()
    shown = journal.get_by_label("Request body").inner_text()
    assert shown.splitlines() == [
        "{",
        '  "a": [',
        "    1.0,",
        "    {}",
        "  ],",
        '  "a": 1e999,',
        r'  "b": "\u00e9 {,}"',
        "}",
    ]


def test_a_refused_header_shows_what_the_contract_says(journal, server):
    httpx.post(f"{server.url}/v1/complete", headers={"x-api-key": "sk-a"}, json={})
    rows(journal).first.click()
    expect(details(journal)).to_contain_text("anthropic-version")
    expect(details(journal)).to_contain_text('"2023-06-01"')


def test_the_page_shows_no_key_and_copies_the_request(journal, complete):
    complete(prompt="\n\nHuman: It's $5\n\nAssistant:")
    rows(journal).first.click()
    expect(details(journal)).to_contain_text("As Python")
    assert "sk-hidden" not in journal.content()
    journal.context.grant_permissions(["clipboard-read", "clipboard-write"])
    details(journal).get_by_role("button", name="Copy").first.click()
    expect(details(journal).get_by_role("button", name="Copied")).to_be_visible()
    copied = journal.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl -sSN -i")
    assert '"x-api-key: $ANTHROPIC_API_KEY"' in copied


def test_everything_works_with_the_keyboard(journal, complete):
    complete()
    complete(stream=True)
    expect(rows(journal)).to_have_count(2)
    buttons = rows(journal).get_by_role("button")
    buttons.first.focus()
    journal.keyboard.press("ArrowDown")
    expect(buttons.last).to_be_focused()
    journal.keyboard.press("Enter")
    expect(journal.locator("#details-title")).to_be_focused()
    expect(buttons.last).to_have_attribute("aria-expanded", "true")
    journal.keyboard.press("Escape")
    expect(details(journal)).to_have_count(0)
    expect(buttons.last).to_be_focused()


def test_the_page_says_that_the_server_is_gone(open_page):
    with MockServer() as server:
        page = open_page(f"{server.url}/__mock__/", allow="ERR_CONNECTION_REFUSED")
        expect(page.get_by_text("No request has come yet")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("does not answer")


HTML = "<script>alert(1)</script><img src=x onerror=alert(1)>${alert(1)}"
HOSTILE = {
    "markup in a prompt": b'{"model": "claude-2.1", "prompt": "%b"}' % HTML.encode(),
    "markup as a model": b'{"model": "%b"}' % HTML.encode(),
    "markup that is not JSON": HTML.encode(),
    "invalid JSON": b'{"model": "claude-2.1", "prompt": ',
    "all bytes": bytes(range(256)) * 4,
    "half of a surrogate pair": rb'{"model": "\ud800", "prompt": "\udc00"}',
    "a name twice": b'{"model": "a", "model": "b", "prompt": 1e999}',
    "deep nesting": b"[" * 50_000 + b"]" * 50_000,
    "a prototype": b'{"__proto__": {"a": 1}, "constructor": 1, "model": "toString"}',
    "megabytes": b'{"prompt": "' + b"a" * 6_000_000 + b'"}',
    "megabytes of markup": HTML.encode() * 50_000,
    "many values": b"[" + b"1," * 400_000 + b"1]",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_what_a_request_holds_never_becomes_markup(journal, server, body):
    headers = {"x-api-key": "sk-a", "anthropic-version": "2023-06-01", "x-text": HTML}
    headers["content-type"] = "application/json"
    path = "/v1/complete?" + HTML.replace(" ", "+")
    url = httpx.URL(server.url).copy_with(raw_path=path.encode())
    httpx.post(url, headers=headers, content=body)
    httpx.get(f"{server.url}/{HTML}")
    expect(rows(journal)).to_have_count(2)
    scripts = journal.locator("script").count()
    for row in (0, 1):
        rows(journal).nth(row).click()
        expect(details(journal)).to_contain_text("As Python")
    expect(details(journal)).to_contain_text("x-text")
    assert journal.locator("img").count() == 0
    assert journal.locator("script").count() == scripts
    assert len(journal.content()) < 1_000_000


@pytest.mark.parametrize(
    "fault", ["html_502", "malformed_event", "truncated_json", "cut_mid_event"]
)
def test_a_broken_response_is_shown_as_it_was_sent(journal, server, complete, fault):
    server.fail(fault)
    with contextlib.suppress(httpx.RemoteProtocolError):
        complete(stream=fault.endswith("event"))
    expect(rows(journal)).to_have_count(1)
    rows(journal).first.click()
    expect(details(journal)).to_contain_text("As Python")
    expect(details(journal)).to_contain_text("Response")
