"""Ids seen in one file, in a few bytes each: a million of them take 16 MB."""

from __future__ import annotations

from array import array
from hashlib import blake2b


class SeenIds:
    """A set of strings that can only grow: 64-bit digests in an open table. Two ids in 10^13 may be taken for one."""

    def __init__(self, room: int = 1 << 12) -> None:
        self._table = array("Q", bytes(8 * room))
        self._mask = room - 1
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, name: str) -> bool:
        """Remember it; False if it was there already."""
        mark = int.from_bytes(blake2b(name.encode("utf-8", "replace"), digest_size=8).digest(), "little") or 1
        if not self._put(mark):
            return False
        self._count += 1
        if self._count * 2 > self._mask:
            self._grow()
        return True

    def _put(self, mark: int) -> bool:
        table, at = self._table, mark & self._mask
        while table[at]:
            if table[at] == mark:
                return False
            at = (at + 1) & self._mask
        table[at] = mark
        return True

    def _grow(self) -> None:
        old = self._table
        self._mask = self._mask * 2 + 1
        self._table = array("Q", bytes(8 * (self._mask + 1)))
        for mark in old:
            if mark:
                self._put(mark)
