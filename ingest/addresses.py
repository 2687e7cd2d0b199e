"""Which addresses may be spoken to: public ones, and those that the operator names.

A feed, a redirect or a DNS answer is written by somebody else. If it could send us to 127.0.0.1, to a router or to the
metadata service of a cloud, it would read what only this machine may. So everything is refused that is not a public
unicast address by the registries below, however it is written or wrapped, unless an `Allowance` names it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from yarl import URL

from conflict.errors import SettingsError

Address = IPv4Address | IPv6Address
MAX_URL: Final = 2_000  # characters
DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its successors), with multicast (RFC 5771) and the
# one public-looking address that a cloud platform answers on from inside (168.63.129.16).
_V4: Final = tuple(
    (IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this network, unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a carrier's NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud platform's own"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.31.196.0/24", "for AS112 name servers"),
        ("192.52.193.0/24", "for multicast tunnels"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "for AS112 name servers"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_V6: Final = tuple(
    (IPv6Network(network), what)
    for network, what in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::/96", "an IPv4 address in a form no longer used"),
        ("64:ff9b:1::/48", "translated to a local IPv4 address"),
        ("100::/64", "for discarding"),
        ("2001::/32", "a Teredo tunnel"),
        ("2001:2::/48", "for benchmarks"),
        ("2001:db8::/32", "for documentation"),
        ("2001::/23", "reserved for protocols"),
        ("2002::/16", "a 6to4 tunnel"),
        ("2620:4f:8000::/48", "for AS112 name servers"),
        ("3fff::/20", "for documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_UNICAST: Final = IPv6Network("2000::/3")  # the only part of IPv6 given out as global unicast
_NAT64: Final = IPv6Network("64:ff9b::/96")


def why_not_public(address: Address) -> str | None:
    """What sort of address it is when it is not a public one, in words that follow "is"; None for a public one."""
    if isinstance(address, IPv4Address):
        return next((what for network, what in _V4 if address in network), None)
    if address.scope_id:
        return "tied to one network card"
    embedded = address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else None)
    if embedded is not None:
        what = why_not_public(embedded)
        return None if what is None else f"{what} ({embedded} in IPv6 form)"
    named = next((what for network, what in _V6 if address in network), None)
    return named or (None if address in _UNICAST else "reserved")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the operator opens beside the public internet: networks, and host names trusted to lead anywhere.

    An allowed network also opens its addresses in IPv4-mapped form. A host name is exact; it opens whatever its look-up
    gives, so it should be one that only the operator can change.
    """

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Allowance:
        """Of entries such as `10.1.0.0/16`, `127.0.0.1`, `::1`, `feeds.internal`. Raises SettingsError for others."""
        networks: list[IPv4Network | IPv6Network] = []
        hosts: set[str] = set()
        for entry in (given.strip().strip("[]") for given in entries):
            try:
                networks.append(ip_network(entry, strict=False))
            except ValueError as error:
                name = entry.rstrip(".").lower()
                if not name or set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-._") or _is_numeric(name):
                    raise SettingsError(
                        f"{entry!r} is neither an address, a network such as 10.1.0.0/16 nor a host name."
                    ) from error
                hosts.add(name)
        return cls(tuple(networks), frozenset(hosts))

    def allows(self, host: str, address: Address) -> bool:
        """Whether the operator opened this host name or this address."""
        if host in self.hosts:
            return True
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return any(
            one in network for network in self.networks for one in (address, mapped) if one is not None
        )  # an address is never "in" a network of the other version


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be asked, as far as its text tells: where it leads is checked when it is looked up."""

    url: URL
    host: str
    port: int
    address: Address | None  # of a host that is an address itself


def check_url(text: str, allow: Allowance) -> Target | str:
    """The target of a URL, or the reason it may not be asked: scheme, credentials, form of host, port, address."""
    if len(text) > MAX_URL:
        return f"its link is longer than {MAX_URL:,} characters"
    if any(c <= " " or c == "\\" or "\x7f" <= c <= "\xa0" for c in text):
        return "its link holds spaces, backslashes or control characters"
    try:
        url = URL(text).with_fragment(None)
        host, port = (url.raw_host or "").rstrip(".").lower(), url.port
    except ValueError:
        return "its link is not a web address"
    if url.scheme not in DEFAULT_PORTS:
        return "its link is not http or https"
    if url.raw_user is not None or url.raw_password is not None or "@" in text.partition("//")[2].partition("/")[0]:
        return "its link holds a user name or password"
    if not host or len(host) > 253 or port is None:
        return "its link names no host"
    if "%" in host:
        return "its host is tied to one network card"
    address = literal(host)
    if isinstance(address, str):
        return address
    known = host in allow.hosts or (address is not None and allow.allows(host, address))
    if not known:
        if address is not None and (what := why_not_public(address)):
            return f"the address {address} is {what}"
        if port not in (80, 443) and port < 1024:
            return f"port {port} belongs to another service than the web"
    return Target(url, host, port, address)


def literal(host: str) -> Address | str | None:
    """The address that a host is, None for a name; a reason for an address in a form made to deceive.

    Decimal (2130706433), octal (0177.0.0.1), hexadecimal (0x7f.1) and short (127.1) forms are read differently by
    different programs, so none is accepted.
    """
    if ":" in host:
        try:
            return IPv6Address(host)
        except ValueError:
            return "its host is not an address"
    if not _is_numeric(host):
        return None
    try:
        return IPv4Address(host)  # exactly four decimal numbers without leading zeros
    except ValueError:
        return f"its host {host[:60]} is an address in an unusual form"


def _is_numeric(host: str) -> bool:
    """Whether a host ends in a number, and so must be an address (WHATWG URL, "ends in a number")."""
    last = host.rstrip(".").rpartition(".")[2].lower()
    digits = last.removeprefix("0x")
    return last.isdecimal() or (last != digits and all(c in "0123456789abcdef" for c in digits))


def public_of(host: str, found: Iterable[str], allow: Allowance) -> tuple[list[Address], str | None]:
    """Of the addresses that a look-up gave, those that may be spoken to; and why not, when none may."""
    good: list[Address] = []
    reason: str | None = None
    for text in found:
        try:
            address = ip_address(text)
        except ValueError:
            reason = "its look-up gave something that is no address"
            continue
        what = why_not_public(address)
        if what is None or allow.allows(host, address):
            good.append(address)
        else:
            reason = f"it leads to {address}, which is {what}"
    return good, None if good else reason or "its look-up gave no address"
