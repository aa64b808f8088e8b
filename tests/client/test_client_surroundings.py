"""Nothing that a server, a proxy or the environment does escapes the error tree."""

from __future__ import annotations

import logging
import sys
import threading
from typing import Any

import anyio
import httpx
import pytest

from text_completions import (
    AnthropicError,
    APIConnectionError,
    APIError,
    APIStatusError,
    AsyncClient,
    Client,
    RateLimitError,
    RequestValidationError,
)

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
    STALL,
    STREAM_HEAD,
    RawServer,
    chunk,
    event,
    head,
    streamed,
    whole,
)
from .test_client_raw import streaming

KEY = "sk-very-secret"
OUT_OF_REACH = "http://127.0.0.1:9"  # refuses


@kinds
@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "rot13", "zlib"])
@pytest.mark.parametrize("status", [200, 500])
def test_a_charset_that_does_not_decode_is_harmless(
    status: int, charset: str, kind: str
) -> None:
    media = f"text/html; charset={charset}"
    with (
        RawServer(whole(status, b"<\xc3\xbc>", media)) as server,
        pytest.raises(AnthropicError, match=r"<ü>|text/html"),
    ):
        complete(kind, server.url)


@kinds
@pytest.mark.parametrize(
    "charset", ["idna", "punycode", "undefined", "rot13", "zlib", "utf-32"]
)
@pytest.mark.parametrize("how", ["iter_text", "iter_lines", "text"])
def test_a_body_with_such_a_charset_is_read_as_utf_8(
    how: str, charset: str, kind: str
) -> None:
    async def use(client: Any) -> str:
        opening = streaming(client, "resource").create(**ARGUMENTS)
        async with Entered(opening) as response:
            found = getattr(response, how)()
            return await done(found) if how == "text" else "".join(await listed(found))

    media = f"application/json; charset={charset}"
    with RawServer(whole(200, "<ü>".encode(), media)) as server:
        assert with_client(kind, server.url, use) == "<ü>"


@kinds
@pytest.mark.parametrize("data", ["Overloaded", '"Overloaded"', "[1]", ""])
def test_an_error_event_of_any_form_is_an_error(data: str, kind: str) -> None:
    bad = streamed(f"event: error\ndata: {data}\n\n".encode())
    with RawServer(bad) as server, pytest.raises(APIStatusError):
        complete(kind, server.url, {"stream": True})


@kinds
@pytest.mark.parametrize(
    "place",
    ["mailto:a@b", "about:blank", "http://xn--/", "http://a..b/", "http://h:99999/"],
)
def test_a_redirect_to_an_unusable_url_is_an_error_of_the_client(
    place: str, kind: str
) -> None:
    there = whole(307, b"", "text/plain", f"location: {place}")
    # httpx2 does not follow some of them, so the redirect itself is the error.
    with RawServer(there) as server, pytest.raises(APIError) as caught:
        complete(kind, server.url)
    assert isinstance(caught.value, (APIConnectionError, APIStatusError))


@kinds
@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirect_that_would_lose_the_body_is_refused(status: int, kind: str) -> None:
    there = whole(status, b"", "text/plain", "location: /v2/complete")
    with (
        RawServer(there) as server,
        pytest.raises(APIConnectionError, match=f"{status} would turn POST into GET"),
    ):
        complete(kind, server.url)
    assert len(server.requests) == 1


@kinds
def test_a_status_that_an_event_hook_raises_has_its_class(kind: str) -> None:
    def refuse(response: httpx.Response) -> None:
        response.raise_for_status()

    async def refuse_async(response: httpx.Response) -> None:
        refuse(response)

    made: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
    hooks = {"response": [refuse if kind == "sync" else refuse_async]}
    with (
        RawServer(whole(429, b"{}")) as server,
        pytest.raises(RateLimitError, match="Error code: 429"),
    ):
        complete(kind, server.url, http_client=made(event_hooks=hooks))


@kinds
def test_a_proxy_that_refuses_to_connect_is_asked_again(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("text_completions_runtime._retry._FIRST_DELAY", 0.0)
    refusal = [head(503, "content-length: 0")]
    with RawServer(refusal) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(APIConnectionError, match="503"):
            complete(kind, "https://things.invalid", max_retries=2)
    assert [one.split(b" ")[0] for one in proxy.requests] == [b"CONNECT"] * 3


@pytest.mark.parametrize("hosts", ["[::1]", "[::1]:8080", "fe80::/10", "::/0", "::1"])
def test_no_proxy_may_name_addresses_of_ipv6(
    hosts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", hosts)
    with RawServer(whole(200, BODY)) as server:
        assert complete("sync", server.url).id == "x"


@kinds
def test_an_unusable_proxy_variable_is_named_without_its_password(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", f"socks://me:{KEY}@127.0.0.1:1")
    with pytest.raises(APIConnectionError, match="ALL_PROXY") as caught:
        complete(kind, OUT_OF_REACH)
    assert KEY not in str(caught.value)


@kinds
def test_a_package_that_a_socks_proxy_needs_is_named(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "socksio", None)
    with pytest.raises(APIConnectionError, match=r"pip install httpx\[socks\]"):
        complete(kind, OUT_OF_REACH)


def test_a_blank_proxy_variable_is_an_unset_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", " ")
    with RawServer(whole(200, BODY)) as server:
        assert complete("sync", server.url).id == "x"


@pytest.mark.skipif(
    httpx.__version__ < "0.28", reason="older versions ignore a file that is missing"
)
@kinds
def test_missing_certificates_are_named_where_tls_is_used(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from text_completions_runtime._transport.http_clients import shared_tls

    shared_tls.cache_clear()
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    with RawServer(whole(200, BODY)) as server:
        assert complete(kind, server.url).id == "x"
    with pytest.raises(APIConnectionError, match=r"SSL_CERT_FILE=/nowhere/ca\.pem"):
        complete(kind, "https://127.0.0.1:9")


def test_closing_a_stream_ends_the_thread_that_reads_it() -> None:
    with (
        RawServer([STREAM_HEAD, chunk(event(" a")), STALL]) as server,
        Client(**settings(server.url)) as client,
    ):
        stream = client.completions.create(**ARGUMENTS, stream=True)
        next(stream)
        ended: list[BaseException] = []

        def read() -> None:
            try:
                list(stream)
            except APIConnectionError as error:
                ended.append(error)

        reader = threading.Thread(target=read)
        reader.start()
        stream.close()
        reader.join(5)
        assert not reader.is_alive()


@pytest.mark.anyio
async def test_closing_a_stream_ends_the_task_that_reads_it() -> None:
    with RawServer([STREAM_HEAD, chunk(event(" a")), STALL]) as server:
        async with AsyncClient(**settings(server.url)) as client:
            stream: Any = await client.completions.create(**ARGUMENTS, stream=True)
            await anext(stream)

            async def read() -> None:
                with pytest.raises(APIConnectionError):
                    await anext(stream)

            with anyio.fail_after(5):
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(read)
                    await anyio.wait_all_tasks_blocked()
                    await stream.close()


def test_an_empty_key_is_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(TypeError, match="authentication method"):
        Client(api_key="", base_url=OUT_OF_REACH).completions.create(**ARGUMENTS)


@kinds
def test_user_information_and_queries_are_in_no_log_and_no_error(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with RawServer(whole(400, b"{}")) as server:
        url = server.url.replace("://", f"://me:{KEY}@")
        with pytest.raises(APIStatusError) as caught:
            complete(kind, url, {"extra_query": {"key": KEY}})

    assert b"authorization: basic " in server.requests[0].lower()
    assert KEY.encode() in server.requests[0]
    assert KEY not in caplog.text
    assert "me:" not in str(caught.value.request.url)


@pytest.mark.parametrize(
    "url", [f"http://me:{KEY}@h/?a=b", f"ftp://{KEY}@h/", f"http://{KEY}:x@h:99999/"]
)
def test_a_wrong_url_is_shown_without_its_user_information(url: str) -> None:
    with pytest.raises(ValueError, match="base_url must be") as caught:
        Client(api_key="k", base_url=url)
    assert KEY not in str(caught.value)
    bad = url.replace("http:", "ftp:")
    with pytest.raises(RequestValidationError) as refused:
        Client(api_key="k", base_url=OUT_OF_REACH).request("GET", bad)
    assert KEY not in f"{refused.value} {refused.value.value}"


@kinds
def test_tools_that_patch_the_transports_of_httpx_see_the_requests(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As tools do that mock, record or trace the requests of a program.
    seen: list[str] = []

    def respond(_: object, request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.method} {request.url}")
        return httpx.Response(200, content=BODY)

    async def respond_async(transport: object, request: httpx.Request) -> Any:
        return respond(transport, request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", respond)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", respond_async)

    assert complete(kind, OUT_OF_REACH).id == "x"
    assert seen == [f"POST {OUT_OF_REACH}/v1/complete"]
