"""`text-completions mock`, run as a program."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import httpx
import pytest

from text_completions_server import AddressError, MockServer, create_app, serve
from text_completions_server.http.serving import listen

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


def post(url, body=BODY, timeout=5, **headers):
    headers = HEADERS | headers
    return httpx.post(f"{url}/v1/complete", json=body, headers=headers, timeout=timeout)


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
        "openapi: 3.1.0\npaths: {/a: {get: {responses: {'200': "
        "{content: {application/json: {example: 5}}}}}}}"
    )
    with running("--document", str(file)) as (url, _):
        assert httpx.get(f"{url}/a").json() == 5


def test_a_missing_document_is_told_in_one_line(tmp_path):
    result = ended("--document", str(tmp_path / "none.yaml"))
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "none.yaml: cannot be read: No such file or directory" in result.stderr


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
    with listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_lines_can_be_json():
    with running("--log-format", "json", "--fault", "overloaded=1") as (url, process):
        post(url)
        httpx.get(f"{url}/a?key=sk-hidden")
        process.terminate()
        _, err = process.communicate(timeout=10)
    first, second = map(json.loads, err.splitlines())
    assert first.pop("ms") > 0
    assert first == {
        "method": "POST",
        "path": "/v1/complete",
        "status": 529,
        "events": 0,
        "fault": "overloaded",
    }
    assert second["path"] == "/a"
    assert "sk-hidden" not in err
    assert "a secret" not in err


def test_a_fault_is_told_in_its_line():
    with running("--fault", "overloaded") as (url, process):
        post(url)
        process.terminate()
        _, err = process.communicate(timeout=10)
    assert err.endswith(" ms overloaded\n")


def test_options_of_behaviour_reach_the_server(tmp_path):
    file = tmp_path / "replies.yaml"
    file.write_text("- replies: [' scripted']")
    options = ("--replies", str(file), "--model", "mine", "--rate-limit", "2/h")
    with running(*options) as (url, _):
        answer = post(url, BODY | {"model": "mine"})
        assert answer.json()["model"] == "mine"
        assert answer.json()["completion"] == " scripted"
        assert post(url, BODY | {"model": "other"}).status_code == 404
        assert post(url).status_code == 429
        assert httpx.get(f"{url}/__mock__/journal").json()["total"] == 3


def test_every_model_can_be_let_in_and_the_admin_shut_out():
    with running("--any-model", "--admin", "off") as (url, _):
        assert post(url, BODY | {"model": "any"}).json()["model"] == "any"
        assert httpx.get(f"{url}/__mock__/journal").status_code == 404


def test_an_open_admin_is_warned_of():
    with running("--admin", "any") as (_, process):
        process.terminate()
        _, err = process.communicate(timeout=10)
    assert err == (
        "warning: --admin any lets everybody who can reach this server read the "
        "requests and change the responses\n"
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            ["--fault", "overload=0.1"],
            "unknown fault 'overload'; the faults are: rate_limited",
        ),
        (["--fault", "overloaded=x"], "'overloaded=x' is not NAME=RATE"),
        (["--fault", "overloaded=2"], "the chance of overloaded must be 0 to 1, not 2"),
        (["--rate-limit", "50"], "'50' is not a rate limit; use N/s, N/m or N/h"),
        (["--replies", "none.yaml"], "none.yaml: No such file or directory"),
        (["--era", "1999"], "there is no era '1999'"),
        (["--admin", "none"], "invalid choice: 'none'"),
    ],
)
def test_a_wrong_option_is_told_in_one_line(options, reason):
    result = ended(*options)
    assert result.returncode == 2
    assert result.stdout == ""
    assert reason in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_program_stops_with_streams_and_faults_open(stop):
    with running("--quiet") as (url, process):
        with pytest.raises(httpx.ReadTimeout):
            post(url, **{"x-mock-fault": "hang"}, timeout=0.2)
        address = httpx.URL(url)
        content = json.dumps(BODY | {"stream": True}).encode()
        with socket.create_connection((address.host, address.port)) as line:
            line.sendall(
                b"POST /v1/complete HTTP/1.1\r\nhost: a\r\nx-api-key: sk-a\r\n"
                b"anthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n"
                b"x-mock-fault: slow_events; seconds=600\r\n"
                b"content-length: %d\r\n\r\n%b" % (len(content), content)
            )
            assert line.recv(20)
            process.send_signal(stop)
            assert process.communicate(timeout=5) == ("", "")
    assert process.returncode == 0
