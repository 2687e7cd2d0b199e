"""The three name keys: what they forget, what they keep, and that no text breaks them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict.names import folded, normal, skeleton

LATIN = st.text("abcdefghijklmnopqrstuvwxyz '-", min_size=1, max_size=30)
SPELLINGS = [
    ("Maaret al-Numan", "Ma'arrat an-Nu'man", "Maarrat al-Nu‘mān", "Maarat al-Noman"),
    ("Abu Dhuhour", "Abu al-Duhur", "Abū az̧ Z̧uhūr"),
    ("Saraqib", "Saraqeb", "Sarāqib"),
    ("Deir ez-Zor", "Dayr az Zawr", "Deir al-Zour"),
    ("Jisr al-Shughour", "Jisr ash Shughūr", "Jisr-Ash-Shugur"),
    ("Tal Tamr", "Tell Tamr", "Tel Tamr"),
]
IN_TWO_SCRIPTS = [
    ("Idlib", "إدلب"),
    ("Saraqib", "سراقب"),
    ("Deir ez-Zor", "دير الزور"),
    ("Maarrat al-Numan", "معرة النعمان"),
    ("Khan Shaykhun", "خان شيخون"),
    ("Jisr al-Shughur", "جسر الشغور"),
    ("Kafr Nabl", "كفر نبل"),
]


@pytest.mark.parametrize("spellings", SPELLINGS)
def test_romanisations_of_one_name_fold_together(spellings: tuple[str, ...]) -> None:
    assert len({folded(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(("latin", "arabic"), IN_TWO_SCRIPTS)
def test_scripts_meet_on_the_skeleton(latin: str, arabic: str) -> None:
    assert skeleton(latin) == skeleton(arabic) != ""


def test_different_towns_stay_apart() -> None:
    names = ["Idlib", "Aleppo", "Homs", "Latakia", "Saraqib", "Sarmin", "Salqin", "Khan Sheikhoun", "Raqqa"]
    assert len({folded(name) for name in names}) == len(names)


def test_normal_keeps_words_and_numbers() -> None:
    assert normal("  M4—Motorway: Kafr  Nabl’s ") == "m4 motorway kafr nabls"
    assert normal("إدلـِب ٤") == "ادلب 4"
    assert normal("—!?") == ""


@given(st.text())
def test_no_text_breaks_a_key(text: str) -> None:
    for key in (normal, folded, skeleton):
        assert isinstance(key(text), str)


@given(st.text())
def test_normal_is_idempotent(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@given(LATIN)
def test_case_never_matters(text: str) -> None:
    for key in (normal, folded, skeleton):
        assert key(text.upper()) == key(text)


@given(
    st.text("abdfghklmnrstu ", min_size=1, max_size=20),
    st.sampled_from("\u0301\u0304\u0323"),
    st.sampled_from("'’‘ʿʾ`"),
)
def test_diacritics_and_apostrophes_never_matter(text: str, mark: str, apostrophe: str) -> None:
    dressed = "".join(letter + mark + apostrophe if letter.isalpha() else letter for letter in text)
    for key in (normal, folded, skeleton):
        assert key(dressed) == key(text)


@given(st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهوي ", min_size=1, max_size=20), st.sampled_from("\u064b\u064e\u0651\u0640"))
def test_arabic_vowel_signs_never_matter(text: str, sign: str) -> None:
    dressed = "".join(letter + sign if letter != " " else letter for letter in text)
    for key in (normal, folded, skeleton):
        assert key(dressed) == key(text)


def test_keys_of_a_long_text_take_linear_time() -> None:
    def spent(text: str) -> float:
        start = time.process_time()
        for key in (normal, folded, skeleton):
            key(text)
        return time.process_time() - start

    short, long = "alalaeiouyw'" * 2_000, "alalaeiouyw'" * 40_000
    assert spent(long) < 60 * max(spent(short), 0.005)
