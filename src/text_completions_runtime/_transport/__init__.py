"""Connections: pools, proxies, TLS and the httpx clients that use them."""
