"""People that reports count: said in the reader's language, with its own forms, and never lost."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict.actors import Actors
from conflict.facts import Actor, Casualty
from conflict.vocabulary import CasualtyKind
from messages.bidi import has_rtl
from messages.catalog import Catalog
from messages.html import visible
from messages.people import _COUNTED, _NAMES, listed, nearest
from messages.tolls import casualties
from messages.wording import actor

CATALOG = Catalog.load(Actors.load())
EN, AR = CATALOG.texts("en"), CATALOG.texts("ar")
DATA = tomllib.loads(files("messages").joinpath("data", "people.toml").read_text("utf-8"))
WORDS = sorted({word for entry in DATA.values() for key in ("words", "also") for word in entry.get(key, ())})


def said(casualty: Casualty, language: str) -> str:
    return visible(casualties((casualty,), CATALOG.texts(language)))


def test_every_sort_of_people_has_its_wordings_and_every_wording_its_words() -> None:
    assert set(DATA) == set(_COUNTED) == set(_NAMES)
    assert all(set(entry) <= {"words", "also", "side", "unarmed"} for entry in DATA.values())
    assert {entry.get("side") for entry in DATA.values()} <= {None, "said", "state", "group"}


@given(st.sampled_from(WORDS), st.integers(0, 300), st.sampled_from(["en", "ar"]))
def test_no_listed_word_reaches_a_reader_in_the_other_script(word: str, n: int, language: str) -> None:
    text = said(Casualty(CasualtyKind.KILLED, None, word, None, n), language)
    letters = [c for c in text.replace("killed", "") if c.isalpha()]
    assert letters
    assert all(has_rtl(c) == (language == "ar") for c in letters)


@pytest.mark.parametrize(
    ("role", "english", "arabic"),
    [
        ("children", "killed: 3 children", "القتلى: 3 أطفال"),
        ("أطفال", "killed: 3 children", "القتلى: 3 أطفال"),
        ("women", "killed: 3 women", "القتلى: 3 نساء"),
        ("نساء", "killed: 3 women", "القتلى: 3 نساء"),
        ("doctors", "killed: 3 doctors", "القتلى: 3 عاملين صحيين"),
        ("medics", "killed: 3 medics", "القتلى: 3 عاملين صحيين"),
        ("صحفيين", "killed: 3 journalists", "القتلى: 3 صحفيين"),
        ("local journalists", "killed: 3 local journalists", "القتلى: 3 صحفيين"),
        ("مقاتلين من الكتيبة", "killed: 3 fighters", "القتلى: 3 مقاتلين من الكتيبة"),
        ("of their opponents", "killed: 3 opponents", "القتلى: 3 من خصومهم"),
        ("snowmen", "killed: 3 snowmen", "القتلى: 3 أشخاص"),
    ],
)
def test_the_report_s_word_is_kept_or_translated(role: str, english: str, arabic: str) -> None:
    three = Casualty(CasualtyKind.KILLED, None, role, None, 3)
    assert said(three, "en") == english
    assert said(three, "ar") == arabic


@pytest.mark.parametrize(
    ("n", "arabic"),
    [(1, "طفل واحد"), (2, "طفلان"), (3, "3 أطفال"), (10, "10 أطفال"), (16, "16 طفلًا"), (100, "100 طفل")],
)
def test_arabic_numbers_agree_with_what_they_count(n: int, arabic: str) -> None:
    assert said(Casualty(CasualtyKind.KILLED, None, "children", True, n), "ar") == f"القتلى: {arabic}"


def test_an_inexact_number_keeps_its_words_in_both_languages() -> None:
    some = Casualty(CasualtyKind.KILLED, None, "children", True, None, 2, None)
    assert said(some, "en") == "killed: at least 2 children"
    assert "على الأقل" in said(some, "ar")
    assert "الأطفال" in said(some, "ar")


@pytest.mark.parametrize(
    ("role", "side", "named", "expected"),
    [
        ("opponents", "hts", (), "45 opponents"),
        ("soldiers", "turkey", ("syria_gov", "syria_rebels"), "45 soldiers (Turkish forces)"),
        ("soldiers", "syria_gov", ("syria_gov", "syria_rebels"), "45 soldiers"),
        ("rebels", "houthis", ("yemen_gov", "houthis"), "45 rebels"),
        ("fighters", "hts", ("hts", "syria_gov"), "45 fighters (Hayat Tahrir al-Sham)"),
        (None, "hts", (), "45 Hayat Tahrir al-Sham"),
        ("children", "syria_rebels", (), "45 children"),
    ],
)
def test_a_side_is_named_only_where_the_report_s_word_leaves_it_open(
    role: str | None, side: str, named: tuple[str, ...], expected: str
) -> None:
    counted = Casualty(CasualtyKind.KILLED, side, role, None, 45)
    parties = tuple(Actor(name, name) for name in named)
    assert visible(casualties((counted,), EN, parties)) == f"killed: {expected}"


def test_parties_without_a_name_are_said_in_the_reader_s_language() -> None:
    assert actor(Actor("civilians"), AR) == "مدنيين"
    assert actor(Actor("مسلحين"), EN) == "gunmen"
    assert actor(Actor("Jaysh al-Nasr"), EN) == "Jaysh al-Nasr"
    assert actor(Actor("syria_rebels", "syria_rebels"), AR) == "فصائل المعارضة السورية"


@given(st.text(max_size=60))
def test_any_word_is_looked_up_without_fail(role: str) -> None:
    found = listed(role)
    assert found is None or nearest(role) == found
    for language in ("en", "ar"):
        assert said(Casualty(CasualtyKind.KILLED, None, role, None, 5), language)


def test_names_of_parties_in_arabic_keep_one_form_in_every_case() -> None:
    for entry in Actors.load():
        first = entry.name_ar.split()[0]
        assert not first.endswith("ون"), entry.name_ar
        assert first not in {"مقاتلو", "متمردو", "متطوعو", "مسلحو", "انفصاليو"}, entry.name_ar
