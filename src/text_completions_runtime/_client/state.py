"""The state of a client, and the attributes that read and replace its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Self, TypeVar, overload

import httpx

from .._error_factory import ErrorFactory
from .._log import Log
from .._redact import masked_url
from .._spec import ApiSpec
from .options import Settings, resolved_url

V = TypeVar("V")


class Setting(Generic[V]):
    """An attribute of a client that reads its settings, and replaces one of them."""

    def __set_name__(self, owner: type[object], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, client: None, owner: type[object]) -> Self: ...
    @overload
    def __get__(self, client: object, owner: type[object]) -> V: ...
    def __get__(self, client: object | None, owner: type[object]) -> Any:
        return self if client is None else self._read(_state_of(client).settings)

    def __set__(self, client: object, value: V) -> None:
        self._change(_state_of(client), value)

    def _read(self, settings: Settings) -> Any:
        return getattr(settings, self._name)

    def _change(self, state: ClientState, value: V) -> None:
        state.change(**{self._name: value})


class CredentialSetting(Setting[str | None]):
    """An attribute of a client that reads one of its secrets, or replaces it."""

    def _read(self, settings: Settings) -> str | None:
        return settings.credentials[self._name]

    def _change(self, state: ClientState, value: str | None) -> None:
        state.change(credentials={**state.settings.credentials, self._name: value})


class ClientState:
    """What a client is made of. Its resources share it.

    Attributes:
        settings: They are replaced as a whole when one of them changes.
        http: The http client, once there is one.
        owns_http: Whether this package made the http client.
        base_url: Where requests go, without a user name and password.
        header_cache: The headers of the latest call, and what they were made of.
    """

    def __init__(
        self, api_spec: ApiSpec, settings: Settings, http: Any, *, owns_http: bool
    ) -> None:
        self.api_spec = api_spec
        self.http = http
        self.owns_http = owns_http
        self.closed = False
        self.header_cache: tuple[Settings, Mapping[str, Any], httpx.Headers] | None
        self.header_cache = None
        self._use(settings)

    def change(self, **changes: Any) -> None:
        """Change settings."""
        if "base_url" in changes:
            changes["base_url"] = resolved_url(self.api_spec, changes["base_url"])
        self._use(self.settings.evolve(**changes))

    def _use(self, settings: Settings) -> None:
        self.settings = settings
        self.base_url = masked_url(settings.base_url)
        names = frozenset(name.lower() for name in settings.default_headers)
        secrets = [one for one in settings.credentials.values() if one]
        self.errors = ErrorFactory(self.api_spec, names - self.api_spec.headers.keys())
        self.log = Log(self.api_spec, bodies=settings.log_bodies, secrets=secrets)


def _state_of(client: object) -> ClientState:
    """Return the state of a client."""
    state: ClientState = vars(client)["_state"]
    return state
