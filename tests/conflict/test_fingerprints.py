"""Near-copies: the same agency story with a few words changed, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conflict.fingerprints import fingerprint, likeness, may_be_copies, near_copies, shared

WORDS = [
    "shells",
    "fell",
    "on",
    "the",
    "village",
    "and",
    "people",
    "fled",
    "north",
    "while",
    "the",
    "army",
    "said",
    "nothing",
    "about",
    "who",
    "had",
    "fired",
    "first",
]
STORY = " ".join(WORDS[(n * 7) % len(WORDS)] + str(n % 13) for n in range(120))


def test_a_few_changed_words_leave_a_copy() -> None:
    words = STORY.split()
    words[5], words[60], words[100] = "other", "words", "here"
    copy = " ".join(words)
    assert near_copies(STORY, copy)
    assert may_be_copies(fingerprint(STORY), fingerprint(copy))


def test_case_marks_and_punctuation_do_not_matter() -> None:
    assert shared("Air strikes hit Maaret al-Numan.", "AIR STRIKES hit, Maaret al Numan") == 1.0


def test_a_shared_beginning_is_no_copy() -> None:
    other = " ".join(STORY.split()[:30]) + " " + " ".join(f"new{n}" for n in range(90))
    assert not near_copies(STORY, other)


def test_empty_texts_are_like_nothing() -> None:
    assert shared("", "") == 0.0
    assert likeness(fingerprint(""), fingerprint("")) == 0.0


@given(st.text(max_size=300), st.text(max_size=300))
def test_likeness_is_symmetric_bounded_and_one_for_itself(one: str, other: str) -> None:
    a, b = fingerprint(one), fingerprint(other)
    assert likeness(a, b) == likeness(b, a)
    assert 0.0 <= likeness(a, b) <= 1.0
    if shared(one, one):
        assert likeness(a, a) == 1.0


@given(st.lists(st.sampled_from(WORDS), min_size=80, max_size=160), st.integers(0, 79))
def test_the_estimate_lets_every_near_copy_through(words: list[str], place: int) -> None:
    text = " ".join(f"{w}{n % 31}" for n, w in enumerate(words))
    changed = text.split()
    changed[place] = "changed"
    copy = " ".join(changed)
    assert near_copies(text, copy)
    assert may_be_copies(fingerprint(text), fingerprint(copy))
