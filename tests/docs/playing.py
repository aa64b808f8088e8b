"""Do what a page says, block by block, as a reader would who starts at its top.

The blocks of a page share a folder and a mock on a real port.

- A block with a title is a file of that name. Python whose title begins with `test_`
  is run by pytest, and so is Python that defines a test.
- Other Python is run. It has to print something.
- Of a `sh` block each line is run and has to succeed. A server that is started stays
  until the end of the page. Lines with `pip install` and `make` change the machine, so
  it is only checked that the extra and the verb exist. An `export` is not kept, since
  the sections of a page are independent: its variable must be one that is set here.
- A `text` block is exactly what the block above it prints.
- YAML, TOML and JSON have to be readable.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import yaml
from pages import ROOT, Block

from text_completions_cli import main
from text_completions_server import MockServer

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")
SERVERS = ("mock", "bridge")
# What costs much and shows nothing more: all clauses, one request each second.
CHEAPER = (
    (
        re.compile(r"^(text-completions contract (?!.*--(only|list|compare)).*)"),
        r"\1 --only headers",
    ),
    (
        re.compile(r"^(pytest (?!.* -k ).*--pyargs text_completions_contract.*)"),
        r"\1 -k auth",
    ),
    (re.compile(r"--rate 60/m"), "--rate 60/s"),
)
# The reader's server passes what the shown list expects to fail, and the reader's edit
# of the document breaks callers.
ENDS_WITH_1 = ("--expected-failures known.yaml", "text-completions diff ")


class MisleadingBlock(Exception):
    """A block of a page does not do what it says."""


class Reader:
    """Somebody who follows a page in a folder of their own."""

    def __init__(self, folder: Path, *, thorough: bool = False) -> None:
        self.folder = folder
        self.thorough = thorough
        self.missing: set[str] = set()  # programs that are not installed here
        self._stack = contextlib.ExitStack()
        self._moved: dict[str, str] = {}  # ports of the page and where it is instead
        self._printed = ""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self._mock = stack.enter_context(MockServer())
            stack.enter_context(contextlib.chdir(self.folder))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def environment(self) -> dict[str, str]:
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        kept = {name: os.environ[name] for name in os.environ if "PYTEST" not in name}
        return {
            **kept,
            "PATH": programs,
            "MOCK": self._mock.url,
            "ANTHROPIC_BASE_URL": self._mock.url,
            "ANTHROPIC_API_KEY": "sk-page",
        }

    def follow(self, block: Block) -> None:
        """Do what a block says.

        Raises:
            MisleadingBlock: That does not work, or prints something else.
        """
        if block.title is not None:
            Path(block.title).write_text(block.text, "utf-8")
        try:
            FOLLOW[block.language](self, block)
        except Exception as error:
            raise MisleadingBlock(f"{block.place}: {error}") from error

    def python(self, block: Block) -> None:
        if re.search(r"^(async )?def test_|^@pytest.fixture", block.text, re.MULTILINE):
            self._pytest(block)
        elif block.title is None:
            self._program(block)

    def _pytest(self, block: Block) -> None:
        if block.title == "conftest.py":
            return
        name = block.title or f"test_line_{block.line}.py"
        Path(name).write_text(block.text, "utf-8")
        quick = "-p no:cacheprovider -p no:schemathesis -p no:xdist"
        done = self._run(f"python -m pytest -q {quick} {name}")
        assert done.returncode == 0, done.stdout

    def _program(self, block: Block) -> None:
        code = compile(self._redirected(block.text), block.place, "exec")
        with printed() as out, self._variables(), importable(self.folder):
            exec(code, {"__name__": "__main__"})
        self._printed = out.read()
        assert self._printed.strip(), "nothing is printed"

    def output(self, block: Block) -> None:
        assert self._printed == block.text, f"this is printed:\n{self._printed}"

    def shell(self, block: Block) -> None:
        for line in block.text.replace("\\\n", " ").splitlines():
            command = re.split(r"(?:^|\s+)#", line)[0].strip()
            if command:
                self._line(self._redirected(command))

    def _line(self, line: str) -> None:
        words = shlex.split(line.removesuffix("&"))
        match words:
            case ["pip", "install", *what]:
                assert_installable(what)
            case ["make", verb, *_]:
                assert f"\n{verb}: " in MAKEFILE, f"make has no verb {verb}"
            case [".ci/run"]:
                assert (ROOT / ".ci" / "run").exists()
            case ["export", assignment]:
                name = assignment.partition("=")[0]
                assert name in self.environment, f"nothing reads {name}"
            case ["text-completions", command, *_] if command in SERVERS:
                self._serve(words[1:])
            case [program, *_] if shutil.which(program, path=self.environment["PATH"]):
                status, self._printed = self._command(line)
                expected = any(part in line for part in ENDS_WITH_1)
                assert status == expected, f"{line}\n{self._printed}"
                assert self._printed.strip(), f"{line} prints nothing"
            case [program, *_]:
                self.missing.add(program)

    def _command(self, line: str) -> tuple[int, str]:
        if not self.thorough:
            for pattern, replacement in CHEAPER:
                line = pattern.sub(replacement, line)
        words = shlex.split(line)
        if words[0] != "text-completions" or set(line) & set("|<>&;"):
            done = self._run(line)
            return done.returncode, done.stdout
        # A process of its own would take half a second.
        with printed() as out, self._variables():
            try:
                status = main([os.path.expandvars(word) for word in words[1:]])
            except SystemExit as end:
                status = int(end.code or 0)
        return status, out.read()

    def _run(self, line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", line],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )

    def _serve(self, words: list[str]) -> None:
        """Start a server on a free port, and use that one from now on."""
        port = words[words.index("--port") + 1] if "--port" in words else "8765"
        server = self._stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "text_completions_cli", *words, "--port", "0"],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        )
        self._stack.callback(server.terminate)
        assert server.stdout is not None
        found = ADDRESS.search(server.stdout.readline())
        assert found is not None, f"{words} does not listen"
        self._moved[port] = found[0]

    def _redirected(self, text: str) -> str:
        """Replace the addresses of the page by those where something listens."""
        return ADDRESS.sub(
            lambda match: self._moved.get(match[1], self._mock.url), text
        )

    def _variables(self) -> contextlib.AbstractContextManager[None]:
        return variables(self.environment)


FOLLOW: dict[str, Callable[[Reader, Block], object]] = {
    "": lambda _, __: None,  # a drawing
    "json": lambda _, block: json.loads(block.text),
    "python": Reader.python,
    "sh": Reader.shell,
    "text": Reader.output,
    "toml": lambda _, block: tomllib.loads(block.text),
    "yaml": lambda _, block: yaml.safe_load(block.text),
}


def assert_installable(what: list[str]) -> None:
    """Check that a line of pip names this project and extras that it has."""
    wheel = f"dist/text_completions-{PROJECT['version']}-py3-none-any.whl"
    names = {".", wheel, PROJECT["name"]}
    ours = [one for one in what if one.partition("[")[0] in names]
    for one in ours:
        extras = re.findall(r"[\w-]+", one.partition("[")[2])
        assert set(extras) <= PROJECT["optional-dependencies"].keys(), one


@contextlib.contextmanager
def printed() -> Iterator[io.TextIOWrapper]:
    """Collect what is printed, as text or as bytes."""
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with contextlib.redirect_stdout(out):
        yield out
    out.seek(0)


@contextlib.contextmanager
def importable(folder: Path) -> Iterator[None]:
    """Let the files of a folder be imported while the block runs, and forget them."""
    kept = list(sys.path)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path[:] = kept
        for name, module in list(sys.modules.items()):
            if (getattr(module, "__file__", None) or "").startswith(str(folder)):
                del sys.modules[name]


@contextlib.contextmanager
def variables(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables while the block runs."""
    kept = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)
