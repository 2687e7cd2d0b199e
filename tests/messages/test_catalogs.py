"""The languages: nothing untranslated, the right plural for each number, foreign pieces readable in Arabic lines."""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import check_catalogs

from messages.bidi import FSI, PDI, RLM, isolated, with_direction
from messages.catalog import Catalog
from messages.html import Html, bold, escape, visible

CATALOG = Catalog.load()
EN, AR = CATALOG.texts("en"), CATALOG.texts("ar")


@pytest.mark.parametrize("path", check_catalogs.po_files(), ids=lambda path: path.parts[-3])
def test_every_text_of_the_code_is_translated_with_its_names(path: Path) -> None:
    assert check_catalogs.problems(path) == []


def test_english_and_arabic_are_there_and_know_their_direction() -> None:
    assert {"en", "ar"} <= set(CATALOG.languages)
    assert AR.rtl
    assert not EN.rtl


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [("ar", "ar"), ("ar-SY", "ar"), ("ar_EG", "ar"), ("xx", "en"), (None, "en"), ("", "en"), ("EN", "en")],
)
def test_an_unknown_language_is_answered_in_english(asked: str | None, chosen: str) -> None:
    assert CATALOG.texts(asked).language == chosen


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (1, "حدث واحد مخزَّن"), (2, "حدثان مخزَّنان"), (3, "3 أحداث مخزَّنة"), (10, "10 أحداث مخزَّنة"),
        (11, "11 حدثًا مخزَّنًا"), (99, "99 حدثًا مخزَّنًا"), (100, "100 حدث مخزَّن"), (103, "103 أحداث مخزَّنة"),
    ],
)  # fmt: skip
def test_arabic_counts_with_its_own_forms(n: int, said: str) -> None:
    assert AR.count("{n} event stored", "{n} events stored", n) == said


@given(st.text(max_size=40))
def test_what_is_put_in_can_neither_format_nor_turn_a_line_around(text: str) -> None:
    for texts in (EN, AR):
        line = texts.say("near {name}", name=text)
        shown = visible(line)
        assert "<" not in line
        assert shown.count(FSI) == shown.count(PDI) <= 1
        assert not any(c in shown for c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067")


@given(st.lists(st.one_of(st.text(max_size=8), st.integers()), min_size=1, max_size=4))
def test_a_text_said_again_in_either_language_has_nothing_left_of_the_first_time(values: list[str | int]) -> None:
    for tag in ("en", "ar", "en", "ar"):
        texts, fresh = CATALOG.texts(tag), replace(CATALOG.texts(tag))
        assert not fresh._templates
        for value in values:
            assert texts.say("near {name}", name=value) == fresh.say("near {name}", name=Html(fresh.value(str(value))))


def test_what_is_html_already_is_put_in_as_it_is() -> None:
    assert EN.say("near {name}", name=bold("A & B")) == "near <b>A &amp; B</b>"
    assert isinstance(EN.say("near {name}", name="x"), Html)


@pytest.mark.parametrize(
    ("text", "alone_en", "alone_ar"),
    [
        ("SOHR", True, False),
        ("51", True, True),
        ("15-19", True, False),
        ("17:40 UTC", True, False),
        ("إدلب", False, True),
        ("إدلب M5", False, False),
    ],
)
def test_only_what_would_change_places_is_isolated(text: str, alone_en: bool, alone_ar: bool) -> None:
    assert (isolated(text, rtl=False) == text) is alone_en
    assert (isolated(text, rtl=True) == text) is alone_ar


@given(st.lists(st.text(alphabet="abcمنو 12<>&:", max_size=12), max_size=5))
def test_every_line_of_an_arabic_message_runs_right_to_left(lines: list[str]) -> None:
    html = with_direction("\n".join(escape(line) for line in lines), rtl=True)
    for line in visible(html).split("\n"):
        strong = [d for c in line if (d := unicodedata.bidirectional(c)) in ("L", "R", "AL")]
        assert not strong or strong[0] in ("R", "AL")


def test_a_left_to_right_message_gets_no_marks() -> None:
    assert RLM not in with_direction("abc\nمن", rtl=False)
