"""The shipped list of sources, and what is said of a list with faults."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict.errors import SettingsError
from ingest.addresses import Allowance, check_url
from ingest.sources.catalog import Source, SourceKind, load_sources, read_sources

ONE = """[[source]]
id = "a-monitor"
name = "A Monitor"
kind = "monitor"
url = "https://example.org/feed"
language = "en"
countries = ["SY"]
owner = "Itself"
licence = "All rights reserved."
verified_on = ""
enabled = true
"""
SOURCES = load_sources()


def test_the_list_is_long_and_spans_the_conflicts() -> None:
    assert len(SOURCES) >= 40
    enabled = {code for source in SOURCES if source.enabled for code in source.countries}
    assert enabled >= {"SY", "UA", "SD", "YE", "PS", "LB", "IQ", "MM", "ML", "BF", "CD", "ET", "SO"}
    assert {source.language for source in SOURCES} >= {"en", "ar", "fr"}
    assert {source.kind for source in SOURCES} >= {
        SourceKind.MONITOR,
        SourceKind.OUTLET,
        SourceKind.PARTY,
        SourceKind.UN,
    }


def test_ids_and_addresses_are_each_once() -> None:
    assert len({source.source_id for source in SOURCES}) == len(SOURCES)
    assert len({source.url for source in SOURCES}) == len(SOURCES)
    assert len({source.name for source in SOURCES}) == len(SOURCES)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.source_id)
def test_every_source_can_be_asked_and_judged(source: Source) -> None:
    target = check_url(source.url, Allowance())
    assert not isinstance(target, str), target
    assert target.url.scheme == "https"
    assert source.verified_on is None, "set only by a check that reached the source"
    assert source.owner.strip()
    assert not source.owner.endswith(".")
    assert source.licence.endswith(".")
    if source.kind is SourceKind.PARTY:
        assert source.countries, "a party fights somewhere"
    words = f"{source.name} {source.owner} {source.note}".lower()
    for loaded in ("regime", "terrorist", "propaganda", "mouthpiece", "militia", "so-called", "notorious", "reliable"):
        assert loaded not in words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('id = "a-monitor"', 'id = "A monitor"'), "small letters"),
        (('kind = "monitor"', 'kind = "blog"'), "kind is none of"),
        (("https://example.org/feed", "http://example.org/feed"), "not https"),
        (("https://example.org/feed", "https://me:pw@example.org/feed"), "password"),
        (("https://example.org/feed", "ftp://example.org/feed"), "not http"),
        (('"en"', '"English"'), "language is not a code"),
        (('["SY"]', '["Syria"]'), "codes such as SY"),
        (('["SY"]', '"SY"'), "codes such as SY"),
        (("enabled = true", 'enabled = "yes"'), "neither true nor false"),
        (('verified_on = ""', 'verified_on = "soon"'), "verified_on"),
        (('owner = "Itself"', 'owner = ""'), "owner is not a short text"),
        (('owner = "Itself"\n', ""), "owner is missing"),
        (("enabled = true", "enabled = true\nenabeld = true"), "enabeld is not known"),
        (("enabled = true", "enabled = true\ncopies = 'AFP'"), "list of names"),
        (("[[source]]", "[[sources]]"), "other than"),
        (("[[source]]", "source"), "not TOML"),
    ],
)
def test_every_fault_is_named_with_its_source(change: tuple[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        read_sources(ONE.replace(*change), "mine.toml")
    assert str(caught.value).startswith("mine.toml")
    assert "pw" not in str(caught.value)


def test_all_faults_are_named_at_once_and_doubles_too() -> None:
    with pytest.raises(SettingsError) as caught:
        read_sources(ONE + ONE.replace('"monitor"', '"blog"'), "mine.toml")
    for words in ("kind is none of", "id is that of", "url is that of"):
        assert words in str(caught.value)


def test_plain_http_must_be_meant_and_days_are_read() -> None:
    text = ONE.replace("https://", "http://").replace('verified_on = ""', "verified_on = 2026-11-22\nplain_http = true")
    (source,) = read_sources(text, "mine.toml")
    assert (source.url, source.verified_on) == ("http://example.org/feed", date(2026, 11, 22))


def test_an_operators_file_adds_and_replaces(tmp_path: Path) -> None:
    known = SOURCES[0]
    own = tmp_path / "mine.toml"
    own.write_text(ONE + ONE.replace("a-monitor", known.source_id).replace("org/feed", "org/other"), encoding="utf-8")
    found = {source.source_id: source for source in load_sources(own)}
    assert len(found) == len(SOURCES) + 1
    assert found["a-monitor"].url == "https://example.org/feed"
    assert found[known.source_id] != known
    assert dataclasses.replace(found[known.source_id], url="") != known
    with pytest.raises(SettingsError, match="cannot be read"):
        load_sources(tmp_path / "missing.toml")


@given(st.text(max_size=120))
def test_any_text_is_a_list_or_a_reason(text: str) -> None:
    faults = ""
    found: tuple[Source, ...] | None = None
    try:
        found = read_sources(text, "mine.toml")
    except SettingsError as error:
        faults = str(error)
    assert bool(faults) == (found is None)
