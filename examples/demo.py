"""Show every part of the project at work, with comments: `make demo`.

Generates the client again, starts the mock server, calls it with curl and with the
client, and checks it with the contract suite. The exit status is 0 if all went well.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEY = "sk-demo"
TOTAL = 5


def main() -> int:
    """Run the demonstration and return its exit status."""
    started = time.monotonic()
    say(1, "The client is generated from the document. Is it up to date?")
    run([sys.executable, "generator/emit.py", "--check"])
    count = sum(1 for _ in (ROOT / "generated").rglob("*.py"))
    print(f"{count} modules, identical to the committed ones")
    with mock() as url:
        environment = {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": KEY}
        curl(environment)
        chat(environment)
        contract(url, environment)
    print(f"\nAll of it worked, in {time.monotonic() - started:.0f} s.")
    return 0


@contextlib.contextmanager
def mock() -> Iterator[str]:
    """Run the mock server on a free port while the block runs."""
    say(2, "The mock server serves the same document on a free port:")
    command = [*program(), "mock", "--port", "0", "--quiet"]
    print("$ text-completions mock --port 0 --quiet")
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline().strip()
            print(line)
            if not line.startswith("listening on "):
                raise SystemExit("the mock did not start")
            yield line.removeprefix("listening on ")
        finally:
            server.terminate()


def curl(environment: Mapping[str, str]) -> None:
    """Send the request of the API reference, if curl is installed."""
    say(3, "curl sends the request of the API reference of 2024:")
    if shutil.which("curl") is None:
        print("curl is not installed, so this step is skipped")
        return
    show("examples/hello.sh")
    run(["sh", "examples/hello.sh"], environment)
    print()


def chat(environment: Mapping[str, str]) -> None:
    """Stream a chat with the client, sync and async."""
    say(4, "The client streams the chat of the documentation of 2023, sync and async:")
    run(
        [sys.executable, "examples/chat.py", "Tell me something about copper kettles."],
        environment,
    )


def contract(url: str, environment: Mapping[str, str]) -> None:
    """Check the mock server with the contract suite."""
    say(5, "The contract suite checks the mock server:")
    print(f"$ text-completions contract {url}")
    run([*program(), "contract", url], environment)


def say(step: int, text: str) -> None:
    """Print the title of a step."""
    print(f"\n[{step}/{TOTAL}] {text}", flush=True)


def show(name: str) -> None:
    """Print the commands of a script."""
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            print(f"  {line}")
    sys.stdout.flush()


def program() -> list[str]:
    """Return the command `text-completions`, run by this Python."""
    return [sys.executable, "-m", "text_completions_cli"]


def run(command: list[str], environment: Mapping[str, str] | None = None) -> None:
    """Run a command, and stop if it fails."""
    sys.stdout.flush()
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **(environment or {})}, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"failed ({done.returncode}): {' '.join(command)}")


if __name__ == "__main__":
    sys.exit(main())
