"""The retry loop, driven by hand: no network, no clock."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from text_completions_runtime import APIConnectionError
from text_completions_runtime._exchange import Call, SyncIO, exchange, run_sync
from text_completions_runtime._log import Log

from .contracts import (
    CONTRACT,
    FAILURES,
    KEY,
    ServerError,
    StatusError,
    request,
    response,
)


class Hand(SyncIO):
    """Performs the steps of a call: gives out the answers in their order."""

    def __init__(self, *answers: httpx.Response | Exception, **settings: Any) -> None:
        self.answers = list(answers)
        self.sent: list[httpx.Request] = []
        self.read_bodies: list[httpx.Response] = []
        self.authenticated: list[bool] = []
        self.delays: list[float] = []
        follow_redirects = settings.pop("follow_redirects", True)
        defaults = {"read": True, "max_retries": 2}
        log = Log(CONTRACT, bodies=False, secrets=())
        self.call = Call(
            request=request(),
            http=httpx.Client(
                transport=httpx.MockTransport(lambda _: response()),
                follow_redirects=follow_redirects,
            ),
            io=self,
            errors=FAILURES,
            log=log,
            **(defaults | settings),
        )

    def run(self) -> tuple[httpx.Response, int]:
        return run_sync(exchange(self.call)), self.call.retries

    async def send(self, http: Any, request: httpx.Request, auth: Any) -> Any:
        assert http is self.call.http
        self.sent.append(request)
        self.authenticated.append(auth is not None)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def read(self, response: httpx.Response) -> None:
        self.read_bodies.append(response)
        response.read()

    async def sleep(self, seconds: float) -> None:
        self.delays.append(seconds)


def test_a_success_is_returned_at_once() -> None:
    good = response()
    hand = Hand(good)

    assert hand.run() == (good, 0)
    assert (hand.sent, hand.read_bodies) == ([hand.call.request], [good])


FAULTS: list[tuple[Callable[[str], httpx.HTTPError], bool]] = [
    (httpx.ConnectError, True),
    (httpx.ReadError, True),
    (httpx.WriteError, True),
    (httpx.CloseError, True),
    (httpx.RemoteProtocolError, True),
    (httpx.ConnectTimeout, True),
    (httpx.ReadTimeout, True),
    (httpx.WriteTimeout, True),
    (httpx.PoolTimeout, True),
    (httpx.LocalProtocolError, False),
    (httpx.UnsupportedProtocol, False),
    (httpx.ProxyError, True),
    (httpx.DecodingError, False),
    (httpx.TooManyRedirects, False),
]


@pytest.mark.parametrize(
    ("fault", "retried"), FAULTS, ids=[str(one[0]).split(".")[-1] for one in FAULTS]
)
def test_a_fault_of_the_network_is_retried_or_not(
    fault: Callable[[str], httpx.HTTPError], retried: bool
) -> None:
    first = fault("broken")
    hand = Hand(first, response())

    if retried:
        assert hand.run()[1] == 1
        return
    with pytest.raises(APIConnectionError, match="broken") as caught:
        hand.run()
    assert caught.value.__cause__ is first


def test_a_fault_without_words_is_called_by_its_name() -> None:
    with pytest.raises(APIConnectionError, match="ReadError"):
        Hand(httpx.ReadError(""), max_retries=0).run()


def test_a_failure_is_retried_max_retries_times() -> None:
    hand = Hand(response(500), response(529), response(503), response(500))

    with pytest.raises(ServerError) as caught:
        hand.run()

    assert caught.value.status_code == 503
    assert len(hand.sent) == 3


@pytest.mark.parametrize("most", [0, 1, 5])
def test_the_number_of_retries_is_counted(most: int) -> None:
    hand = Hand(*[response(500)] * most, response(), max_retries=most)

    assert hand.run()[1] == most


def test_without_limit_it_goes_on() -> None:
    hand = Hand(*[response(500)] * 50, response(), max_retries=math.inf)

    assert hand.run()[1] == 50


def unread(status: int, content: bytes, **headers: str) -> httpx.Response:
    class Body(httpx.SyncByteStream):
        def __iter__(self) -> Any:
            yield content

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, stream=Body(), request=request())


def test_the_body_of_an_error_is_read_before_it_is_raised() -> None:
    hand = Hand(unread(404, b'{"a": 1}'), read=False)

    with pytest.raises(StatusError) as caught:
        hand.run()

    assert caught.value.body == {"a": 1}
    assert len(hand.read_bodies) == 1


def test_the_body_of_a_stream_is_not_read() -> None:
    hand = Hand(unread(200, b"x"), read=False)

    assert not hand.run()[0].is_stream_consumed


# Redirects -------------------------------------------------------------------


def redirect(url: str, **headers: str) -> httpx.Response:
    answer = response(307, location=url)
    answer.next_request = httpx.Request(
        "POST",
        url,
        headers={
            "X-Key": KEY,
            "authorization": KEY,
            "cookie": KEY,
            "other": "the caller's",
            "user-agent": "things/1",
            **headers,
        },
    )
    return answer


def last_headers(hand: Hand) -> httpx.Headers:
    hand.run()
    return hand.sent[-1].headers


@pytest.mark.parametrize(
    "url",
    ["https://things.test/b", "https://things.test:443/c?d", "https://THINGS.test"],
)
def test_a_redirect_within_the_origin_keeps_the_credentials(url: str) -> None:
    headers = last_headers(Hand(redirect(url), response()))

    assert headers["x-key"] == KEY
    assert headers["authorization"] == KEY


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/",
        "http://things.test/",
        "https://things.test:8443/",
        "https://sub.things.test/",
        "https://things.test.evil.test/",
    ],
)
def test_a_redirect_to_another_origin_takes_no_header_of_the_callers(url: str) -> None:
    headers = last_headers(Hand(redirect(url), response()))

    assert KEY not in str(headers.raw)
    assert "other" not in headers
    assert headers["user-agent"] == "things/1"


def test_the_http_client_authenticates_the_first_request_alone() -> None:
    hand = Hand(redirect("https://evil.test/"), response())
    hand.run()

    assert hand.authenticated == [True, False]


def test_a_retry_begins_at_the_first_url_again() -> None:
    hand = Hand(redirect("https://evil.test/"), response(500), response())
    hand.run()

    assert [one.url.host for one in hand.sent] == [
        "things.test",
        "evil.test",
        "things.test",
    ]
    assert hand.sent[-1].headers["x-key"] == KEY


def test_redirects_without_end_are_an_error_and_leave_nothing_unread() -> None:
    hand = Hand(*[redirect("https://things.test/")] * 30, read=False)

    with pytest.raises(APIConnectionError, match="too many redirects"):
        hand.run()

    assert len(hand.sent) == 21


def test_a_redirect_that_is_not_followed_is_an_error_without_key() -> None:
    hand = Hand(redirect("https://evil.test/"), follow_redirects=False)

    with pytest.raises(StatusError) as caught:
        hand.run()

    assert caught.value.status_code == 307
    assert caught.value.response.next_request is not None
    assert KEY not in str(caught.value.response.next_request.headers.raw)


def test_the_body_of_a_redirect_is_read_before_it_is_followed() -> None:
    first = unread(307, b"elsewhere", location="https://things.test/b")
    first.next_request = request("https://things.test/b")
    hand = Hand(first, response(), read=False)

    hand.run()

    assert hand.read_bodies == [first]
    assert [str(one.url) for one in hand.sent][1:] == ["https://things.test/b"]


def test_a_call_of_the_sync_client_that_would_suspend_is_an_error() -> None:
    async def suspended() -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="was suspended"):
        run_sync(suspended())
