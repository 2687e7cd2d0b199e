"""One spelling for one page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.links import absolute, canonical_link, link_key, link_rules, web_address

PATHS = st.text(alphabet="abcXYZ019-._~/%é ء:@!$&'()*+,;=", max_size=30).map(lambda path: "/" + path.replace(" ", ""))
NAMES = st.sampled_from(["id", "page", "p", "utm_source", "fbclid", "q", "at_medium", "ref"])
PAIRS = st.lists(st.tuples(NAMES, st.text(alphabet="ab1%é+", max_size=5)), max_size=5)


@pytest.mark.parametrize(
    ("link", "meant"),
    [
        ("HTTPS://Example.ORG:443/a?utm_source=x&id=1&fbclid=2#frag", "https://example.org/a?id=1"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/?b=2&a=1", "https://example.org/?b=2&a=1"),
        ("https://example.org/a/", "https://example.org/a/"),
        ("http://example.org:8080/a", "http://example.org:8080/a"),
        ("https://example.org/%7Ea/%d9%82", "https://example.org/~a/%D9%82"),
        ("https://example.org/ق", "https://example.org/%D9%82"),
        ("https://مثال.example/", "https://xn--mgbh0fb.example/"),
        ("https://example.org/#!/news/1", "https://example.org/#!/news/1"),
        ("https://m.bbc.co.uk/news/1?at_medium=RSS&at_campaign=K", "https://www.bbc.co.uk/news/1"),
        ("https://m.example.org/news/1", "https://m.example.org/news/1"),
        ("https://example.org/a?UTM_Source=x&ref=y", "https://example.org/a?ref=y"),
        ("  https://example.org/a  ", "https://example.org/a"),
        ("javascript:alert(1)", None),
        ("https://me:pw@example.org/", None),
        ("https://exa mple.org/", None),
        ("https:///a", None),
        ("https://example.org:99999/", None),
        ("https://[::1/", None),
        ("//example.org/a", None),
        ("/a", None),
        ("", None),
        (None, None),
        ("https://example.org/" + "a" * 2000, None),
    ],
)
def test_canonical_links(link: str | None, meant: str | None) -> None:
    assert canonical_link(link) == meant


@given(PATHS, PAIRS, st.sampled_from(["", "#x", "#!y"]), st.sampled_from(["example.org", "WWW.Example.org:80"]))
def test_twice_changes_nothing_and_tracking_never_counts(
    path: str, pairs: list[tuple[str, str]], fragment: str, host: str
) -> None:
    query = "&".join(f"{name}={value}" for name, value in pairs)
    once = canonical_link(f"http://{host}{path}?{query}{fragment}")
    assert once is not None
    assert canonical_link(once) == once
    assert once.isascii()
    tracked = f"http://{host}{path}?utm_medium=z&{query}&gclid=1{fragment}"
    assert canonical_link(tracked) == once


@given(st.text(max_size=80))
def test_any_text_is_a_link_or_none(text: str) -> None:
    for given_text in (text, f"https://{text}", f"https://example.org/{text}"):
        found = canonical_link(given_text)
        assert found is None or (web_address(found) == found and canonical_link(found) == found and link_key(found))
        assert absolute(given_text, "https://example.org/a/") is None or given_text


def test_keys_join_what_is_surely_one_page() -> None:
    same = {"https://www.example.org/a/", "http://example.org/a", "https://example.org/a?utm_source=x#y"}
    assert {link_key(link) for link in same} == {"example.org/a"}
    assert link_key("https://example.org/a?id=1") != link_key("https://example.org/a?id=2")
    assert link_key("https://example.org/") == "example.org"


def test_the_rules_are_sound() -> None:
    rules = link_rules()
    assert not rules.tracking & {"id", "p", "page", "ref", "source", "q", "v", "story"}
    for host, other in rules.mobile.items():
        assert host not in rules.mobile.values()
        assert canonical_link(f"https://{host}/a") == f"https://{other}/a"
