"""What every emitted client is: its settings, and all that goes around the I/O."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

import httpx

from .._client.options import (
    auth_headers,
    custom_headers,
    require_credentials,
    resolved_credentials,
    resolved_limit,
    resolved_timeout,
    resolved_url,
    start_logging,
)
from .._defaults import DEFAULT_TIMEOUT
from .._error_factory import ErrorFactory
from .._exchange import Call, checked_retries
from .._headers import merged_headers, sendable_headers, with_client_headers
from .._limits import Deadline
from .._log import Log
from .._manual import ManualRequest, outgoing
from .._redact import ALWAYS_SECRET, masked_url
from .._request import Options, Outgoing, build_request, prepare
from .._response.decoding import decode_answer
from .._spec import ApiSpec, Operation, StreamSpec, VersionRule
from .._types import NotGiven, Omit

__all__ = ["BaseClient"]

H = TypeVar("H", httpx.Client, httpx.AsyncClient)
C = TypeVar("C", bound="BaseClient[Any]")
V = TypeVar("V")


class BaseClient(Generic[H]):
    """What both clients share: the settings, and everything before and after I/O.

    Args:
        credentials: The secrets by argument; where all are None, the environment
            variables that the document names are read.
        base_url: Where the service is; None reads the environment, then takes the
            document's.
        timeout: Seconds for an answer or a gap within it (connecting stays at
            5 s), an `httpx.Timeout`, or None to wait for ever.
        deadline: Seconds from 0 for a whole call, its retries, redirects and stream
            included; None for no deadline.
        idle_timeout: Seconds from 0 for the next event of a stream that a caller
            waits for; None for no limit.
        max_retries: Attempts that may follow the first, from 0; `math.inf` for all.
        default_headers: Headers of every call.
        default_query: Query parameters of every call.
        http_client: The httpx client to use instead of one of the client's own.
        validate_requests: Whether arguments are checked before sending.
        strict: Whether answers are checked against the document.
        log_bodies: Whether the logger is told what is sent and received.
    """

    api_spec: ClassVar[ApiSpec]
    http_class: ClassVar[type[httpx.Client | httpx.AsyncClient]]
    max_retries: float
    timeout: httpx.Timeout
    deadline: float | None
    idle_timeout: float | None
    validate_requests: bool
    strict: bool
    log_bodies: bool

    def __init__(
        self,
        *,
        credentials: Mapping[str, str | None],
        base_url: str | httpx.URL | None,
        timeout: float | httpx.Timeout | NotGiven | None,
        deadline: float | None,
        idle_timeout: float | None,
        max_retries: float,
        default_headers: Mapping[str, str | Omit] | None,
        default_query: Mapping[str, object] | None,
        http_client: H | None,
        validate_requests: bool,
        strict: bool,
        log_bodies: bool,
    ) -> None:
        self._check_http_client(http_client)
        own = DEFAULT_TIMEOUT if http_client is None else http_client.timeout
        for argument, value in resolved_credentials(self.api_spec, credentials).items():
            setattr(self, argument, value)
        self.base_url = base_url
        self.timeout = resolved_timeout(timeout, own)
        self.deadline = resolved_limit("deadline", deadline, None)
        self.idle_timeout = resolved_limit("idle_timeout", idle_timeout, None)
        self.max_retries = checked_retries(max_retries)
        self.validate_requests = validate_requests
        self.strict = strict
        self.log_bodies = log_bodies
        self._default_headers = merged_headers(
            custom_headers(self.api_spec), default_headers
        )
        self._default_query = dict(default_query or {})
        self._http: H | None = http_client
        self._borrowed = http_client is not None
        self._closed = False
        self._origin: object = None
        self._header_cache: tuple[object, dict[str, str]] | None = None  # see _headers
        self._errors = ErrorFactory(self.api_spec)
        self._logger = logging.getLogger(self.api_spec.name)
        start_logging(self.api_spec)

    @property
    def base_url(self) -> httpx.URL:
        """Where the service is; it ends in a slash."""
        return self._base_url

    @base_url.setter
    def base_url(self, value: str | httpx.URL | None) -> None:
        self._base_url = resolved_url(self.api_spec, value)

    @property
    def default_headers(self) -> Mapping[str, str | Omit]:
        """The headers of every call that were asked for; `omit` takes one away."""
        return dict(self._default_headers)

    @property
    def default_query(self) -> Mapping[str, object]:
        """The query parameters of every call."""
        return dict(self._default_query)

    def is_closed(self) -> bool:
        """Tell whether the client was closed, or the http client that it uses."""
        return self._closed or (self._http is not None and self._http.is_closed)

    def _client(self) -> H:
        """Return the http client, made when it is first needed."""
        raise NotImplementedError

    def _copied(
        self: C,
        *,
        credentials: Mapping[str, str | None],
        base_url: str | httpx.URL | None,
        timeout: float | httpx.Timeout | NotGiven | None,
        deadline: float | NotGiven | None,
        idle_timeout: float | NotGiven | None,
        max_retries: float | NotGiven,
        default_headers: Mapping[str, str | Omit] | None,
        set_default_headers: Mapping[str, str | Omit] | None,
        default_query: Mapping[str, object] | None,
        set_default_query: Mapping[str, object] | None,
        http_client: Any,
        validate_requests: bool | None,
        strict: bool | None,
        log_bodies: bool | None,
    ) -> C:
        """Return a client with some settings changed, on the same connections."""
        _one_of(
            default_headers=default_headers, set_default_headers=set_default_headers
        )
        _one_of(default_query=default_query, set_default_query=set_default_query)
        made = self._clone(http_client)
        for argument, value in credentials.items():
            setattr(made, argument, _replaced(value, getattr(self, argument)))
        made.base_url = base_url or self.base_url
        made.timeout = resolved_timeout(timeout, self.timeout)
        made.deadline = resolved_limit("deadline", deadline, self.deadline)
        made.idle_timeout = resolved_limit(
            "idle_timeout", idle_timeout, self.idle_timeout
        )
        if not isinstance(max_retries, NotGiven):
            made.max_retries = checked_retries(max_retries)
        made._default_headers = merged_headers(
            _replaced(set_default_headers, self._default_headers), default_headers
        )
        made._default_query = {
            **_replaced(set_default_query, self._default_query),
            **(default_query or {}),
        }
        made.validate_requests = _replaced(validate_requests, self.validate_requests)
        made.strict = _replaced(strict, self.strict)
        made.log_bodies = _replaced(log_bodies, self.log_bodies)
        return made

    def _clone(self: C, http_client: Any) -> C:
        """Copy the client; the copy makes resources of its own."""
        self._check_http_client(http_client)
        made = type(self).__new__(type(self))
        cached = _cached(type(self))
        kept = {name: it for name, it in vars(self).items() if name not in cached}
        vars(made).update(kept)
        made._http = self._client() if http_client is None else http_client
        made._borrowed = self._borrowed or http_client is not None
        made._header_cache = None
        made._origin = self  # forgotten, it would close the connections
        return made

    def __copy__(self: C) -> C:
        return self._clone(None)

    def __deepcopy__(self: C, memo: dict[int, object]) -> C:
        return self._clone(None)  # connections and locks have no copies

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the settings alone: whoever unpickles it brings credentials."""
        if self._borrowed:
            raise TypeError(
                f"cannot pickle a {type(self).__name__} with an http_client of its "
                f"caller's: pickle what it was made of, and make it there"
            )
        secret = self.api_spec.secret_headers | ALWAYS_SECRET
        headers = self._default_headers.items()
        settings = {
            "base_url": str(self.base_url.copy_with(username=None, password=None)),
            "timeout": self.timeout,
            "deadline": self.deadline,
            "idle_timeout": self.idle_timeout,
            "max_retries": self.max_retries,
            "default_headers": {
                name: value for name, value in headers if name.lower() not in secret
            },
            "default_query": self._default_query,
            "validate_requests": self.validate_requests,
            "strict": self.strict,
            "log_bodies": self.log_bodies,
        }
        return _restored, (type(self), settings)

    def _check_http_client(self, given: object) -> None:
        if given is None or isinstance(given, self.http_class):
            return
        raise TypeError(
            f"Invalid `http_client` argument; Expected an instance of "
            f"`httpx.{self.http_class.__name__}` but got {type(given)}"
        )

    def _require_open(self) -> None:
        if self._closed:
            raise RuntimeError("Cannot send a request, as the client has been closed.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={str(masked_url(self.base_url))!r})"

    def _prepared(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
    ) -> Outgoing:
        return prepare(
            self.api_spec,
            operation,
            arguments,
            options,
            base_url=self.base_url,
            default_query=self._default_query,
            validate=self.validate_requests,
        )

    def _written(self, freehand: ManualRequest) -> Outgoing:
        return outgoing(
            self.api_spec,
            freehand,
            base_url=self.base_url,
            default_query=self._default_query,
        )

    def _call(
        self, http: H, outgoing: Outgoing, options: Options, *, unread: bool = False
    ) -> Call:
        """Make the call of a request; `unread` leaves its body to be read later."""
        headers = self._headers(http, outgoing)
        seconds = resolved_limit("deadline", options.deadline, self.deadline)
        timeout = resolved_timeout(options.timeout, self.timeout)
        request = build_request(
            http, outgoing, headers, timeout, own=not self._borrowed
        )
        return Call(
            request=request,
            stream=outgoing.stream or unread,
            max_retries=_retries(options, self.max_retries),
            follow_redirects=http.follow_redirects,
            errors=self._errors,
            auth=outgoing.authenticated,
            deadline=Deadline.after(seconds),
            idle_timeout=resolved_limit(
                "idle_timeout", options.idle_timeout, self.idle_timeout
            ),
        )

    def _headers(self, http: H, outgoing: Outgoing) -> dict[str, str]:
        """Return the headers of a request, merged and checked.

        Those of the latest call are kept where it asked for none of its own: most
        calls have the same ones, and merging them takes longer than checking a body.
        """
        if outgoing.headers or not outgoing.authenticated:
            return self._checked_headers(http, outgoing)
        made_of = (outgoing.defaults, self._secrets(), self._default_headers)
        kept = self._header_cache
        if kept is None or kept[0] != made_of:
            kept = self._header_cache = made_of, self._checked_headers(http, outgoing)
        return kept[1]

    def _checked_headers(self, http: H, outgoing: Outgoing) -> dict[str, str]:
        headers = self._merged_headers(outgoing)
        if outgoing.authenticated:
            require_credentials(self.api_spec, headers)
        secret = self.api_spec.secret_headers
        sent = sendable_headers(headers, secret, outgoing.method, outgoing.url)
        own = outgoing.authenticated and not self._borrowed
        return with_client_headers(http.headers, sent) if own else sent

    def _merged_headers(self, outgoing: Outgoing) -> dict[str, str | Omit]:
        own = {"user-agent": self.api_spec.user_agent}
        if not outgoing.authenticated:  # it goes elsewhere: nothing of ours with it
            return merged_headers(own, outgoing.defaults, outgoing.headers)
        return merged_headers(
            own,
            outgoing.defaults,
            auth_headers(self.api_spec.credentials, self._secrets()),
            self._default_headers,
            outgoing.headers,
        )

    def _rule(self, spec: StreamSpec, request: httpx.Request) -> VersionRule:
        return spec.rule(request.headers.get(spec.version) if spec.version else None)

    def _decoded(self, operation: Operation, response: httpx.Response) -> Any:
        return decode_answer(
            response, operation.response, self._errors, strict=self.strict
        )

    def _log(self) -> Log:
        return Log(self._logger, self.api_spec, self.log_bodies, self._secrets)

    def _secrets(self) -> dict[str, str | None]:
        return {
            one.argument: getattr(self, one.argument, None)
            for one in self.api_spec.credentials
        }


def _restored(cls: type[C], settings: dict[str, Any]) -> C:
    made = cls.__new__(cls)
    none = dict.fromkeys(one.argument for one in cls.api_spec.credentials)
    base: Any = BaseClient  # the emitted class takes each credential by its name
    base.__init__(made, credentials=none, http_client=None, **settings)
    return made


def _retries(options: Options, default: float) -> float:
    given = options.max_retries
    return default if given is None else checked_retries(given)


def _one_of(**given: object) -> None:
    """See that a setting is either added to or replaced."""
    if all(value is not None for value in given.values()):
        names = " and ".join(f"`{name}`" for name in given)
        raise ValueError(f"The {names} arguments are mutually exclusive")


def _replaced(given: V | None, kept: V) -> V:
    return kept if given is None else given


def _cached(cls: type[object]) -> list[str]:
    """Return the attributes that hold on to the client that they were made for."""
    return [
        name for name in dir(cls) if isinstance(getattr(cls, name), cached_property)
    ]
