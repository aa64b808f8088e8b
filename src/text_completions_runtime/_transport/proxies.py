"""The proxies of the http clients that this package makes.

httpx reads the environment only for transports that it makes itself, takes no network
such as `10.0.0.0/8` in `NO_PROXY`, and fails if it cannot read an entry.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.request import getproxies

import httpx

from .._urls import PORTS, masked_text

_SEPARATORS = str.maketrans({",": " ", "[": "", "]": ""})  # brackets are of IPv6


class InvalidProxyError(httpx.UnsupportedProtocol, ValueError):
    """An environment variable for a proxy has no proxy URL."""


class Proxies(NamedTuple):
    """The proxies of a client.

    Attributes:
        by_scheme: The proxy for URLs of `http` or `https`, or `all` for both.
        direct: The hosts without a proxy, as `NO_PROXY` names them.
    """

    by_scheme: Mapping[str, httpx.Proxy] = MappingProxyType({})
    direct: Sequence[str] = ()

    def of(self, scheme: str, host: str, port: int | None) -> httpx.Proxy | None:
        """Return the proxy for a place, None for a direct connection."""
        proxy = self.by_scheme.get(scheme) or self.by_scheme.get("all")
        if proxy is None or self._is_direct(scheme, host, port or PORTS[scheme]):
            return None
        return proxy

    def _is_direct(self, scheme: str, host: str, port: int) -> bool:
        for whole in self.direct:
            limit, _, entry = whole.rpartition("://")  # httpx reads such entries, too
            if limit not in ("", "all", scheme):
                continue
            name = entry.lstrip("*.")
            for place in (host, f"{host}:{port}"):
                if not name or place == name or place.endswith("." + name):
                    return True
            with contextlib.suppress(ValueError):  # one of the two is a name
                if ip_address(host) in ip_network(entry, strict=False):
                    return True
        return False


def proxies_of(options: dict[str, Any]) -> Proxies:
    """Return the proxies of a client, from its arguments or from the environment.

    Raises:
        InvalidProxyError: An environment variable has no proxy URL.
    """
    proxy = options.get("proxy")
    if proxy is not None:
        is_proxy = isinstance(proxy, httpx.Proxy)
        return Proxies({"all": proxy if is_proxy else httpx.Proxy(proxy)})
    return _environment_proxies() if options.get("trust_env", True) else Proxies()


def _environment_proxies() -> Proxies:
    found = getproxies()
    direct = found.get("no", "").lower().translate(_SEPARATORS).split()
    by_scheme = {
        scheme: _environment_proxy(scheme, url)
        for scheme in ("http", "https", "all")
        if (url := found.get(scheme, "").strip())
    }
    return Proxies(by_scheme, direct)


def _environment_proxy(scheme: str, url: str) -> httpx.Proxy:
    url = url if "://" in url else f"http://{url}"
    try:
        return httpx.Proxy(url)
    except (ValueError, httpx.InvalidURL):
        raise InvalidProxyError(
            f"the environment variable {scheme.upper()}_PROXY must be a proxy URL of "
            f"http, https, socks5 or socks5h, not {masked_text(url)!r}"
        ) from None
