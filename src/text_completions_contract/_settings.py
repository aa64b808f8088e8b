"""What a run may be told; good without arguments."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

Profile: TypeAlias = Literal["quick", "full"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to judge a server.

    Args:
        model: The one model name that the server is expected to answer.
        api_key: The key to send; None takes a throwaway one on a loopback address.
        key_name: The environment variable that stands for the key in a report.
        document: The contract; None means the copy that is installed.
        only: Sections to judge; empty means all.
        skip: Ids of clauses to leave out.
        strict: Whether a failed SHOULD makes the server deviate, too.
        profile: `quick` or `full`, which sends more generated requests.
        seed: Where generated requests begin.
        timeout: Seconds after which an answer that has not ended is given up.
        max_bytes: Bytes after which an answer is given up.
        max_events: Events after which a stream is given up.
    """

    model: str = "claude-2.1"
    api_key: str | None = field(default=None, repr=False)
    key_name: str = "ANTHROPIC_API_KEY"
    document: Path | None = None
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    strict: bool = False
    profile: Profile = "quick"
    seed: int = 1
    timeout: float = 10.0
    max_bytes: int = 8 * 1024 * 1024
    max_events: int = 20_000
