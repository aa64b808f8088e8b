"""The proxies of the http clients that this package makes.

httpx reads the environment only for transports that it makes itself, takes no network
such as `10.0.0.0/8` in `NO_PROXY`, and fails if it cannot read an entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.request import getproxies

import httpx

from .._urls import PORTS, masked_text


class InvalidProxyError(httpx.UnsupportedProtocol, ValueError):
    """An environment variable for a proxy has no proxy URL."""


class _Direct(NamedTuple):
    """An entry of `NO_PROXY`. An empty text stands for any scheme, host or port."""

    scheme: str
    host: str
    port: str

    def covers(self, scheme: str, host: str, port: int) -> bool:
        """Return whether there is no proxy for this place."""
        if self.scheme not in ("", "all", scheme) or self.port not in ("", str(port)):
            return False
        try:
            return ip_address(host) in ip_network(self.host, strict=False)
        except ValueError:  # one of the two is a name, which stands for all below it
            if self.host in ("", host):
                return True
            return host.endswith("." + self.host.removeprefix("."))


class Proxies(NamedTuple):
    """The proxies of a client.

    Attributes:
        by_scheme: The proxy for URLs of `http` or `https`, or `all` for both.
        direct: The places to which connections are direct.
    """

    by_scheme: Mapping[str, httpx.Proxy] = MappingProxyType({})
    direct: Sequence[_Direct] = ()

    def of(self, scheme: str, host: str, port: int | None) -> httpx.Proxy | None:
        """Return the proxy for a place, None for a direct connection."""
        proxy = self.by_scheme.get(scheme) or self.by_scheme.get("all")
        place = scheme, host, port or PORTS[scheme]
        if proxy is None or any(one.covers(*place) for one in self.direct):
            return None
        return proxy


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
    entries = found.get("no", "").replace(",", " ").split()
    by_scheme = {
        scheme: _environment_proxy(scheme, url)
        for scheme in ("http", "https", "all")
        if (url := found.get(scheme, "").strip())
    }
    return Proxies(by_scheme, [_direct(entry) for entry in entries])


def _environment_proxy(scheme: str, url: str) -> httpx.Proxy:
    url = url if "://" in url else f"http://{url}"
    try:
        return httpx.Proxy(url)
    except (ValueError, httpx.InvalidURL):
        raise InvalidProxyError(
            f"the environment variable {scheme.upper()}_PROXY must be a proxy URL of "
            f"http, https, socks5 or socks5h, not {masked_text(url)!r}"
        ) from None


def _direct(entry: str) -> _Direct:
    """Read an entry of `NO_PROXY`: a name, an address or a network, maybe a port."""
    scheme, _, place = entry.lower().rpartition("://")
    host, port = place, ""
    if place.startswith("["):  # an address of IPv6
        host, _, port = place[1:].partition("]")
    elif place.count(":") == 1:
        host, _, port = place.partition(":")
    return _Direct(scheme, host.removeprefix("*"), port.removeprefix(":"))
