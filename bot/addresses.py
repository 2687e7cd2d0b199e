"""Addresses to listen at, as operators write them."""

from __future__ import annotations


def host_and_port(address: str) -> tuple[str, int]:
    """The parts of "host:port"; an IPv6 host stands in brackets. Raises ValueError."""
    host, colon, port = address.strip().rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise ValueError("not host:port")
    if ":" in host and not (host.startswith("[") and host.endswith("]")):
        raise ValueError("an IPv6 address needs brackets")
    return host.strip("[]"), int(port)
