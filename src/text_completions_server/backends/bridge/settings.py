"""The settings of the bridge, checked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import urlsplit

from ...checks import check_choice, check_number

UpstreamAuth = Literal["x-api-key", "bearer"]
SamplingMode = Literal["auto", "keep", "drop", "clamp"]
PrefillMode = Literal["auto", "keep", "instruct", "refuse"]


@dataclass(frozen=True, kw_only=True)
class BridgeSettings:
    """What a bridge asks, and how.

    Attributes:
        upstream: The base URL of a Messages API, without `/v1`:
            `https://api.anthropic.com`.
        model_map: The upstream's model by the name that callers use. An alias
            without an entry of its own takes that of the model it resolves to.
        default_model: The upstream's model for the names of the document that
            `model_map` does not have. None answers them with 404.
        any_model: Whether callers may use every name. One that is not mapped goes to
            `default_model`, or without it upstream as it is.
        upstream_key: The API key that is sent upstream. None sends the caller's own
            key, in the header in which it came.
        upstream_auth: The header of `upstream_key`: `x-api-key`, or `bearer` for
            `Authorization: Bearer KEY`.
        upstream_version: The `anthropic-version` that is sent upstream.
        models: A YAML file that replaces the table of what models accept; None takes
            the table of this package.
        sampling: What happens to temperature, top_p and top_k. `auto` leaves out what
            the table says the model refuses, `keep` sends them, `drop` sends none,
            `clamp` is `auto` and also lowers max_tokens to the table's maximum.
        prefill: What happens to text after the last assistant marker. `keep` sends it
            as the beginning of the response, `instruct` puts it into the system text,
            `refuse` answers 400. `auto` keeps it where the table says that the model
            accepts it, else instructs.
        repair: Whether doubled turn markers in prompts are repaired; else they are 400.
        pass_messages: Whether `/v1/messages` passes through to the upstream; else it
            is 404.
        deadline: Seconds for everything before the first token of a stream, retries
            included, and for the whole of a response that is not streamed.
        connect_timeout: Seconds for a connection to the upstream.
        first_token_timeout: Seconds until the first token of a stream; None leaves it
            to `deadline`.
        idle_timeout: Seconds of silence within a stream of the upstream, after its
            first token; its pings count as signs of life. None waits for ever.
        first_ping: Seconds that the status of a stream waits for the first token, so
            that an early error keeps its own; None waits as long as it takes.
        ping_interval: Seconds of silence after which a stream gets a `ping`; None
            sends none but the upstream's.
        max_retries: How often a failed request is sent upstream again, never after
            the upstream answered with 200.

    Raises:
        ValueError: A value cannot be used; the message has the name, the value and
            what is expected.
        TypeError: A value that must be a number is not one.
    """

    upstream: str
    model_map: Mapping[str, str] = field(default_factory=dict[str, str])
    default_model: str | None = None
    any_model: bool = False
    upstream_key: str | None = field(default=None, repr=False)
    upstream_auth: UpstreamAuth = "x-api-key"
    upstream_version: str = "2023-06-01"
    models: str | os.PathLike[str] | None = None
    sampling: SamplingMode = "auto"
    prefill: PrefillMode = "auto"
    repair: bool = False
    pass_messages: bool = False
    deadline: float = 600.0
    connect_timeout: float = 5.0
    first_token_timeout: float | None = None
    idle_timeout: float | None = 300.0
    first_ping: float | None = 10.0
    ping_interval: float | None = 10.0
    max_retries: int = 2

    def __post_init__(self) -> None:
        _check_upstream(self.upstream)
        _check_models(self.model_map, self.default_model, self.any_model)
        check_choice("upstream_auth", self.upstream_auth, get_args(UpstreamAuth))
        check_choice("sampling", self.sampling, get_args(SamplingMode))
        check_choice("prefill", self.prefill, get_args(PrefillMode))
        _check_seconds("deadline", self.deadline)
        _check_seconds("connect_timeout", self.connect_timeout)
        for name in ("first_token_timeout", "idle_timeout", "ping_interval"):
            if (value := getattr(self, name)) is not None:
                _check_seconds(name, value)
        if self.first_ping is not None:
            check_number("first_ping", self.first_ping, unit="seconds")
        check_number("max_retries", self.max_retries, whole=True)
        _check_header("upstream_version", self.upstream_version, shown=True)
        if self.upstream_key is not None:
            _check_header("upstream_key", self.upstream_key, shown=False)

    def upstream_model(self, requested: str, resolved: str) -> str | None:
        """Return the upstream's model for a name that a caller used.

        Args:
            requested: The name as the caller wrote it.
            resolved: The model that the name is an alias of, or the name itself.

        Returns:
            The model; None if there is none for the name.
        """
        for name in (requested, resolved):
            if name in self.model_map:
                return self.model_map[name]
        return self.default_model or (requested if self.any_model else None)


def _check_upstream(url: str) -> None:
    """Check the base URL; the message never shows a password in it."""
    form = "such as https://api.anthropic.com"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"upstream is not a URL: {error}; use one {form}") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("upstream must have no user name and no password in it")
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(f"upstream must be an http or https URL {form}, not {url!r}")
    if parts.query or parts.fragment:
        raise ValueError(f"upstream must have neither query nor fragment: {url!r}")
    if parts.path.rstrip("/").endswith(("/v1", "/v1/messages")):
        raise ValueError(
            f"upstream must be the URL before /v1/messages, {form}, not {url!r}"
        )


def _check_models(
    names: Mapping[str, str], default: str | None, any_model: bool
) -> None:
    for name, target in names.items():
        if not name or not target:
            raise ValueError(f"model_map has an empty name: {name!r} to {target!r}")
    if default == "":
        raise ValueError("default_model must be the name of a model, not ''")
    if not names and default is None and not any_model:
        raise ValueError(
            "no model can be served: give model_map, default_model or any_model"
        )


def _check_seconds(name: str, value: object) -> None:
    check_number(name, value, above=True, unit="seconds")


def _check_header(name: str, value: str, *, shown: bool) -> None:
    if not value or not all("!" <= character <= "~" for character in value):
        described = f", not {value!r}" if shown else ""
        raise ValueError(
            f"{name} must be printable ASCII text without spaces{described}"
        )
