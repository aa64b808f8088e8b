"""A few seconds of what `make soak` does for a minute."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SOAK = Path(__file__).parent.parent.parent / "benchmarks" / "server_soak.py"


def test_mixed_faults_lose_no_request_and_leak_no_socket() -> None:
    done = subprocess.run(
        [sys.executable, SOAK, "--seconds", "3", "--connections", "32"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sent, counted = re.findall(
        r"requests sent (\d+), in the journal (\d+)", done.stdout
    )[0]
    assert sent == counted
    assert int(sent) > 32
