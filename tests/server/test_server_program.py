"""`text-completions mock`, run as a program."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from text_completions_cli import main
from text_completions_server import AddressError, MockServer, create_app, serve
from text_completions_server.http.serving import listen

COMMAND = [sys.executable, "-m", "text_completions_cli", "mock"]
BODY = {
    "model": "claude-2",
    "prompt": "\n\nHuman: a secret\n\nAssistant:",
    "max_tokens_to_sample": 5,
}
PACKAGED = Path(__file__).parents[2] / "openapi.yaml"
ADDED = """\
  /a:
    get:
      security: []
      responses: {'200': {description: a, content: {application/json: {example: 5}}}}
"""
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


@pytest.fixture
def ended(capsys):
    """Runs a command that ends at once, in this process."""

    def run(*options):
        status = 0
        try:
            status = main(["mock", *options])
        except SystemExit as error:  # argparse ends so
            status = error.code
        out, err = capsys.readouterr()
        return status, out, err

    return run


def post(url, body=BODY, timeout=5, **headers):
    headers = HEADERS | headers
    return httpx.post(f"{url}/v1/complete", json=body, headers=headers, timeout=timeout)


def test_the_program_answers_logs_each_request_and_stops_at_a_signal():
    with running("--fault", "overloaded=0.0") as (url, process):
        assert url.startswith("http://127.0.0.1:")
        assert post(url).status_code == 200
        assert post(url, BODY | {"stream": True}).status_code == 200
        assert post(url, **{"x-mock-fault": "overloaded"}).status_code == 529
        httpx.get(f"{url}/a%0Ab?key=sk-hidden")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert process.returncode == 0
    assert out == ""
    lines = [re.sub(r"\d+\.\d ms", "N ms", line) for line in err.splitlines()]
    assert lines == [
        "POST /v1/complete 200 0 events N ms",
        "POST /v1/complete 200 6 events N ms",
        "POST /v1/complete 529 0 events N ms overloaded",
        "GET /a%0Ab 404 0 events N ms",
    ]


def test_options_reach_the_server(tmp_path):
    document = tmp_path / "edited.yaml"
    document.write_text(
        PACKAGED.read_text("utf-8").replace("\npaths:\n", f"\npaths:\n{ADDED}", 1)
    )
    replies = tmp_path / "replies.yaml"
    replies.write_text("- {prompt: scripted, replies: [' scripted']}")
    options = {
        "--seed": "3",
        "--api-key": "b",
        "--prompt-check": "off",
        "--document": str(document),
        "--replies": str(replies),
        "--model": "mine",
        "--rate-limit": "3/h",
    }
    arguments = [part for option in options.items() for part in option]
    with (
        running(*arguments, "--quiet") as (url, process),
        MockServer(seed=3, prompt_check="off", models=["mine"]) as same,
    ):
        key = {"x-api-key": "b"}
        assert httpx.get(f"{url}/a").json() == 5
        assert post(url).status_code == 401
        text = post(url, BODY | {"model": "mine"}, **key).json()["completion"]
        assert text == post(same.url, BODY | {"model": "mine"}).json()["completion"]
        scripted = post(url, BODY | {"prompt": "scripted"}, **key)
        assert scripted.json()["completion"] == " scripted"
        assert post(url, BODY | {"model": "other"}, **key).status_code == 404
        assert post(url, **key).status_code == 429
        assert httpx.get(f"{url}/__mock__/journal").json()["total"] == 6
        process.terminate()
        assert process.communicate(timeout=10) == ("", "")


def test_every_model_can_be_accepted_and_the_admin_endpoints_switched_off():
    with running("--any-model", "--admin", "off") as (url, _):
        assert post(url, BODY | {"model": "any"}).json()["model"] == "any"
        assert httpx.get(f"{url}/__mock__/journal").status_code == 404


def test_a_taken_port_is_reported_in_one_line(ended):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert ended("--port", str(port)) == (
            2,
            "",
            f"text-completions mock: cannot listen on 127.0.0.1 port {port}: "
            "another program listens there; choose another port, or 0 for a free one\n",
        )


def test_an_unknown_host_is_reported():
    with pytest.raises(AddressError, match=r"cannot listen on 192\.0\.2\.1 port 0: "):
        serve(create_app(), host="192.0.2.1", port=0)


def test_what_others_can_reach_is_warned_of():
    with running("--host", "0.0.0.0", "--admin", "any") as (_, process):
        process.terminate()
        _, err = process.communicate(timeout=10)
    assert err == (
        "warning: --admin any lets everybody who can reach this server read the "
        "requests and change the responses\n"
        "warning: 0.0.0.0 is not a loopback address; other machines can send requests "
        "to this server\n"
    )


def test_a_server_that_does_not_run_has_no_connections_to_drop():
    server = MockServer()
    server.drop_connections()
    with server:
        pass
    server.drop_connections()


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


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_no_address_has_is_refused(port):
    with (
        pytest.raises(AddressError, match="a port is 0 to 65535"),
        MockServer(port=port),
    ):
        pass


def test_a_server_that_runs_is_not_started_again():
    with MockServer() as server:
        with pytest.raises(RuntimeError, match="the server runs already, at http"):
            server.__enter__()
        assert httpx.get(server.url).status_code == 404


def test_a_server_can_have_a_port_of_its_own():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressError, match=f"port {port}: "), MockServer(port=port):
            pass
    with MockServer(port=port) as server:
        assert server.url == f"http://127.0.0.1:{port}"


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


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            ["--fault", "overload=0.1"],
            "unknown fault 'overload'; the faults are: rate_limited",
        ),
        (["--fault", "hang=0", "--fault", "hang"], "--fault has a name twice"),
        (["--fault", "overloaded=x"], "'overloaded=x' is not NAME=RATE"),
        (["--fault", "overloaded=2"], "the chance of overloaded must be 0 to 1, not 2"),
        (["--rate-limit", "50"], "'50' is not a rate limit; use N/s, N/m or N/h"),
        (["--replies", "none.yaml"], "none.yaml: No such file or directory"),
        (["--era", "1999"], "there is no era '1999'"),
        (["--admin", "none"], "invalid choice: 'none'"),
        (["--document", "none.yaml"], "none.yaml: cannot be read: No such file"),
        (["--jitter", "0.5"], "give ttft or tokens_per_second as well"),
        (["--ttft", "-1"], "ttft must be at least 0 seconds, not -1.0"),
        (["--ttft", "soon"], "invalid float value: 'soon'"),
        (["--port=-1"], "a port is 0 to 65535, not -1"),
    ],
)
def test_a_wrong_option_is_reported_in_one_line(ended, options, reason):
    status, out, err = ended(*options)
    assert (status, out) == (2, "")
    assert reason in err.splitlines()[-1]


def test_the_program_stops_with_streams_and_faults_open(connect):
    with running("--quiet") as (url, process):
        with pytest.raises(httpx.ReadTimeout):
            post(url, **{"x-mock-fault": "hang"}, timeout=0.2)
        fault = "slow_events; seconds=600"
        with connect(url, BODY | {"stream": True}, fault) as line:
            assert line.recv(20)
            process.send_signal(signal.SIGTERM)
            assert process.communicate(timeout=5) == ("", "")
    assert process.returncode == 0
