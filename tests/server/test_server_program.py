"""`text-completions mock`, run as a program."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest

from text_completions_server import AddressError, MockServer, create_app, serve
from text_completions_server._serving import _listen

COMMAND = [sys.executable, "-m", "text_completions_cli", "mock"]
BODY = {
    "model": "claude-2",
    "prompt": "\n\nHuman: a secret\n\nAssistant:",
    "max_tokens_to_sample": 5,
}
HEADERS = {"x-api-key": "sk-hidden", "anthropic-version": "2023-06-01"}


@contextmanager
def running(*options):
    """A program that listens; its URL, and when it has ended what it left."""
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline()
        found = re.fullmatch(r"listening on (http://[\d.]+:\d+)\n", line)
        yield found[1], process
    finally:
        process.kill()
        process.communicate()


def ended(*options):
    return subprocess.run(
        [*COMMAND, *options], capture_output=True, text=True, timeout=30, check=False
    )


def post(url, body=BODY, **headers):
    return httpx.post(f"{url}/v1/complete", json=body, headers=HEADERS | headers)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_program_answers_tells_of_it_and_stops_at_a_signal(stop):
    with running() as (url, process):
        assert url.startswith("http://127.0.0.1:")
        assert post(url).status_code == 200
        assert post(url, BODY | {"stream": True}).status_code == 200
        httpx.get(f"{url}/a%0Ab?key=sk-hidden")
        process.send_signal(stop)
        out, err = process.communicate(timeout=10)
    assert process.returncode == 0
    assert out == ""
    lines = [re.sub(r"\d+\.\d ms$", "N ms", line) for line in err.splitlines()]
    assert lines == [
        "POST /v1/complete 200 0 events N ms",
        "POST /v1/complete 200 6 events N ms",
        "GET /a%0Ab 404 0 events N ms",
    ]


def test_a_quiet_program_says_nothing_more():
    with running("--quiet") as (url, process):
        post(url)
        process.terminate()
        assert process.communicate(timeout=10) == ("", "")


def test_options_reach_the_server():
    options = ("--seed", "3", "--api-key", "a", "--api-key", "b")
    with (
        running(*options, "--prompt-check", "off") as (url, _),
        MockServer(seed=3, prompt_check="off") as same,
    ):
        body = BODY | {"prompt": "no turns"}
        assert post(url, body).status_code == 401
        text = post(url, body, **{"x-api-key": "b"}).json()["completion"]
        assert text == post(same.url, body).json()["completion"]


def test_a_document_is_served(tmp_path):
    file = tmp_path / "edited.yaml"
    file.write_text(
        "paths: {/a: {get: {responses: {'200': {content: {application/json: "
        "{example: 5}}}}}}}"
    )
    with running("--document", str(file)) as (url, _):
        assert httpx.get(f"{url}/a").json() == 5


def test_a_missing_document_is_told_in_one_line(tmp_path):
    result = ended("--document", str(tmp_path / "none.yaml"))
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "none.yaml: No such file or directory" in result.stderr


def test_a_taken_port_is_told_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = ended("--port", str(port))
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr == (
        f"text-completions mock: cannot listen on 127.0.0.1 port {port}: "
        "Address already in use\n"
    )


def test_an_unknown_host_is_told():
    with pytest.raises(AddressError, match=r"cannot listen on 192\.0\.2\.1 port 0: "):
        serve(create_app(), host="192.0.2.1", port=0)


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_what_is_no_port_is_refused(port):
    result = ended(f"--port={port}")
    assert result.returncode == 2
    assert f"'{port}' is not a port, 0 to 65535" in result.stderr


def test_a_host_that_others_can_reach_is_warned_of():
    with running("--host", "0.0.0.0") as (_, process):
        process.terminate()
        _, err = process.communicate(timeout=10)
    assert err == (
        "warning: 0.0.0.0 is not a loopback address; other machines can send requests "
        "to this server\n"
    )


def test_help_shows_an_example():
    result = ended("--help")
    assert result.returncode == 0
    assert "\nexample:\n  text-completions mock" in result.stdout


def test_a_server_has_an_address_only_while_it_runs():
    server = MockServer()
    with pytest.raises(RuntimeError, match="no address outside of its with block"):
        server.url  # noqa: B018
    with server:
        url = server.url
        assert httpx.get(url).status_code == 404
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    with server:
        assert httpx.get(server.url).status_code == 404


def test_answers_are_sent_without_delay():
    # What asyncio looks at before it switches Nagle's algorithm off.
    with _listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
