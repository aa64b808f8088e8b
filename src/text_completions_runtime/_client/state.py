"""The state of a client: its settings and connections; copies and pickles of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, overload

import httpx

from .._encoding import by_name
from .._error_factory import ErrorFactory
from .._headers import ALWAYS_SECRET
from .._log import Log
from .._spec import ApiSpec
from .._transport.http_clients import DEFAULT_TIMEOUT
from .._transport.httpx2 import adopt_httpx2
from .._types import NotGiven, Omit
from .._urls import masked_url
from .options import (
    Settings,
    read_settings,
    resolved_credentials,
    resolved_url,
    start_logging,
)

H = TypeVar("H", httpx.Client, httpx.AsyncClient)
V = TypeVar("V")

_HTTPX_TIMEOUT = httpx.Timeout(5)
"""The default of httpx, so nobody chose it; it is too short for a model."""


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


class ConfiguredClient(Generic[H]):
    """A client without its calls: its settings, its connections, and copies of it."""

    api_spec: ClassVar[ApiSpec]
    moved: ClassVar[Mapping[str, str]] = {}
    """Methods of older clients, and what to call instead."""
    http_class: ClassVar[type[httpx.Client | httpx.AsyncClient]]

    base_url = Setting[httpx.URL]()
    timeout = Setting[httpx.Timeout]()
    deadline = Setting[float | None]()
    idle_timeout = Setting[float | None]()
    max_retries = Setting[float]()
    default_headers = Setting[Mapping[str, str | Omit]]()
    default_query = Setting[Mapping[str, object]]()
    validate_requests = Setting[bool]()
    strict = Setting[bool]()
    log_bodies = Setting[bool]()

    def __init__(self, *, http_client: H | None, **settings: Any) -> None:
        http_client = self._adopt_http_client(http_client)
        if isinstance(settings["timeout"], NotGiven):
            own = http_client.timeout if http_client else _HTTPX_TIMEOUT
            settings["timeout"] = DEFAULT_TIMEOUT if own == _HTTPX_TIMEOUT else own
        self._state = ClientState(
            self.api_spec,
            read_settings(self.api_spec, **settings),
            http_client,
            owns_http=http_client is None,
        )
        start_logging(self.api_spec)

    if not TYPE_CHECKING:  # a type checker shall still find misspelt names

        def __getattr__(self, name: str) -> Any:
            """Explain what to call instead of a method of older clients."""
            message = f"{type(self).__name__!r} object has no attribute {name!r}"
            if name in type(self).moved:
                message += f": call {type(self).moved[name]}"
            raise AttributeError(message)

    def is_closed(self) -> bool:
        """Return whether the client, or the http client that it uses, was closed."""
        state = self._state
        return state.closed or (state.http is not None and state.http.is_closed)

    def _http_client(self) -> H:
        """Return the http client, made when it is first needed."""
        state = self._state
        if state.closed:
            raise RuntimeError("Cannot send a request, as the client has been closed.")
        http: H = state.http or self._new_http_client()
        return http

    def _new_http_client(self) -> H:
        raise NotImplementedError

    def _copy(
        self,
        *,
        credentials: Mapping[str, str | None],
        http_client: H | None,
        set_default_headers: Mapping[str, str | Omit] | None,
        set_default_query: Mapping[str, object] | None,
        **changes: Any,
    ) -> Self:
        """Return a client with some settings changed, on the same connections."""
        settings = self._state.settings
        for name, before, replacement in (
            ("default_headers", settings.default_headers, set_default_headers),
            ("default_query", settings.default_query, set_default_query),
        ):
            added = changes[name]
            if added is not None and replacement is not None:
                names = f"`{name}` and `set_{name}`"
                raise ValueError(f"The {names} arguments are mutually exclusive")
            changes[name] = replacement
            if added is not None:
                changes[name] = {**before, **by_name(added, name)}
        if changes["base_url"] is not None:
            changes["base_url"] = resolved_url(self.api_spec, changes["base_url"])
        replaced = {name: one for name, one in credentials.items() if one is not None}
        changes["credentials"] = {**settings.credentials, **replaced}
        http_client = self._adopt_http_client(http_client)
        return self._share_connections(settings.evolve_given(**changes), http_client)

    def _share_connections(
        self, settings: Settings, http_client: H | None = None
    ) -> Self:
        """Return a client with these settings, on the same or other connections."""
        copy = self._clone()
        copy._state = ClientState(
            self.api_spec,
            settings,
            http_client or self._http_client(),
            owns_http=self._state.owns_http and http_client is None,
        )
        return copy

    def _clone(self) -> Self:
        """Return a client with the same state, and without resources of its own.

        A resource holds such a clone: if it held the client itself, client and
        resource would be a cycle, and a client that nobody holds any more would keep
        its connections until the garbage collector comes.
        """
        cls = type(self)
        clone = cls.__new__(cls)
        for name, value in vars(self).items():
            if not isinstance(getattr(cls, name, None), cached_property):
                setattr(clone, name, value)
        return clone

    def __copy__(self) -> Self:
        return self._share_connections(self._state.settings)

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self.__copy__()  # connections and locks cannot be copied

    def __getstate__(self) -> Settings:
        """Return the settings to pickle, without credentials: the reader has its own.

        Raises:
            TypeError: The client has an `http_client` of its caller's.
        """
        if not self._state.owns_http:
            raise TypeError(
                f"cannot pickle a {type(self).__name__} with an http_client of its "
                f"caller's: pickle its arguments, and make it where it is needed"
            )
        settings = self._state.settings
        secret = self.api_spec.secret_headers | ALWAYS_SECRET
        return settings.evolve(
            credentials={},
            base_url=settings.base_url.copy_with(username=None, password=None),
            default_headers={
                name: value
                for name, value in settings.default_headers.items()
                if name.lower() not in secret
            },
        )

    def __setstate__(self, settings: Settings) -> None:
        credentials = dict.fromkeys(one.argument for one in self.api_spec.credentials)
        found = resolved_credentials(self.api_spec, credentials)
        settings = settings.evolve(credentials=found)
        self._state = ClientState(self.api_spec, settings, None, owns_http=True)

    def _adopt_http_client(self, http_client: Any) -> Any:
        """Return an http client of the caller's; one of httpx2 is accepted too."""
        http_client = adopt_httpx2(http_client)
        if http_client is None or isinstance(http_client, self.http_class):
            return http_client
        raise TypeError(
            f"Invalid `http_client` argument; Expected an instance of "
            f"`httpx.{self.http_class.__name__}` but got {type(http_client)}"
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={str(masked_url(self.base_url))!r})"
