"""Near-copies: two texts that are the same agency story with a few words changed, however differently they are headed.

One-permutation MinHash over word shingles finds candidates fast; only an exact comparison decides. A similar headline
or a shared sentence is never a reason: most reports of one day resemble each other.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from hashlib import blake2b

BINS = 64
SHINGLE = 4
MAX_WORDS = 5_000  # a longer text is compared by its beginning
NEAR = 0.6  # Jaccard similarity of shingles; one changed word in twenty touches four shingles
# The estimate may err; what it lets through is compared exactly.
_LET_THROUGH = 0.35
_EMPTY = (1 << 64) - 1

Fingerprint = tuple[int, ...]


def words_of(text: str) -> tuple[str, ...]:
    """Words of a text in lower case without marks and punctuation, at most MAX_WORDS."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(c if c.isalnum() else " " if not unicodedata.combining(c) else "" for c in plain)
    return tuple(kept.split()[:MAX_WORDS])


@lru_cache(maxsize=2048)
def shingles(text: str) -> frozenset[str]:
    """Runs of four consecutive words; of a shorter text the whole of it."""
    words = words_of(text)
    if len(words) < SHINGLE:
        return frozenset({" ".join(words)} if words else ())
    return frozenset(" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))


def fingerprint(text: str) -> Fingerprint:
    """64 bins of one hash each: of all shingles that fall into a bin the smallest hash. Stable between runs."""
    bins = [_EMPTY] * BINS
    for shingle in shingles(text):
        digest = int.from_bytes(blake2b(shingle.encode("utf-8"), digest_size=8).digest(), "big")
        place = digest & (BINS - 1)
        bins[place] = min(bins[place], digest)
    return tuple(bins)


def likeness(one: Fingerprint, other: Fingerprint) -> float:
    """The estimated share of shingles in common, 0-1; bins empty in both say nothing."""
    filled = sum(1 for a, b in zip(one, other, strict=True) if a != _EMPTY or b != _EMPTY)
    same = sum(1 for a, b in zip(one, other, strict=True) if a == b != _EMPTY)
    return same / filled if filled else 0.0


def shared(one: str, other: str) -> float:
    """The exact share of shingles in common, 0-1."""
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b) if a or b else 0.0


def may_be_copies(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether it is worth while to compare the two texts exactly."""
    return likeness(one, other) >= _LET_THROUGH


def near_copies(one: str, other: str) -> bool:
    """Whether the two texts are one text, by exact comparison."""
    return shared(one, other) >= NEAR
