"""URLs: checked, and without their secrets. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

import httpx

URL_ERRORS = (httpx.InvalidURL, UnicodeError)
"""What httpx raises for a text that is not a URL.

UnicodeError: a host name that cannot be encoded.
"""

MASK = "***"
"""What is shown in place of a secret."""

_LAST_PORT = 65535
PORTS: Mapping[str, int] = {"http": 80, "https": 443}
_USER_INFO = re.compile(r"(^|//)[^/?#\s]*@")


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Return scheme, host and port. Credentials are sent to one origin alone."""
    return url.scheme, url.host, url.port or PORTS.get(url.scheme)


def is_http(url: httpx.URL) -> bool:
    """Return whether a URL is absolute, of http or https, with a valid port."""
    try:
        host = url.host  # decoded here
    except UnicodeError:
        return False
    return url.scheme in PORTS and bool(host) and 0 <= (url.port or 0) <= _LAST_PORT


def masked_url(url: httpx.URL) -> httpx.URL:
    """Return a URL without its user name and password."""
    return url.copy_with(username=None, password=None) if url.userinfo else url


def masked_text(url: str) -> str:
    """Mask the user name and password in the text of a URL, also of a wrong one."""
    return _USER_INFO.sub(rf"\g<1>{MASK}@", url)
