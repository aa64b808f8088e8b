"""The mock's speed beside Prism, the mock server that most people know from npm.

Both serve openapi.yaml and answer the same valid request, in one piece: once as they
start without options, a log of each request included, and once with nothing logged.
The target is for the former, as a test meets them. Prism is installed beside
package.json in npm/ when node and npm are there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median

from figures import ratio
from servers import (
    BODY,
    CLI,
    MOCK,
    Program,
    costs,
    request_bytes,
    running,
    running_on_a_port,
)

NPM = Path(__file__).parent / "npm"
DOCUMENT = Path(__file__).parent.parent / "openapi.yaml"
LEAST = 4
SILENT = ("--verboseLevel", "silent")
ROUNDS, REQUESTS = 9, 200
LOGGING = [*CLI, "mock", "--port", "0"]
# Without this header Prism 5.16 ends with an exception: it reads an absent list.
BETA = b"anthropic-beta: none\r\n"


def compare() -> int:
    """Print how both do; return how many targets are missed, 0 where it is skipped."""
    reason = _install()
    if reason is not None:
        print(f"skipped: Prism ({reason})")
        return 0
    missed = 0
    with running(LOGGING, stderr=subprocess.DEVNULL) as ours, _prism() as prism:
        for connections in (1, 64):
            missed += _compare("as both start", ours, prism, connections, LEAST)
    with running(MOCK) as ours, _prism(*SILENT) as prism:
        for connections in (1, 64):
            _compare("both silent", ours, prism, connections)
    return missed


def _compare(
    how: str, ours: Program, prism: Program, connections: int, least: float = 0
) -> int:
    request = request_bytes(BODY, BETA)
    contenders = [(ours, request), (prism, request)]
    found = costs(contenders, connections, REQUESTS, ROUNDS)
    clocks = [[one.clock for one in each] for each in found]
    per_second = [1 / median(each) for each in clocks]
    times, of_cpu = (
        ratio(theirs, ours)
        for ours, theirs in (clocks, [[one.cpu for one in each] for each in found])
    )
    print(
        f"{how}, {connections} connections: {per_second[0]:.0f} requests per second, "
        f"Prism {_version()} {per_second[1]:.0f}, ratio {times:.1f}, "
        f"of CPU time {of_cpu:.1f}" + (f" (at least {least})" if least else "")
    )
    return int(min(times, of_cpu) < least)


def _version() -> str:
    asked = json.loads((NPM / "package.json").read_bytes())["dependencies"]
    return str(asked["@stoplight/prism-cli"])


def _install() -> str | None:
    """Why there is no Prism; None when it is there."""
    stamp, lock = NPM / "node_modules" / ".stamp", NPM / "package-lock.json"
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return "node and npm are not there"
    if stamp.exists() and stamp.stat().st_mtime >= lock.stat().st_mtime:
        return None
    command = [npm, "ci", "--ignore-scripts", "--no-progress", "--loglevel=error"]
    done = subprocess.run(command, cwd=NPM, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"npm could not install it: {done.stderr.strip().splitlines()[:1]}"
    stamp.touch()
    return None


def _prism(*options: str) -> AbstractContextManager[Program]:
    binary = NPM / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    command = ["node", str(binary), "mock", *options, str(DOCUMENT)]
    return running_on_a_port(command, 60)
