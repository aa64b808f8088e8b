"""Run programs that were written for the official SDK with our client in its place."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from text_completions_server import MockServer

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PATH = [HERE / "stand_in", ROOT / "src", ROOT / "generated"]
REPLY = " A reply with seven words in it."
PROGRAMS = sorted((HERE / "programs").glob("*.py"))

pytestmark = pytest.mark.skipif(
    not (ROOT / ".venv-programs" / "stamp").exists(),
    reason="the programs are not installed: `make programs` installs and runs them",
)


@pytest.mark.parametrize("program", PROGRAMS, ids=[path.stem for path in PROGRAMS])
def test_a_program_gets_its_texts_from_our_client(
    program: Path, tmp_path: Path
) -> None:
    year = program.stem.rpartition("_")[2]
    with MockServer() as server:
        server.reply(REPLY)
        done = subprocess.run(
            [ROOT / ".venv-programs" / year / "bin" / "python", program],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "PYTHONPATH": os.pathsep.join(map(str, PATH)),
                "ANTHROPIC_BASE_URL": server.url,
                "ANTHROPIC_API_URL": server.url,  # of langchain
                "ANTHROPIC_API_KEY": "sk-test",
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        requests = list(server.requests)
    assert done.returncode == 0, done.stderr
    texts = json.loads(done.stdout.splitlines()[-1])
    assert {text.strip() for text in texts} == {REPLY.strip()}
    assert len(requests) == len(texts)
    agents = {request.headers["user-agent"].partition("/")[0] for request in requests}
    assert agents == {"text-completions"}
