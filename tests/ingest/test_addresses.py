"""Public addresses pass, all others do not, however they are written."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict.errors import SettingsError
from ingest.addresses import Allowance, check_url, literal, public_of, why_not_public

NOTHING = Allowance()
v4 = st.integers(0, 2**32 - 1).map(IPv4Address)
v6 = st.integers(0, 2**128 - 1).map(IPv6Address) | st.integers(0, 2**125 - 1).map(lambda n: IPv6Address(n + (1 << 125)))


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "193.0.0.1", "100.128.0.1", "172.32.0.1", "223.255.255.254"])
def test_public_ones_pass_in_every_form(text: str) -> None:
    address = IPv4Address(text)
    assert why_not_public(address) is None
    assert why_not_public(IPv6Address(f"::ffff:{text}")) is None
    assert why_not_public(IPv6Address(f"64:ff9b::{text}")) is None
    assert why_not_public(IPv6Address("2a00:1450:4001:80b::200e")) is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("0.0.0.0", "unspecified"),  # noqa: S104 - judged, not listened on
        ("10.255.0.1", "private"),
        ("100.64.0.1", "carrier"),
        ("100.127.255.255", "carrier"),
        ("127.255.255.255", "loopback"),
        ("169.254.169.254", "link-local"),
        ("172.31.255.255", "private"),
        ("192.0.0.170", "protocols"),
        ("192.0.2.1", "documentation"),
        ("192.168.1.1", "private"),
        ("198.19.255.255", "benchmarks"),
        ("198.51.100.7", "documentation"),
        ("203.0.113.9", "documentation"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.255", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
    ],
)
def test_every_special_range_is_refused_bare_and_wrapped(text: str, what: str) -> None:
    packed = int(IPv4Address(text))
    for wrapped in (IPv4Address(text), IPv6Address(0xFFFF << 32 | packed), IPv6Address(f"64:ff9b::{text}")):
        assert what in (why_not_public(wrapped) or "")
    assert why_not_public(IPv6Address(packed)) is not None  # ::a.b.c.d
    assert why_not_public(IPv6Address((0x2002 << 112) | packed << 80)) == "a 6to4 tunnel"
    assert why_not_public(IPv6Address((0x20010000 << 96) | packed ^ 0xFFFFFFFF)) == "a Teredo tunnel"


@pytest.mark.parametrize(
    "text",
    [
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "2a00::1%1",
        "fec0::1",
        "fc00::1",
        "fd12::1",
        "ff02::1",
        "100::1",
        "2001:db8::1",
        "2001:2::1",
        "2001:10::1",
        "3fff::1",
        "64:ff9b:1::1",
        "4000::1",
        "5f00::1",
        "1::1",
    ],
)
def test_special_ipv6_is_refused(text: str) -> None:
    assert why_not_public(IPv6Address(text)) is not None


@given(v4 | v6)
def test_nothing_passes_that_the_standard_library_knows_as_special(address: IPv4Address | IPv6Address) -> None:
    if why_not_public(address) is None and (address.version == 4 or address in IPv6Network("2000::/3")):
        names = ("private", "loopback", "link_local", "multicast", "reserved", "unspecified")
        assert not [name for name in names if getattr(address, f"is_{name}")]


@given(v4)
def test_wrapping_never_opens_an_address(address: IPv4Address) -> None:
    bare = why_not_public(address) is None
    assert (why_not_public(IPv6Address(0xFFFF << 32 | int(address))) is None) == bare
    assert (why_not_public(IPv6Address(f"64:ff9b::{address}")) is None) == bare


@given(v4)
def test_only_the_plain_form_of_an_address_is_taken(address: IPv4Address) -> None:
    number = int(address)
    assert literal(str(address)) == address
    for odd in (str(number), hex(number), f"0{number:o}", f"0x{number:08X}", f"{number >> 24}.{number & 0xFFFFFF}"):
        assert isinstance(check_url(f"http://{odd}/", Allowance.parse(["0.0.0.0/0"])), str)


@given(v4 | v6)
def test_a_link_is_judged_by_its_address(address: IPv4Address | IPv6Address) -> None:
    host = str(address) if address.version == 4 else f"[{address}]"
    assert isinstance(check_url(f"https://{host}/x", NOTHING), str) == (why_not_public(address) is not None)


@given(st.text(max_size=60))
def test_any_text_is_a_target_or_a_reason(text: str) -> None:
    for link in (text, f"http://{text}/", f"https://example.org/{text}"):
        found = check_url(link, NOTHING)
        assert isinstance(found, str) or (found.host and found.url.scheme in ("http", "https"))


def test_an_operator_opens_networks_and_hosts_and_nothing_else() -> None:
    allow = Allowance.parse(["10.1.0.0/16", " [::1] ", "Feeds.Internal.", "127.0.0.1"])
    assert not isinstance(check_url("http://10.1.2.3:8080/", allow), str)
    assert not isinstance(check_url("http://[::1]:81/", allow), str)
    assert not isinstance(check_url("http://[::ffff:10.1.2.3]/", allow), str)
    assert not isinstance(check_url("http://feeds.internal:81/", allow), str)
    assert isinstance(check_url("http://10.2.0.1/", allow), str)
    assert public_of("feeds.internal", ["10.9.9.9"], allow)[1] is None
    assert public_of("other.internal", ["10.9.9.9"], allow)[1] == "it leads to 10.9.9.9, which is private"
    assert public_of("x.example", ["10.9.9.9", "8.8.8.8"], NOTHING) == ([IPv4Address("8.8.8.8")], None)
    assert public_of("x.example", [], NOTHING)[1] == "its look-up gave no address"
    assert ip_network("127.0.0.1/32") in allow.networks


@pytest.mark.parametrize("entry", ["", "10.0.0.0/99", "http://x/", "a b", "127.1", "0x7f.1"])
def test_an_allowance_that_means_nothing_is_named(entry: str) -> None:
    with pytest.raises(SettingsError, match="neither an address"):
        Allowance.parse([entry])
