"""The proxies of the environment, for httpx clients with a transport of their own.

httpx reads the environment only for transports that it makes itself.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from urllib.request import getproxies

__all__ = ["environment_proxies"]


def environment_proxies() -> dict[str, str | None]:
    """Read the proxies of the environment, as httpx does.

    Returns:
        URLs of proxies by the URL pattern that `httpx.Client(mounts=…)` takes. None
        stands for the hosts of `NO_PROXY`, to which connections are direct.
    """
    found = getproxies()
    excluded = [host.strip() for host in found.get("no", "").split(",")]
    if "*" in excluded:
        return {}
    proxies: dict[str, str | None] = {
        f"{scheme}://": url if "://" in url else f"http://{url}"
        for scheme in ("http", "https", "all")
        if (url := found.get(scheme))
    }
    patterns = [_pattern(host) for host in excluded if host]
    return proxies | {pattern: None for pattern in patterns if pattern is not None}


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
