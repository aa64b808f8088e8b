"""The state of a client, and the attributes that read and replace its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Self, TypeVar, overload

from .._error_factory import ErrorFactory
from .._log import Log
from .._spec import ApiSpec
from .options import Settings, resolved_url, url_auth

__all__ = ["ClientState", "CredentialSetting", "Setting"]

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
        if client is None:
            return self
        return getattr(state_of(client).settings, self._name)

    def __set__(self, client: object, value: Any) -> None:
        state_of(client).change(**{self._name: value})


class CredentialSetting:
    """An attribute of a client that reads one of its secrets, or replaces it."""

    def __set_name__(self, owner: type[object], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, client: None, owner: type[object]) -> Self: ...
    @overload
    def __get__(self, client: object, owner: type[object]) -> str | None: ...
    def __get__(self, client: object | None, owner: type[object]) -> Any:
        if client is None:
            return self
        return state_of(client).settings.credentials[self._name]

    def __set__(self, client: object, value: str | None) -> None:
        state = state_of(client)
        credentials = {**state.settings.credentials, self._name: value}
        state.change(credentials=credentials)


class ClientState:
    """What a client is made of. Its resources share it.

    Attributes:
        api_spec: What the document says.
        settings: The settings, replaced as a whole when one of them changes.
        http: The http client, once there is one.
        owns_http: Whether this package made the http client.
        closed: Whether the client was closed.
        errors: Makes errors without the secrets of the settings.
        log: Writes calls without the secrets of the settings.
        base_url: Where requests go, without a user name and password.
        url_auth: The header for the user name and password of the base URL.
        header_cache: The headers of the latest call, and what they were made of.
    """

    def __init__(
        self, api_spec: ApiSpec, settings: Settings, http: Any, *, owns_http: bool
    ) -> None:
        self.api_spec = api_spec
        self.http = http
        self.owns_http = owns_http
        self.closed = False
        self.header_cache: tuple[Settings, Mapping[str, Any], dict[str, str]] | None
        self.header_cache = None
        self._use(settings)

    def change(self, **changes: Any) -> None:
        """Change settings."""
        if "base_url" in changes:
            changes["base_url"] = resolved_url(self.api_spec, changes["base_url"])
        self._use(self.settings.evolve(**changes))

    def _use(self, settings: Settings) -> None:
        self.settings = settings
        url = settings.base_url
        self.base_url = url.copy_with(username=None, password=None)
        self.url_auth = url_auth(url)
        names = frozenset(name.lower() for name in settings.default_headers)
        secrets = [one for one in settings.credentials.values() if one]
        self.errors = ErrorFactory(self.api_spec, names - self.api_spec.headers.keys())
        self.log = Log(self.api_spec, bodies=settings.log_bodies, secrets=secrets)


def state_of(client: object) -> ClientState:
    """Return the state of a client."""
    state: ClientState = vars(client)["_state"]
    return state
