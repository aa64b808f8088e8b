"""Starting and stopping: drained at a signal, one process or several, health."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from text_completions_server import MockServer, create_app, serve
from text_completions_server.http.serving import Server

PROGRAM = [sys.executable, str(Path(__file__).with_name("serve_backend.py"))]
HEADERS = {"x-api-key": "a", "anthropic-version": "2023-06-01"}
LONG = 600


@contextmanager
def running(folder, *more, grace=LONG, workers=1):
    process = subprocess.Popen(
        [*PROGRAM, str(grace), str(workers), *more],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        line = process.stdout.readline()
        found = re.fullmatch(r"listening on (http://[\d.]+:\d+)\n", line)
        with httpx.Client(base_url=found[1], headers=HEADERS, timeout=20) as client:
            yield client, process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def body(prompt, **more):
    prompt = f"\n\nHuman: {prompt}\n\nAssistant:"
    return {"model": "claude-2.1", "prompt": prompt, "max_tokens_to_sample": 9, **more}


def ask(client, prompt="hello"):
    return client.post("/v1/complete", json=body(prompt))


class Asking(threading.Thread):
    """Asks in a thread of its own; `answer` has the response or the exception."""

    def __init__(self, client, prompt, **more):
        super().__init__(daemon=True)
        self._client, self._body = client, body(prompt, **more)
        self.start()

    def run(self):
        try:
            self.answer = self._client.post("/v1/complete", json=self._body)
        except httpx.HTTPError as error:
            self.answer = error

    def result(self):
        self.join(20)
        return self.answer


def stream(client, prompt, first="completion"):
    """Begin a stream; return its lines once the first event has come."""
    text = "text first" if first == "completion" else ""
    content = body(f"{text} {prompt}", stream=True)
    request = client.build_request("POST", "/v1/complete", json=content)
    lines = client.send(request, stream=True).iter_lines()
    assert next(lines) == f"event: {first}"
    return lines


def is_draining(client):
    with suppress(httpx.HTTPError):  # a process that had nothing to do has ended
        return client.get("/readyz").status_code == 503


def ended(process):
    out, err = process.communicate(timeout=20)
    assert "Traceback" not in err
    return process.returncode, out, err


def test_a_signal_lets_requests_under_way_end_and_refuses_others(tmp_path, wait_until):
    with running(tmp_path) as (client, process):
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").json() == {"status": "ok"}
        lines = stream(client, "wait")
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: is_draining(client))
        assert client.get("/healthz").status_code == 200
        refused = ask(client)
        assert refused.status_code == 529
        assert refused.headers["x-should-retry"] == "true"
        assert refused.headers["connection"] == "close"
        assert "shutting down" in refused.json()["error"]["message"]
        (tmp_path / "go on").touch()
        assert '"stop_reason":"stop_sequence"' in "".join(lines)
        assert ended(process) == (0, "", "/v1/complete 529\n/v1/complete 200\n")


@pytest.mark.parametrize("grace", [0, 0.1])
def test_what_is_under_way_after_the_grace_gets_an_error(tmp_path, grace, wait_until):
    with running(tmp_path, grace=grace) as (client, process):
        before = Asking(client, "hang stubborn")
        whole = Asking(client, "text first hang")
        streams = [stream(client, "hang"), stream(client, "hang", first="ping")]
        wait_until(lambda: len(list(tmp_path.glob("hangs *"))) == 4)
        process.send_signal(signal.SIGTERM)
        for lines in streams:
            rest = list(lines)
            error = json.loads(rest[rest.index("event: error") + 1][6:])
            assert error["error"]["type"] == "overloaded_error"
        for each in (before, whole):
            assert each.result().status_code == 529
            assert "shutting down" in each.result().json()["error"]["message"]
        status, _, err = ended(process)
    assert status == 0
    assert sorted(err.splitlines()) == [
        "/v1/complete 200",
        "/v1/complete 200",
        "/v1/complete 529",
        "/v1/complete 529",
    ]


@pytest.mark.parametrize(
    ("workers", "second"), [(1, signal.SIGINT), (2, signal.SIGTERM)]
)
def test_a_second_signal_ends_at_once(tmp_path, wait_until, second, workers):
    with running(tmp_path, workers=workers) as (client, process):
        lines = stream(client, "hang")
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: is_draining(client))
        process.send_signal(second)
        with suppress(httpx.HTTPError):  # cut, if the error event was too late
            assert "event: error" in list(lines)
        assert ended(process)[:2] == (0, "")


def test_several_processes_answer_at_one_port(tmp_path, wait_until):
    with running(tmp_path, workers=2) as (client, process):

        def pid():
            with httpx.Client(base_url=client.base_url, headers=HEADERS) as fresh:
                return ask(fresh).json()["completion"]

        seen = set()
        wait_until(lambda: seen.add(pid()) or len(seen) == 2)
        assert str(process.pid) not in {each.strip() for each in seen}
        ids = {ask(client).json()["id"] for _ in range(10)}
        assert len(ids) == 10
        process.send_signal(signal.SIGINT)
        assert ended(process)[:2] == (0, "")


def test_several_processes_share_their_metrics(tmp_path, wait_until):
    def answered(client):
        pattern = r"gen_ai_server_request_duration_seconds_count\{.*\} (\d+)\.0"
        return [int(each) for each in re.findall(pattern, client.get("/metrics").text)]

    with running(tmp_path, "metrics", workers=2) as (client, process):
        pids, counts = set(), []

        def have_both_answered():
            with httpx.Client(base_url=client.base_url, headers=HEADERS) as fresh:
                pids.add(ask(fresh).json()["completion"])
                counts.extend(answered(fresh))
            return len(pids) == 2

        wait_until(have_both_answered)
        with httpx.Client(base_url=client.base_url) as fresh:
            assert answered(fresh) == answered(client) == counts[-1:]
        process.send_signal(signal.SIGTERM)
        assert ended(process)[:2] == (0, "")


def test_a_signal_to_the_whole_group_counts_once(tmp_path, wait_until):
    with running(tmp_path, workers=2) as (client, process):
        lines = stream(client, "wait")
        os.killpg(process.pid, signal.SIGTERM)
        wait_until(lambda: is_draining(client))
        (tmp_path / "go on").touch()
        assert '"stop_reason":"stop_sequence"' in "".join(lines)
        assert ended(process)[:2] == (0, "")


def test_a_process_that_dies_is_started_again(tmp_path):
    with running(tmp_path, workers=2) as (client, process):
        assert isinstance(Asking(client, "die").result(), httpx.HTTPError)
        warning = next(line for line in process.stderr if "warning" in line)
        expected = r"warning: worker \d+ ended with status 7; starting another\n"
        assert re.fullmatch(expected, warning)
        assert ask(client).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert ended(process)[:2] == (0, "")


def test_processes_that_do_not_start_end_the_program(tmp_path):
    (tmp_path / "broken").touch()
    for workers in (1, 2):
        process = subprocess.run(
            [*PROGRAM, "1", str(workers)],
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert process.returncode == 1
        assert process.stdout == ""
        assert "no upstream" in process.stderr
        assert "Traceback" not in process.stderr


def test_a_process_that_cannot_be_started_again_ends_the_program(tmp_path):
    with running(tmp_path, workers=2, grace=0.1) as (client, process):
        (tmp_path / "broken").touch()
        Asking(client, "die").result()
        status, out, err = ended(process)
    assert (status, out) == (1, "")
    assert err.endswith("cannot serve: a worker did not start: no upstream\n")


def test_no_process_is_left_where_another_cannot_be_started():
    program = """
from multiprocessing.context import ForkProcess
from text_completions_server.http.workers import supervise

started, start = [], ForkProcess.start

def start_one(process):
    if started:
        raise OSError(11, "too many processes")
    start(process)
    started.append(process)

ForkProcess.start = start_one
try:
    supervise(lambda control, ready: control.recv_bytes(), 2, on_ready=print)
except Exception as error:
    print(error, started[0].exitcode)
    started[0].kill()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "cannot start a worker: too many processes -9\n"


def test_processes_end_with_the_one_that_watches_over_them(tmp_path, wait_until):
    with running(tmp_path, workers=2) as (client, process):
        pid = int(ask(client).json()["completion"])
        process.kill()
        process.wait(10)

        def is_gone():
            try:
                return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
            except FileNotFoundError:
                return True

        wait_until(is_gone)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"workers": 0}, "workers must be 1 to 256, not 0"),
        ({"grace": -1}, "grace must be at least 0 seconds, not -1"),
        ({"grace": float("nan")}, "grace must be at least 0 seconds, not nan"),
        ({"workers": 2}, "workers must be 1, not 2: the journal, "),
    ],
)
def test_settings_that_cannot_be_honoured_are_refused(settings, reason):
    with pytest.raises(ValueError, match=reason):
        serve(create_app(), port=0, **settings)


def test_health_is_read_only_and_not_in_the_journal():
    with MockServer() as server, httpx.Client(base_url=server.url) as client:
        for path in ("/healthz", "/readyz"):
            assert client.get(path).json() == {"status": "ok"}
            assert client.head(path).status_code == 200
            refused = client.post(path)
            assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
            assert refused.json()["error"]["type"] == "invalid_request_error"
        assert server.requests.total == 0


def test_the_garbage_collector_is_as_before_after_serving(monkeypatch):
    def stop_at_once(_, sockets):
        sockets[0].close()

    monkeypatch.setattr(Server, "run", stop_at_once)
    before = gc.get_threshold()
    serve(create_app(), port=0)
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)
