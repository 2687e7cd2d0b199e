"""Numbers of people and events in words and digits, and what is no such number."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conflict.numbers import find_numbers

Figure = tuple[int | None, int | None, int | None]


def figures(text: str) -> list[Figure]:
    return [(mention.low, mention.count, mention.high) for mention in find_numbers(text)]


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("fifty-one fighters", (51, 51, 51)),
        ("a hundred and twenty dead", (120, 120, 120)),
        ("two dozen injured", (24, 24, 24)),
        ("1,000 people", (1000, 1000, 1000)),
        ("1.000 people", (1000, 1000, 1000)),
        ("1\u00a0000 people", (1000, 1000, 1000)),
        ("2.5 million displaced", (2_500_000, 2_500_000, 2_500_000)),
        ("at least 5 civilians", (5, None, None)),
        ("20 or more", (20, None, None)),
        ("more than 400,000 people", (400_000, None, None)),
        ("almost 100 dead", (90, None, 100)),
        ("up to 30 people", (None, None, 30)),
        ("between 10 and 15 people", (10, None, 15)),
        ("10-15 people", (10, None, 15)),
        ("five or six people", (5, None, 6)),
        ("about 20 people", (18, 20, 22)),
        ("dozens of civilians", (24, None, None)),
        ("tens of thousands fled", (20_000, None, None)),
        ("a family of five", (5, 5, 5)),
        ("شخصين", (2, 2, 2)),
        ("قتيلان", (2, 2, 2)),
        ("ثلاثة عشر قتيلاً", (13, 13, 13)),
        ("خمس عشرة امرأة", (15, 15, 15)),
        ("واحد وخمسون قتيلا", (51, 51, 51)),
        ("مئة وعشرين مدنيا", (120, 120, 120)),
        ("خمسة آلاف شخص", (5000, 5000, 5000)),
        ("ثلاثمئة وخمسة وأربعون", (345, 345, 345)),
        ("ما لا يقل عن ٥ مدنيين", (5, None, None)),
        ("١٬٠٠٠ مدني", (1000, 1000, 1000)),
        ("عشرات الآلاف نزحوا", (20_000, None, None)),
        ("بين 10 و15 قتيلا", (10, None, 15)),
    ],
)
def test_a_figure(text: str, figure: Figure) -> None:
    assert figures(text) == [figure]


@pytest.mark.parametrize(
    "text",
    [
        "on 5 March 2019", "March 5, 2019", "27-02-2016", "in 2011", "at 10:30", "122mm rockets", "30 km away",
        "a T-72 tank", "the M5 highway", "No. 3", "aged 25", "a 7-year-old", "48 hours", "Ahmed, 25, said",
        "one of them", "no one", "25 per cent", "5%", "$300", "خلال 48 ساعة", "عام 2011", "5 كانون الأول", "20 كم",
    ],
)  # fmt: skip
def test_what_counts_no_people_is_left_out(text: str) -> None:
    assert figures(text) == []


def test_the_noun_after_a_number_is_told() -> None:
    found = find_numbers("51 fighters and dozens of civilians, 159 violations")
    assert [mention.noun for mention in found] == ["fighters", "civilians", "violations"]


@given(st.integers(0, 999_999_999))
def test_digits_with_separators_are_read_back(value: int) -> None:
    assert [count for _, count, _ in figures(f"killed {value:,} people")] == [value]


WORDS = ["a", "hundred", "and", "5", ",", ".", "000", "-", "to", "thousand", "two", "at", "least", "و", "مئة"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300) | st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join))
def test_any_text_is_safe_and_offsets_are_its_own(text: str) -> None:
    mentions = find_numbers(text)
    assert all(text[m.start : m.end] == m.text for m in mentions)
    assert all(m.low is None or m.high is None or m.low <= m.high for m in mentions)
    assert all(one.end <= two.start for one, two in pairwise(mentions))
