"""The proxies of http clients with a transport of their own.

httpx reads the environment only for transports that it makes itself.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from urllib.request import getproxies

import httpx

from .._redact import masked_text


class InvalidProxyError(httpx.UnsupportedProtocol, ValueError):
    """An environment variable for a proxy has no proxy URL."""


def proxies_of(options: dict[str, Any]) -> dict[str, httpx.Proxy | None]:
    """Return the proxies of a client, by the URL pattern that `mounts` takes.

    None stands for the hosts of `NO_PROXY`, to which connections are direct.

    Args:
        options: The arguments of the client.

    Raises:
        InvalidProxyError: An environment variable has no proxy URL.
    """
    proxy = options.get("proxy")
    if proxy is not None:
        is_proxy = isinstance(proxy, httpx.Proxy)
        return {"all://": proxy if is_proxy else httpx.Proxy(proxy)}
    return _environment_proxies() if options.get("trust_env", True) else {}


def _environment_proxies() -> dict[str, httpx.Proxy | None]:
    found = getproxies()
    excluded = [host.strip() for host in found.get("no", "").split(",")]
    if "*" in excluded:
        return {}
    proxies: dict[str, httpx.Proxy | None] = {
        f"{scheme}://": _environment_proxy(scheme, url)
        for scheme in ("http", "https", "all")
        if (url := found.get(scheme, "").strip())
    }
    patterns = [_pattern(host) for host in excluded if host]
    return proxies | {pattern: None for pattern in patterns if pattern is not None}


def _environment_proxy(scheme: str, url: str) -> httpx.Proxy:
    url = url if "://" in url else f"http://{url}"
    try:
        return httpx.Proxy(url)
    except (ValueError, httpx.InvalidURL):
        raise InvalidProxyError(
            f"the environment variable {scheme.upper()}_PROXY must be a proxy URL of "
            f"http, https, socks5 or socks5h, not {masked_text(url)!r}"
        ) from None


def _pattern(host: str) -> str | None:
    """Return the URL pattern of a host of `NO_PROXY`, or None if httpx has no such.

    A name stands for all names below it. There is no pattern for networks of IPv6.
    """
    if "://" in host:
        return host
    if host.startswith("["):  # an address of IPv6, perhaps with a port
        address = host[1:].partition("]")[0]
        return f"all://{host}" if _is_address(address, IPv6Address) else None
    if _is_address(host, IPv4Address) or host.lower() == "localhost":
        return f"all://{host}"
    if _is_address(host, IPv6Address):
        return None if "/" in host else f"all://[{host}]"
    return f"all://*{host}"


def _is_address(host: str, kind: Callable[[str], object]) -> bool:
    try:
        kind(host.partition("/")[0])
    except ValueError:
        return False
    return True
