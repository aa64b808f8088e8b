"""Calls by hand, for what the document does not describe: one method each way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, TypeVar

import httpx

from ._headers import Headers
from ._manual import ManualRequest
from ._request import Options, Query
from ._types import is_mapping, not_given

__all__ = ["AsyncVerbs", "RequestOptions", "SyncVerbs", "build_manual_request"]

T = TypeVar("T")


class RequestOptions(TypedDict, total=False):
    """What `get`, `post` and the others take as `options`."""

    headers: Headers
    """Headers to add; `omit` takes one away."""
    params: Query
    """Query parameters to add."""
    timeout: float | httpx.Timeout | None
    """Seconds, or an `httpx.Timeout`; None waits for ever."""
    deadline: float | None
    """Seconds from 0 for the whole call; None for no deadline."""
    max_retries: float
    """Attempts that may follow the first; `math.inf` for all."""
    extra_json: Mapping[str, object]
    """Members to put into the body last."""


def build_manual_request(
    method: str, path: str, body: object, options: RequestOptions | None
) -> tuple[ManualRequest, Options]:
    """Return what a verb sends, and how.

    Raises:
        TypeError: An option is unknown, or has nothing to add to.
    """
    given: RequestOptions = options or {}
    unknown = given.keys() - RequestOptions.__annotations__.keys()
    if unknown:
        known = ", ".join(RequestOptions.__annotations__)
        raise TypeError(f"no such option: {', '.join(unknown)}; there are {known}")
    whole = _with_extra(body, given.get("extra_json"))
    return (
        ManualRequest(method, path, whole, given.get("headers"), given.get("params")),
        Options(
            timeout=given.get("timeout", not_given),
            max_retries=given.get("max_retries"),
            deadline=given.get("deadline", not_given),
        ),
    )


def _with_extra(body: object, extra: Mapping[str, object] | None) -> object:
    if extra is None:
        return body
    if body is None:
        return dict(extra)
    if not is_mapping(body):
        raise TypeError("extra_json needs a body with members to add to")
    return {**body, **extra}


class SyncVerbs:
    """The methods of HTTP, each returning its answer as the type `cast_to`.

    Authentication, retries, timeouts and errors are those of every call. `cast_to`
    is `httpx.Response` for the answer itself, `str` or `bytes` for its body; for its
    JSON a model, `dict`, `list`, a number type, or `object` for whatever it is.
    """

    def _sent(self, freehand: ManualRequest, options: Options, to: type[T]) -> T:
        """Send a request by hand."""
        raise NotImplementedError

    def get(
        self, path: str, *, cast_to: type[T], options: RequestOptions | None = None
    ) -> T:
        """GET a path below the base URL, or a URL."""
        return self._sent(*build_manual_request("GET", path, None, options), cast_to)

    def post(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """POST a body (anything that has a form in JSON) to a path or a URL."""
        return self._sent(*build_manual_request("POST", path, body, options), cast_to)

    def put(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """PUT a body (anything that has a form in JSON) to a path or a URL."""
        return self._sent(*build_manual_request("PUT", path, body, options), cast_to)

    def patch(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """PATCH a body (anything that has a form in JSON) to a path or a URL."""
        return self._sent(*build_manual_request("PATCH", path, body, options), cast_to)

    def delete(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """DELETE a body (anything that has a form in JSON) to a path or a URL."""
        return self._sent(*build_manual_request("DELETE", path, body, options), cast_to)


class AsyncVerbs:
    """The methods of HTTP, each returning its answer as the type `cast_to`.

    Authentication, retries, timeouts and errors are those of every call. `cast_to`
    is `httpx.Response` for the answer itself, `str` or `bytes` for its body; for its
    JSON a model, `dict`, `list`, a number type, or `object` for whatever it is.
    """

    async def _sent(self, freehand: ManualRequest, options: Options, to: type[T]) -> T:
        """Send a request by hand."""
        raise NotImplementedError

    async def get(
        self, path: str, *, cast_to: type[T], options: RequestOptions | None = None
    ) -> T:
        """GET a path below the base URL, or a URL."""
        return await self._sent(
            *build_manual_request("GET", path, None, options), cast_to
        )

    async def post(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """POST a body (anything that has a form in JSON) to a path or a URL."""
        return await self._sent(
            *build_manual_request("POST", path, body, options), cast_to
        )

    async def put(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """PUT a body (anything that has a form in JSON) to a path or a URL."""
        return await self._sent(
            *build_manual_request("PUT", path, body, options), cast_to
        )

    async def patch(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """PATCH a body (anything that has a form in JSON) to a path or a URL."""
        return await self._sent(
            *build_manual_request("PATCH", path, body, options), cast_to
        )

    async def delete(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """DELETE a body (anything that has a form in JSON) to a path or a URL."""
        return await self._sent(
            *build_manual_request("DELETE", path, body, options), cast_to
        )
