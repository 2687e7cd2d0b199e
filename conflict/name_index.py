"""An index from name keys to places, in a few flat arrays: 300,000 names in some megabytes, not a million objects."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator
from itertools import accumulate
from zlib import crc32

_HEADER = struct.Struct("<III")
_LONGEST_KEY = 255  # bytes; a longer name is no name
FILTER_BITS = 22
_FILTER_MASK = (1 << FILTER_BITS) - 1
COMPLETE = 1
BEGINNING = 2


class NameIndex:
    """Keys in sorted order, each with the numbers of the places it may mean.

    `keys` is all keys end to end as UTF-8, `starts` where each begins, `firsts` where its places begin in `places`.
    """

    __slots__ = ("firsts", "keys", "places", "starts")

    def __init__(self, keys: bytes, starts: array[int], firsts: array[int], places: array[int]) -> None:
        self.keys = keys
        self.starts = starts
        self.firsts = firsts
        self.places = places

    @classmethod
    def build(cls, pairs: Iterable[tuple[str, int]]) -> NameIndex:
        """An index of (key, place number) pairs, in any order; empty and overlong keys are left out."""
        by_key: dict[bytes, set[int]] = {}
        for key, place in pairs:
            encoded = encode(key)
            if 0 < len(encoded) <= _LONGEST_KEY:
                by_key.setdefault(encoded, set()).add(place)
        ordered = sorted(by_key)
        starts = array("I", accumulate((len(key) for key in ordered), initial=0))
        firsts = array("I", accumulate((len(by_key[key]) for key in ordered), initial=0))
        places = array("I", (place for key in ordered for place in sorted(by_key[key])))
        return cls(b"".join(ordered), starts, firsts, places)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __iter__(self) -> Iterator[str]:
        return (self.key(n) for n in range(len(self)))

    def key(self, number: int) -> str:
        """The key at this position of the sorted order."""
        return self.keys[self.starts[number] : self.starts[number + 1]].decode()

    def position(self, encoded: bytes) -> int:
        """Where the key is, or would be, in the sorted order."""
        keys, starts = self.keys, self.starts
        low, high = 0, len(starts) - 1
        while low < high:
            middle = (low + high) >> 1
            if keys[starts[middle] : starts[middle + 1]] < encoded:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, key: str) -> array[int]:
        """The numbers of the places that this key may mean; empty when it is unknown."""
        encoded = encode(key)
        at = self.position(encoded)
        if at >= len(self) or self.keys[self.starts[at] : self.starts[at + 1]] != encoded:
            return array("I")
        return self.of(at)

    def of(self, number: int) -> array[int]:
        """The places of the key at this position."""
        return self.places[self.firsts[number] : self.firsts[number + 1]]

    def to_bytes(self) -> bytes:
        """The index as bytes: three counts, the lengths of keys, the numbers of places of each key, places, keys."""
        lengths = bytes(b - a for a, b in zip(self.starts, self.starts[1:], strict=False))
        counts = array("H", (b - a for a, b in zip(self.firsts, self.firsts[1:], strict=False)))
        header = _HEADER.pack(len(self), len(self.places), len(self.keys))
        return b"".join((header, lengths, counts.tobytes(), self.places.tobytes(), self.keys))

    @classmethod
    def from_bytes(cls, data: bytes) -> NameIndex:
        """The inverse of `to_bytes`."""
        count, place_count, key_bytes = _HEADER.unpack_from(data)
        at = _HEADER.size
        starts = array("I", accumulate(data[at : at + count], initial=0))
        at += count
        counts = array("H", data[at : at + 2 * count])
        firsts = array("I", accumulate(counts, initial=0))
        at += 2 * count
        places = array("I", data[at : at + 4 * place_count])
        at += 4 * place_count
        return cls(data[at : at + key_bytes], starts, firsts, places)


class NameFilter:
    """Tells in no time that a word sequence begins no known name; may wrongly say that it does (one time in ten).

    A table of two bits a slot (`COMPLETE` name, `BEGINNING` of a longer one), addressed by a checksum of the key.
    """

    __slots__ = ("table",)

    def __init__(self, table: bytearray | None = None) -> None:
        self.table = table if table is not None else bytearray(_FILTER_MASK + 1)

    def add(self, words: tuple[str, ...]) -> None:
        """Know a name by its folded words."""
        key = ""
        for word in words[:-1]:
            key += word
            self.table[crc32(encode(key)) & _FILTER_MASK] |= BEGINNING
        self.table[crc32(encode(key + words[-1])) & _FILTER_MASK] |= COMPLETE

    def __getitem__(self, key: str) -> int:
        return self.table[crc32(encode(key)) & _FILTER_MASK]


def encode(key: str) -> bytes:
    """A key as bytes; half of a surrogate pair, which no name has, becomes a question mark."""
    return key.encode("utf-8", "replace")
