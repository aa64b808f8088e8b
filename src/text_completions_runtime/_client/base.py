"""What both clients share: the settings, and everything before and after I/O."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

import httpx

from .._encoding import query_by_name
from .._exchange import AsyncIO, Call, SyncIO, exchange
from .._headers import basic_auth, merged_headers, sendable_headers
from .._limits import TimeLimit
from .._manual import RequestOptions, call_options, prepare_manual
from .._redact import ALWAYS_SECRET, masked_url
from .._request import Options, Outgoing, prepare
from .._response.decoding import (
    check_stream,
    decode_response,
    decoded_or_text,
    is_event_stream,
)
from .._response.responses import BaseResponse, RawResponse
from .._spec import ApiSpec, Operation
from .._transport.http_clients import DEFAULT_TIMEOUT
from .._transport.httpx2 import adopt_httpx2
from .._types import NotGiven, Omit, not_given, require_mapping
from .options import (
    Settings,
    read_settings,
    require_credentials,
    resolved_credentials,
    resolved_url,
    start_logging,
)
from .state import ClientState, Setting

H = TypeVar("H", httpx.Client, httpx.AsyncClient)
R = TypeVar("R", bound=BaseResponse[Any])
T = TypeVar("T")

_NO_CHANGES: Mapping[str, Any] = {  # of the settings, as in most calls
    "timeout": not_given,
    "deadline": not_given,
    "idle_timeout": not_given,
    "max_retries": None,
}


class BaseClient(Generic[H]):
    """The part of a client that does no I/O; see `Settings` for its arguments."""

    api_spec: ClassVar[ApiSpec]
    moved: ClassVar[Mapping[str, str]] = {}
    """Methods of older clients, and what to call instead."""
    http_class: ClassVar[type[httpx.Client | httpx.AsyncClient]]
    io: ClassVar[SyncIO | AsyncIO]
    stream_class: ClassVar[type[Any]]

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
            settings["timeout"] = (
                http_client.timeout if http_client else DEFAULT_TIMEOUT
            )
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

    @property
    def auth_headers(self) -> dict[str, str]:
        """The headers that authenticate."""
        settings = self._state.settings
        headers = basic_auth(settings.base_url)
        for one in self.api_spec.credentials:
            secret = settings.credentials.get(one.argument)
            if secret:
                headers[one.header] = one.prefix + secret
        return headers

    @property
    def user_agent(self) -> str:
        """The value of the header `user-agent`."""
        return self.api_spec.user_agent

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
        for name, before, replacement, read in (
            (
                "default_headers",
                settings.default_headers,
                set_default_headers,
                require_mapping,
            ),
            (
                "default_query",
                settings.default_query,
                set_default_query,
                query_by_name,
            ),
        ):
            added = changes[name]
            if added is not None and replacement is not None:
                names = f"`{name}` and `set_{name}`"
                raise ValueError(f"The {names} arguments are mutually exclusive")
            changes[name] = replacement
            if added is not None:
                changes[name] = {**before, **read(added, name)}
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

    async def _call(
        self, operation: Operation, arguments: Mapping[str, Any], options: Options
    ) -> Any:
        call = self._prepare(operation, arguments, options)
        response = await exchange(call)
        return self._parse(call, response)

    async def _call_unparsed(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
        returned: type[R],
    ) -> R:
        """Make a call and return the response; see `_respond`."""
        call = self._prepare(operation, arguments, options)
        return await self._respond(call, returned)

    async def _call_manually(
        self,
        method: str,
        path_or_url: str | httpx.URL,
        body: object,
        options: RequestOptions,
        returned: type[R],
    ) -> R:
        """Make a call that the document does not describe; see `_respond`."""
        own = call_options(options)
        outgoing = prepare_manual(
            self.api_spec,
            method,
            path_or_url,
            body,
            own,
            base_url=self._state.base_url,
            default_query=self._state.settings.default_query,
        )
        return await self._respond(self._new_call(outgoing, own), returned)

    async def _respond(self, call: Call, returned: type[R]) -> R:
        """Return a response, its body read if its class wants that, unless streamed."""
        call.read = returned.READ_FIRST and call.stream is None
        response = await exchange(call)
        is_unread = returned.READ_FIRST and not call.read
        if is_unread and not is_event_stream(response):
            with call.errors.reading(response):
                await call.io.read(response)  # there is nothing to iterate over
        return returned(call, response, self._parse)

    async def _cast(
        self,
        method: str,
        path: str,
        body: object,
        options: RequestOptions | None,
        to: type[T],
    ) -> T:
        response = await self._call_manually(
            method, path, body, options or {}, RawResponse[Any]
        )
        return response.parse(to=to)

    def _prepare(
        self, operation: Operation, arguments: Mapping[str, Any], options: Options
    ) -> Call:
        settings = self._state.settings
        outgoing = prepare(
            self.api_spec,
            operation,
            arguments,
            options,
            base_url=self._state.base_url,
            default_query=settings.default_query,
            validate=settings.validate_requests,
        )
        return self._new_call(outgoing, options, operation)

    def _new_call(
        self, outgoing: Outgoing, options: Options, operation: Operation | None = None
    ) -> Call:
        state, errors = self._state, self._state.errors
        try:
            http = self._http_client()
        except httpx.HTTPError as error:
            request = httpx.Request(outgoing.method, outgoing.url)
            raise errors.connection(error, request) from error
        settings = state.settings
        changes = {
            "timeout": options.timeout,
            "deadline": options.deadline,
            "idle_timeout": options.idle_timeout,
            "max_retries": options.max_retries,
        }
        if changes != _NO_CHANGES:
            settings = settings.evolve_given(**changes)
        deadline, idle_timeout = settings.deadline, settings.idle_timeout
        has_limit = deadline is not None or idle_timeout is not None
        return Call(
            request=self._build_request(http, outgoing, settings.timeout),
            http=http,
            io=self.io,
            operation=operation,
            stream=operation.stream if operation and outgoing.stream else None,
            strict=settings.strict,
            max_retries=settings.max_retries,
            follow_redirects=http.follow_redirects,
            errors=errors,
            log=state.log,
            auth=outgoing.authenticated,
            document_headers=outgoing.document_headers,
            limit=TimeLimit(deadline, idle_timeout, errors) if has_limit else None,
        )

    def _build_request(
        self, http: H, outgoing: Outgoing, timeout: httpx.Timeout
    ) -> httpx.Request:
        """Build the request that httpx sends.

        The headers of the latest call are kept if it had none of its own: most calls
        have the same ones, and merging and encoding them takes longer than checking a
        body.

        The caller's own http client builds the request itself, because it may have a
        base URL, headers, parameters or cookies, or override `build_request`. A client
        that this package made has cookies alone, and building without it takes half
        the time. A request to another origin carries nothing of either.
        """
        state, defaults = self._state, outgoing.document_headers
        cache = state.header_cache
        if outgoing.headers or not outgoing.authenticated:
            headers = self._merged_headers(http, outgoing)
        elif cache and cache[0] is state.settings and cache[1] == defaults:
            headers = cache[2]
        else:
            headers = self._merged_headers(http, outgoing)
            state.header_cache = state.settings, defaults, headers
        method, url, content = outgoing.method, outgoing.url, outgoing.content
        if outgoing.authenticated and not state.owns_http:
            return http.build_request(
                method, url, headers=headers, content=content, timeout=timeout
            )
        return httpx.Request(
            method,
            url,
            headers=headers,
            cookies=http.cookies if outgoing.authenticated else None,
            content=content,
            extensions={"timeout": timeout.as_dict()},
        )

    def _merged_headers(self, http: H, outgoing: Outgoing) -> httpx.Headers:
        defaults = {"user-agent": self.user_agent, **outgoing.document_headers}
        method, url = outgoing.method, outgoing.url
        if not outgoing.authenticated:  # another origin gets nothing of the client's
            merged = merged_headers(defaults, outgoing.headers)
            return httpx.Headers(sendable_headers(merged, method, url))
        own = self._state.settings.default_headers
        merged = merged_headers(defaults, self.auth_headers, own, outgoing.headers)
        require_credentials(self.api_spec, merged)
        sent = sendable_headers(merged, method, url)
        if self._state.owns_http:
            sent = merged_headers(http.headers, sent)
        return httpx.Headers(sent)

    def _parse(self, call: Call, response: httpx.Response) -> Any:
        """Return what a call returns: a model, another value, or a stream."""
        if call.operation is None:
            return decoded_or_text(response)
        if call.stream is None:
            return decode_response(
                response, call.operation.response, call.errors, strict=call.strict
            )
        if call.reader is None:
            check_stream(response, call.errors)
            call.reader = call.new_reader(call.stream, response)
        return self.stream_class(response, call.reader, call.events)
