"""What a run may be told; good without arguments."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

Profile: TypeAlias = Literal["quick", "full", "paid"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How to judge a server.

    Args:
        model: The one model name that the server is expected to answer.
        api_key: The key to send; None takes a throwaway one on a loopback address.
        key_name: The environment variable that stands for the key in a report.
        headers: Headers to add to every request; their values are left out of reports.
        path_prefix: What stands before `/v1/complete` on this server.
        version: The one version of the wire format to judge; None means all.
        document: The contract; None means the copy that is installed.
        only: Sections or ids of clauses to judge; empty means all.
        skip: Sections or ids of clauses to leave out.
        strict: Whether a failed SHOULD makes the server deviate, too.
        profile: `quick`; `full`, which sends more generated requests; or `paid`, for
            a live service: examples and directed requests alone, and short answers.
        seed: Where generated requests begin.
        max_requests: How many requests to send at most; then the run stops.
        max_tokens: How many tokens to ask for at most in answers that succeed.
        rate: How often to send at most, as `30/m`: a number per `s`, `m` or `h`.
        timeout: Seconds after which an answer that has not ended is given up.
        max_bytes: Bytes after which an answer is given up.
        max_events: Events after which a stream is given up.
    """

    model: str = "claude-2.1"
    api_key: str | None = field(default=None, repr=False)
    key_name: str = "ANTHROPIC_API_KEY"
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    path_prefix: str = ""
    version: str | None = None
    document: Path | None = None
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    strict: bool = False
    profile: Profile = "quick"
    seed: int = 1
    max_requests: int | None = None
    max_tokens: int | None = None
    rate: str | None = None
    timeout: float = 10.0
    max_bytes: int = 8 * 1024 * 1024
    max_events: int = 20_000
