"""A deadline bounds a whole call, whatever the server does."""

from __future__ import annotations

import contextlib
import gc
import pickle
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from text_completions import (
    APIConnectionError,
    APITimeoutError,
    Client,
    DefaultAsyncHttpxClient,
    DefaultHttpxClient,
    OverloadedError,
)
from text_completions_runtime import _exchange

from .calls import (
    ARGUMENTS,
    Entered,
    complete,
    done,
    kinds,
    listed,
    settings,
    with_client,
)
from .raw_server import (
    BODY,
    END,
    JSON_HEAD,
    PING,
    RESET,
    STALL,
    STREAM_HEAD,
    Act,
    Drip,
    RawServer,
    chunk,
    error_event,
    event,
    head,
    streamed,
    whole,
)

DEADLINE = 0.2
ROOMY = 1.0  # where a busy machine has to get something done before it
LONGER = 3.0  # on a machine too busy to get to the phase in question before
HANGS = 8.0  # seconds; a guard against hanging, and no measure of punctuality
KEY = "sk-test"

# trio warns of generators that are left early, httpx's own among them; they close.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")


LAST = chunk(event(" b", "max_tokens"))
SLOW: list[Act] = [JSON_HEAD, Drip(chunk(b" "), times=25), chunk(BODY), END]
"""A good answer that takes half a second."""


@contextlib.contextmanager
def no_hang() -> Iterator[None]:
    """Check that the server did not have to end the call."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < HANGS


def late(
    kind: str, url: str, *args: Any, deadline: float = DEADLINE, **given: Any
) -> APITimeoutError:
    """Make a call that misses its deadline; return how it failed."""
    raises = pytest.raises(APITimeoutError, match=f"deadline of {deadline:g} s")
    with no_hang(), raises as one:
        complete(kind, url, *args, deadline=deadline, **given)
    return one.value


PHASES: dict[str, tuple[list[Act], bool, str]] = {
    "silence": ([STALL], False, "the headers"),
    "the status line": ([Drip(b"H")], False, "the headers"),
    "a header": ([b"HTTP/1.1 200 OK\r\nx: ", Drip(b"a")], False, "the headers"),
    "a header of a stream": ([b"HTTP/1.1 200 OK\r\nx: ", Drip(b"a")], True, "headers"),
    "a body": ([JSON_HEAD, Drip(chunk(b" "))], False, "the body"),
    "the size of a chunk": ([JSON_HEAD, Drip(b"0")], False, "the body"),
    "a body without size": ([head(200), Drip(b" ")], False, "the body"),
    "the body of an error": (
        [head(400, "content-length: 99999"), Drip(b" ")],
        True,
        "the body",
    ),
    "a silent stream": ([STREAM_HEAD, STALL], True, "the stream"),
    "the size of an event's chunk": ([STREAM_HEAD, Drip(b"0")], True, "the stream"),
    "an event": ([STREAM_HEAD, b"ffff\r\n", Drip(b"a")], True, "the stream"),
    "an endless event": ([STREAM_HEAD, Drip(chunk(b"a"))], True, "the stream"),
    "pings": ([STREAM_HEAD, Drip(chunk(PING))], True, "the stream"),
    "events": ([STREAM_HEAD, Drip(chunk(event(" a")))], True, "the stream"),
    "a stream without size": (
        [head(200, "content-type: text/event-stream"), Drip(b":\n")],
        True,
        "the stream",
    ),
}


@kinds
@pytest.mark.parametrize("phase", PHASES)
def test_the_deadline_holds_while_the_server_drips(phase: str, kind: str) -> None:
    acts, stream, doing = PHASES[phase]
    for deadline in (DEADLINE, LONGER):
        with RawServer(acts) as server:
            call = {"stream": stream}
            error = late(kind, server.url, call, deadline=deadline, max_retries=5)
            if doing in error.message:
                server.wait_until_left()
                assert len(server.requests) == 1
                break
    assert doing in error.message
    assert error.__cause__ is None
    for told in (error.message, repr(error), str(pickle.dumps(error))):
        assert KEY not in told
    assert KEY not in str(error.request.headers.raw)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@kinds
def test_what_arrived_before_the_deadline_is_handed_over(kind: str) -> None:
    seen: list[Any] = []
    with RawServer([STREAM_HEAD, chunk(event(" a")), STALL]) as server:
        error = late(kind, server.url, {"stream": True}, seen, deadline=ROOMY)

    assert [one.completion for one in seen] == [" a"]
    assert error.partial.completion == " a"  # type: ignore[union-attr]


@kinds
def test_a_stream_that_is_whole_is_never_late(kind: str) -> None:
    acts: list[Act] = [STREAM_HEAD, chunk(event(" a")), LAST, STALL]
    with RawServer(acts) as server, no_hang():
        events = complete(kind, server.url, {"stream": True}, deadline=ROOMY)

    assert [one.completion for one in events] == [" a", " b"]


@kinds
@pytest.mark.parametrize("stream", [True, False])
def test_a_deadline_that_is_met_changes_nothing(stream: bool, kind: str) -> None:
    answer = streamed(event(" a"), event(" b", "max_tokens"))
    with RawServer(answer if stream else whole(200, BODY)) as server:
        answered = complete(kind, server.url, {"stream": stream}, deadline=60)

    assert len(answered) == 2 if stream else answered.id == "x"


@kinds
def test_a_connection_that_is_never_made_is_late(kind: str) -> None:
    with contextlib.ExitStack() as opened:
        listener = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        listener.listen(0)
        for _ in range(4):  # they fill the queue, and nobody takes them
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        assert "while connecting" in late(kind, url).message


@kinds
def test_a_handshake_that_never_ends_is_late(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"

        assert "while connecting" in late(kind, url).message
        gc.collect()  # a socket that was left open would be told of, which fails


@kinds
def test_without_time_nothing_is_sent(kind: str) -> None:
    with RawServer(whole(200, BODY)) as server:
        with pytest.raises(APITimeoutError, match="the deadline of 0 s"):
            complete(kind, server.url, deadline=0)
        assert server.requests == []


# Retries and redirects ---------------------------------------------------------


BUSY = whole(529, b"{}", "application/json", "retry-after: 30")


@kinds
@pytest.mark.parametrize(
    ("acts", "stream", "cause"),
    [
        (BUSY, False, OverloadedError),
        ([RESET], False, APIConnectionError),
        (streamed(error_event("overloaded_error")), True, OverloadedError),
    ],
    ids=["answered", "cut", "an error event"],
)
def test_a_wait_beyond_the_deadline_is_not_begun(
    acts: list[Act],
    stream: bool,
    cause: type[Exception],
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if acts is not BUSY:  # which says itself how long to wait
        monkeypatch.setattr(_exchange, "retry_delay", lambda *_: 30)
    with RawServer(acts) as server, no_hang():
        with pytest.raises(APITimeoutError, match="no time to wait 30 s") as caught:
            complete(kind, server.url, {"stream": stream}, deadline=3, max_retries=2)
        assert len(server.requests) == 1

    assert type(caught.value.__cause__) is cause


@kinds
def test_the_cause_is_the_error_of_the_attempt_before(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_exchange, "retry_delay", lambda *_: 0)
    with RawServer(whole(529, b"{}"), [JSON_HEAD, Drip(chunk(b" "))]) as server:
        error = late(kind, server.url, deadline=ROOMY, max_retries=2)

    assert "in attempt 2" in error.message
    assert isinstance(error.__cause__, OverloadedError)


@kinds
@pytest.mark.parametrize(
    "second",
    [[STALL], [STREAM_HEAD, Drip(chunk(PING))]],
    ids=["before its headers", "within it"],
)
def test_a_stream_that_is_asked_for_again_keeps_its_deadline(
    second: list[Act], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_exchange, "retry_delay", lambda *_: 0)
    with RawServer(streamed(error_event("overloaded_error")), second) as server:
        late(kind, server.url, {"stream": True}, deadline=ROOMY, max_retries=2)

        assert len(server.requests) == 2


@kinds
def test_redirects_are_within_the_deadline(kind: str) -> None:
    there = whole(307, b"", "text/plain", "location: /elsewhere")
    with RawServer(there, there, [b"HTTP/1.1 200 OK\r\nx: ", Drip(b"a")]) as server:
        late(kind, server.url, deadline=ROOMY)

        assert b"/elsewhere" in server.requests[-1]
        assert len(server.requests) == 3


@kinds
def test_redirects_without_end_are_within_the_deadline(kind: str) -> None:
    first: list[Act] = [head(307, "location: /elsewhere", "content-length: 999")]
    with RawServer([*first, Drip(b" ")]) as server:
        assert "the body" in late(kind, server.url, {"stream": True}).message


# Where it is said --------------------------------------------------------------


@kinds
def test_a_call_can_have_a_deadline_of_its_own(kind: str) -> None:
    async def use(client: Any) -> None:
        with no_hang(), pytest.raises(APITimeoutError, match=r"of 0\.2 s"):
            await done(client.completions.create(**ARGUMENTS, deadline=DEADLINE))
        assert (await done(client.completions.create(**ARGUMENTS))).id == "x"

    with RawServer(SLOW) as server:
        with_client(kind, server.url, use)


def test_a_call_can_do_without_that_of_its_client() -> None:
    with (
        RawServer(SLOW) as server,
        Client(**settings(server.url), deadline=DEADLINE) as client,
    ):
        assert client.completions.create(**ARGUMENTS, deadline=None).id == "x"
        with no_hang(), pytest.raises(APITimeoutError):
            client.completions.create(**ARGUMENTS)


@pytest.mark.parametrize("name", ["deadline", "idle_timeout"])
def test_a_copy_keeps_it_changes_it_or_drops_it(name: str) -> None:
    client = Client(api_key=KEY, **{name: 3})

    assert getattr(client, name) == 3
    assert getattr(client.copy(), name) == 3
    assert getattr(client.with_options(**{name: 4.5}), name) == 4.5
    assert getattr(client.copy(**{name: None}), name) is None
    assert getattr(Client(api_key=KEY), name) is None


@pytest.mark.parametrize("name", ["deadline", "idle_timeout"])
@pytest.mark.parametrize(
    ("value", "error"),
    [("1", TypeError), (True, TypeError), (-1, ValueError), (float("nan"), ValueError)],
)
def test_an_invalid_number_of_seconds_is_refused_by_name(
    value: Any, error: type[Exception], name: str
) -> None:
    client = Client(api_key=KEY)
    asked: list[Any] = [
        lambda: Client(api_key=KEY, **{name: value}),
        lambda: client.copy(**{name: value}),
        lambda: client.completions.create(**ARGUMENTS, **{name: value}),
    ]
    for ask in asked:
        with pytest.raises(error, match=f"{name} must be a number of seconds from 0"):
            ask()


@pytest.mark.parametrize("seconds", [float("inf"), 1e300, 10**400])
def test_a_limit_that_is_too_large_for_a_clock_is_no_limit(seconds: float) -> None:
    assert Client(api_key=KEY, deadline=seconds).deadline is None


# Raw access --------------------------------------------------------------------


READINGS = ["read", "text", "json", "parse", "iter_bytes", "iter_text", "iter_lines"]


@kinds
def test_raw_answers_are_within_the_deadline(kind: str) -> None:
    async def use(client: Any) -> None:
        create = client.completions.with_streaming_response.create

        async def read(reading: str) -> None:
            async with Entered(create(**ARGUMENTS)) as answer:
                told = getattr(answer, reading)()
                await (listed(told) if "iter" in reading else done(told))

        for reading in READINGS:
            with no_hang(), pytest.raises(APITimeoutError):
                await read(reading)
        with no_hang(), pytest.raises(APITimeoutError):
            await done(client.completions.with_raw_response.create(**ARGUMENTS))

    with RawServer([JSON_HEAD, Drip(chunk(b" \n"))]) as server:
        with_client(kind, server.url, use, deadline=DEADLINE)


@kinds
def test_a_request_by_hand_is_within_the_deadline(kind: str) -> None:
    async def use(client: Any) -> None:
        with no_hang(), pytest.raises(APITimeoutError):
            await done(client.request("GET", "/v1/things", deadline=DEADLINE))
        options = {"deadline": DEADLINE}
        with no_hang(), pytest.raises(APITimeoutError):
            await done(client.get("/v1/things", cast_to=object, options=options))

    with RawServer([JSON_HEAD, Drip(chunk(b" "))]) as server:
        with_client(kind, server.url, use)


# Other phases, and other http clients -------------------------------------------


@kinds
@pytest.mark.parametrize("acts", [[STALL], [b"HTTP/1.1 200 OK\r\nx: ", Drip(b"a")]])
def test_a_connection_that_was_used_before_is_within_the_deadline(
    acts: list[Act], kind: str
) -> None:
    call = ARGUMENTS | {"deadline": DEADLINE}

    async def use(client: Any) -> None:
        await done(client.completions.create(**ARGUMENTS))
        with no_hang(), pytest.raises(APITimeoutError, match="the headers"):
            await done(client.completions.create(**call))

    with RawServer(whole(200, BODY), acts) as server:
        with_client(kind, server.url, use)
        server.wait_until_left()


@kinds
def test_the_wait_for_a_free_connection_is_within_the_deadline(kind: str) -> None:
    answer = streamed(event(" a"), event(" b", "max_tokens"))
    made: Any = DefaultHttpxClient if kind == "sync" else DefaultAsyncHttpxClient

    async def use(client: Any) -> None:
        stream = await done(client.completions.create(**ARGUMENTS, stream=True))
        with no_hang(), pytest.raises(APITimeoutError, match="a free connection"):
            await done(client.completions.create(**ARGUMENTS, deadline=DEADLINE))
        assert len(await listed(stream)) == 2  # and the connection is free
        assert (await done(client.completions.create(**ARGUMENTS))).id == "x"

    with RawServer(answer, whole(200, BODY)) as server:
        http = made(limits=httpx.Limits(max_connections=1))
        with_client(kind, server.url, use, http_client=http)
        assert len(server.requests) == 2


@kinds
def test_sending_to_a_server_that_does_not_read_is_within_the_deadline(
    kind: str,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        call = {"prompt": "x" * 20_000_000}
        error = late(kind, url, call, deadline=LONGER, validate_requests=False)

    assert "sending the request" in error.message


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """A certificate authority, and the file that makes clients trust it."""
    made = trustme.CA()
    path = tmp_path_factory.mktemp("tls") / "ca.pem"
    made.cert_pem.write_to_path(path)
    return made, path


@kinds
@pytest.mark.parametrize("phase", ["silence", "a header", "a body", "pings"])
def test_the_deadline_holds_over_tls(
    phase: str, kind: str, authority: tuple[trustme.CA, Path]
) -> None:
    acts, stream, _ = PHASES[phase]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority[0].issue_cert("127.0.0.1").configure_cert(context)
    made: Any = DefaultHttpxClient if kind == "sync" else DefaultAsyncHttpxClient
    trusted = ssl.create_default_context(cafile=authority[1])
    with RawServer(acts, tls=context) as server:
        http = made(verify=trusted)
        late(kind, server.url, {"stream": stream}, deadline=1.0, http_client=http)
        server.wait_until_left()
        assert len(server.requests) == 1


@kinds
@pytest.mark.parametrize("phase", ["silence", "a body", "pings", "a silent stream"])
def test_an_http_client_of_the_callers_keeps_the_deadline(
    phase: str, kind: str
) -> None:
    acts, stream, _ = PHASES[phase]
    http: Any = httpx.Client() if kind == "sync" else httpx.AsyncClient()
    with RawServer(acts) as server:
        late(kind, server.url, {"stream": stream}, http_client=http, max_retries=2)
        server.wait_until_left()


def test_each_address_of_a_host_gets_the_time_that_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timeouts: list[float] = []

    def refuse(_: object, timeout: float, **__: object) -> None:
        timeouts.append(timeout)
        raise OSError("refused")

    found = [(0, 0, 0, "", (f"192.0.2.{last}", 80)) for last in (1, 2, 3)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(APIConnectionError, match="refused"):
        complete("sync", "http://things.test", deadline=HANGS)

    assert timeouts == sorted(timeouts, reverse=True)
    assert len(timeouts) == 3


class Tracing(httpx.Client):
    def build_request(self, *args: Any, **kwargs: Any) -> httpx.Request:
        request = super().build_request(*args, **kwargs)
        self.seen: list[str] = []
        request.extensions["trace"] = lambda name, _: self.seen.append(name)
        return request


def test_a_trace_of_the_callers_sees_each_event_once() -> None:
    http = Tracing(follow_redirects=True)
    there = whole(307, b"", "text/plain", "location: /elsewhere")
    with RawServer(there, whole(200, BODY)) as server:
        complete("sync", server.url, deadline=60, http_client=http)

    assert http.seen.count("http11.send_request_headers.started") == 2
