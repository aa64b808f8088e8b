"""The contract suite against the bridge, in front of the mock's `/v1/messages`."""

from __future__ import annotations

import pytest

from text_completions_contract import Settings, Verdict, run
from text_completions_server import MockServer
from text_completions_server.backends.bridge import Bridge, BridgeSettings

KEY = "sk-bridge"


@pytest.mark.parametrize("pass_messages", [False, True])
def test_no_must_deviates(pass_messages: bool) -> None:
    with MockServer(api_keys=[KEY]) as upstream:
        settings = BridgeSettings(
            upstream=upstream.url,
            default_model="claude-2.1",
            pass_messages=pass_messages,
        )
        with MockServer(backend=Bridge(settings)) as bridge:
            report = run(bridge.url, Settings(api_key=KEY))

    failed = [(result.clause.id, result.note) for result in report.deviations]
    assert failed == []
    assert report.exit_code == 0
    # The bridge learns of the limit when all text has passed: a SHOULD.
    advised = {result.clause.id for result in report.of(Verdict.FAILED)}
    assert advised == {"stream/2023-06-01/10"}
    judged = {result.clause.section for result in report.of(Verdict.PASSED)}
    assert ("messages" in judged) == pass_messages
