"""A minute of mixed faults on 64 connections: no request is lost, no socket leaks.

`make soak` runs it: benchmarks/server_soak.py [--seconds 60] [--connections 64]

The mock runs as a program of its own. Every request that was sent must be in its
journal, every answer must be the one that its fault asks for, and afterwards the
program must have as many files open as before.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from servers import BODY, MOCK, running

HANG_SECONDS = 0.3
FAULTS = {
    None: {200},
    "rate_limited": {429},
    "overloaded": {529},
    "internal_error": {500},
    "api_timeout": {504},
    "not_found": {404},
    "permission_denied": {403},
    "request_too_large": {413},
    "billing": {402},
    "slow_headers; seconds=0.05": {200},
    "slow_events; seconds=0.005": {200},
    "hang": {None},
    "hang; after=2": {None},
    "disconnect": {None},
    "cut_between_events": {None},
    "cut_mid_event": {None},
    "error_event": {200, 529},
    "malformed_event": {200},
    "html_502": {502},
    "truncated_json": {200},
}


class Connection:
    """Sends requests one after another, on a new connection where one is needed."""

    def __init__(self, host: str, port: int, random: Random) -> None:
        self.host, self.port, self.random = host, port, random
        self.writer: asyncio.StreamWriter | None = None
        self.sent = 0
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []

    async def run(self, until: float) -> None:
        while time.monotonic() < until:
            fault = self.random.choice([None, None, *FAULTS])
            stream = self.random.random() < 0.5
            status = await self.ask(fault, stream)
            self.seen[str(status)] += 1
            if status not in FAULTS[fault]:
                self.wrong.append(f"{fault} stream={stream}: {status}")
        self.close()

    async def ask(self, fault: str | None, stream: bool) -> int | None:
        """The status of a whole answer; None where it never came or was cut."""
        body = json.dumps(BODY | {"max_tokens_to_sample": 20, "stream": stream})
        asked = f"x-mock-fault: {fault}\r\n" if fault else ""
        head = (
            f"POST /v1/complete HTTP/1.1\r\nhost: mock\r\nx-api-key: sk-soak\r\n"
            f"anthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n"
            f"{asked}content-length: {len(body)}\r\n\r\n"
        )
        if self.writer is None:
            opened = await asyncio.open_connection(self.host, self.port)
            self.reader, self.writer = opened
        self.sent += 1
        try:
            async with asyncio.timeout(HANG_SECONDS if "hang" in asked else 30):
                self.writer.write((head + body).encode())
                await self.writer.drain()
                return await self.read()
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            self.close()
            return None

    async def read(self) -> int:
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if length:
            await self.reader.readexactly(int(length))
        else:
            while size := int(await self.reader.readuntil(b"\r\n"), 16):
                await self.reader.readexactly(size + 2)
            await self.reader.readexactly(2)
        return int(head.split()[1])

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.writer = None


def journal(url: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{url}/__mock__/journal?last=1") as answer:
        found: dict[str, object] = json.load(answer)
    return found


def open_files(process: int) -> int | None:
    folder = Path(f"/proc/{process}/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else None


async def soak(url: str, count: int, seconds: float) -> list[Connection]:
    address = urlsplit(url)
    connections = [
        Connection(str(address.hostname), int(address.port or 80), Random(number))
        for number in range(count)
    ]
    until = time.monotonic() + seconds
    await asyncio.gather(*(each.run(until) for each in connections))
    return connections


def settled(process: int, before: int | None) -> int | None:
    """How many files are open once it is as before, or after ten seconds."""
    end = time.monotonic() + 10
    while (now := open_files(process)) != before and time.monotonic() < end:
        time.sleep(0.1)
    return now


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--connections", type=int, default=64)
    arguments = parser.parse_args()
    with running(MOCK, stderr=subprocess.PIPE) as program:
        mock, url = program.process, program.url
        before = open_files(mock.pid)
        done = asyncio.run(soak(url, arguments.connections, arguments.seconds))
        after = settled(mock.pid, before)
        counted = journal(url)
    assert mock.stderr is not None
    errors = mock.stderr.read()
    sent = sum(each.sent for each in done)
    wrong = [each for connection in done for each in connection.wrong]
    seen = sum((each.seen for each in done), Counter[str]())
    print(f"requests sent {sent}, in the journal {counted['total']}")
    print(f"responses seen {dict(sorted(seen.items()))}")
    print(f"wrong responses {len(wrong)} {wrong[:5]}")
    print(f"files open before {before}, after {after}")
    print(f"exit status {mock.returncode}, on stderr: {errors or 'nothing'}")
    fine = sent == counted["total"] and not wrong and before == after and not errors
    return 0 if fine and mock.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
