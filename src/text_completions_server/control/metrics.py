"""Metrics for Prometheus, under the names of OpenTelemetry's conventions for GenAI.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/ has the names, the
units and the buckets; Prometheus writes dots as `_` and adds the unit.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from ..errors import ServerError
from .journal import AccessLogEntry

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"

_OPERATIONS: Final = {"complete": "text_completion", "messages": "chat"}
_OTHER: Final = "_OTHER"
_MAX_OTHER_NAMES: Final = 100
_MAX_NAME: Final = 100
_LABELS: Final = (
    "gen_ai_operation_name",
    "gen_ai_provider_name",
    "gen_ai_request_model",
    "gen_ai_response_model",
)
_TOKENS: Final = tuple(4**power for power in range(14))
_SECONDS: Final = tuple(0.01 * 2**power for power in range(14))
_FIRST_TOKEN: Final = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1),
    *(0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
)
_PER_TOKEN: Final = (
    *(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2),
    *(0.3, 0.4, 0.5, 0.75, 1.0, 2.5),
)


class Metrics:
    """Counts requests by what the access line says of them.

    prometheus-client is imported with the first request, because it then looks
    whether several processes share the metrics.

    Args:
        models: Names of models that always have labels of their own. Of other names
            the first 100 have, and the rest are `_OTHER`.

    Raises:
        ServerError: prometheus-client is not installed.
    """

    def __init__(self, models: Iterable[str]) -> None:
        if find_spec("prometheus_client") is None:
            raise ServerError(
                "metrics need prometheus-client: pip install 'text-completions[bridge]'"
            )
        self._names = _BoundedNames(models)
        self._reasons = _BoundedNames()

    def observe(self, entry: AccessLogEntry) -> None:
        """Count a request that has ended; requests to other paths do not count."""
        operation = _OPERATIONS.get(entry.path.rpartition("/v1/")[2])
        if operation is None:
            return
        notes = entry.notes
        model, upstream = notes.get("model"), notes.get("upstream_model")
        labels = (operation, "anthropic", self._names(model), self._names(upstream))
        error = _error_type(entry)
        seconds = entry.milliseconds / 1000
        to = self._instruments
        reason = self._reasons(notes.get("upstream_stop_reason"))
        to.duration.labels(*labels, error, reason).observe(seconds)
        for kind in ("input", "output"):
            tokens = notes.get(f"{kind}_tokens")
            if isinstance(tokens, int):
                to.tokens.labels(*labels, kind).observe(tokens)
        first, tokens = notes.get("time_to_first_token"), notes.get("output_tokens")
        if error or not entry.events or not isinstance(first, float):
            return
        to.first_token.labels(*labels).observe(first)
        if isinstance(tokens, int) and tokens > 1:
            per_token = max(0.0, seconds - first) / (tokens - 1)
            to.per_token.labels(*labels).observe(per_token)

    def response(self, _: Request) -> Response:
        """Make the response to Prometheus: the metrics of all processes."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        content = generate_latest(self._instruments.registry)
        return Response(content, media_type=CONTENT_TYPE_LATEST)

    @cached_property
    def _instruments(self) -> _Instruments:
        return _Instruments()


class _Instruments:
    """The histograms, and the registry that Prometheus is shown."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Histogram
        from prometheus_client.multiprocess import MultiProcessCollector

        self.registry = CollectorRegistry()
        own: CollectorRegistry | None = self.registry
        if FOLDER_VARIABLE in os.environ:
            MultiProcessCollector(self.registry)
            own = None

        def histogram(
            name: str, text: str, buckets: Sequence[float], *more: str
        ) -> Histogram:
            labels = (*_LABELS, *more)
            return Histogram(name, text, labels, buckets=buckets, registry=own)

        self.duration = histogram(
            "gen_ai_server_request_duration_seconds",
            "Seconds from a request to the end of its response.",
            _SECONDS,
            "error_type",
            "gen_ai_response_finish_reasons",
        )
        self.first_token = histogram(
            "gen_ai_server_time_to_first_token_seconds",
            "Seconds to the first piece of a stream that did not fail.",
            _FIRST_TOKEN,
        )
        self.per_token = histogram(
            "gen_ai_server_time_per_output_token_seconds",
            "Seconds per token after the first, of streams that did not fail.",
            _PER_TOKEN,
        )
        self.tokens = histogram(
            "gen_ai_client_token_usage",
            "Tokens of a request or a response, as the upstream counts them.",
            _TOKENS,
            "gen_ai_token_type",
        )


class _BoundedNames:
    """Turns names into label values, of which there are not too many.

    Args:
        known: Names that always have a value of their own.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._names = {"", *known}
        self._limit = len(self._names) + _MAX_OTHER_NAMES

    def __call__(self, name: object) -> str:
        """Return the label value of a name."""
        value = "" if name is None else str(name)[:_MAX_NAME]
        if value not in self._names:
            if len(self._names) >= self._limit:
                return _OTHER
            self._names.add(value)
        return value


def _error_type(entry: AccessLogEntry) -> str:
    """Return the status of what failed, or `cancelled`; empty for success."""
    if entry.status not in range(200, 400):
        return str(entry.status)
    if entry.notes.get("cancelled"):
        return "cancelled"
    status = entry.notes.get("error_status")
    return "" if status is None else str(status)


@contextmanager
def shared_metrics() -> Generator[None]:
    """Let processes that are forked now share their metrics, in a temporary folder.

    Raises:
        ValueError: prometheus-client was imported before, and keeps them apart.
    """
    if FOLDER_VARIABLE in os.environ:
        yield
        return
    if "prometheus_client" in sys.modules:
        raise ValueError(
            "workers cannot share metrics, because prometheus_client was imported "
            f"before: set {FOLDER_VARIABLE} to an empty folder when the program starts"
        )
    with TemporaryDirectory(prefix="text-completions-metrics-") as folder:
        os.environ[FOLDER_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER_VARIABLE]
