"""Words, numbers and signs of a text with their offsets: what the date, number and question readers walk over.

Not a linguistic tokenizer: no stems, no sentences. Keys are for looking words up in data files: lower case, Arabic
letters in one spelling (alef, ya, ta marbuta), without vowel signs and tatweel. The places' own keys are in names.py.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# One alternative a kind of sign, no nesting: linear in the length of the text.
_TOKEN = re.compile(
    r"[^\W\d_][^\W\d_\u0300-\u036f\u064b-\u065f\u0670]*(?:[\u0300-\u036f\u064b-\u065f\u0670]+[^\W\d_]*)*|\d+|\S"
)
_ONE_SPELLING = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        "ى": "ي",
        "ة": "ه",
        "ی": "ي",
        "ک": "ك",
        "ـ": None,
        "ٰ": None,
        **{chr(code): None for code in range(0x064B, 0x0660)},
    }
)

WORD, NUMBER, SIGN = "word", "number", "sign"


class Token(NamedTuple):
    """One word, run of digits or sign: offsets into the text, the writing, the key it is looked up by."""

    start: int
    end: int
    text: str
    key: str
    kind: str  # WORD | NUMBER | SIGN

    @property
    def capital(self) -> bool:
        """Whether it is written with a capital first letter (never true of Arabic)."""
        return self.text[:1].isupper()


def word_key(text: str) -> str:
    """The key of a word: case and the optional letters and signs of Arabic spelling taken away."""
    return text.casefold().translate(_ONE_SPELLING)


def tokenize(text: str) -> list[Token]:
    """All tokens of a text in order; letters and digits that touch are two tokens ("Dec31", "و5")."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        written = match.group()
        first = written[0]
        if first.isdecimal():
            tokens.append(Token(match.start(), match.end(), written, str(int(written[:40])), NUMBER))
        elif first.isalpha():
            tokens.append(Token(match.start(), match.end(), written, word_key(written), WORD))
        else:
            tokens.append(Token(match.start(), match.end(), written, _SIGNS.get(written, written), SIGN))
    return tokens


_SIGNS = {
    "–": "-",
    "—": "-",
    "−": "-",
    "‐": "-",
    "‑": "-",
    "’": "'",
    "،": ",",
    "؛": ";",
    "؟": "?",
    "٪": "%",
    "٬": ",",
    "٫": ".",
}


def touching(left: Token, right: Token) -> bool:
    """Whether nothing, not even a space, stands between the two."""
    return left.end == right.start
