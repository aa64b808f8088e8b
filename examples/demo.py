"""Show every part of the project at work, with comments: `make demo`.

Generates the client again, starts the mock server, calls it with curl and with the
client, checks it with the contract suite, and puts the bridge in front of it. The exit
status is 0 if all went well.
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
TOTAL = 6


def main() -> int:
    """Run the demonstration and return its exit status."""
    started = time.monotonic()
    say(1, "The client is generated from the document. Is it up to date?")
    run([sys.executable, "generator/emit.py", "--check"])
    count = sum(1 for _ in (ROOT / "generated").rglob("*.py"))
    print(f"{count} modules, identical to the committed ones")
    say(2, "The mock server serves the same document on a free port:")
    with serving("mock --port 0 --quiet") as url:
        environment = {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": KEY}
        curl(environment)
        chat(environment)
        contract(url, environment)
        bridge(url, environment)
    print(f"\nAll of it worked, in {time.monotonic() - started:.0f} s.")
    return 0


@contextlib.contextmanager
def serving(arguments: str) -> Iterator[str]:
    """Run a server on a free port while the block runs."""
    print(f"$ text-completions {arguments}", flush=True)
    with subprocess.Popen(
        [*program(), *arguments.split()], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline().strip()
            print(line)
            if not line.startswith("listening on "):
                raise SystemExit("the server did not start")
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


def bridge(upstream: str, environment: Mapping[str, str]) -> None:
    """Send a request of 2023 to the bridge, which asks a Messages API for the text."""
    say(6, "The bridge answers the same API with the text of a Messages API:")
    options = f"--upstream {upstream} --default-model claude-2.0"
    with serving(f"bridge --port 0 --quiet {options}") as url:
        prompt = "Why is the sky blue?"
        print(f"$ text-completions complete '{prompt}' --base-url {url}")
        run([*program(), "complete", prompt, "--base-url", url], environment)


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
