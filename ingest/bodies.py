"""What a server sends, unpacked within a bound: a small answer must not become a large one in memory.

Only gzip and deflate are asked for, and unpacked here in pieces; 3 MiB that would become 4 GiB stop at the bound.
"""

from __future__ import annotations

import zlib
from typing import Final

_GZIP: Final = 16 + zlib.MAX_WBITS
_MAX_MEMBERS: Final = 64  # a gzip body may be several, one after the other; thousands only cost time
ACCEPTED: Final = "gzip, deflate"


class BodyError(Exception):
    """A body that cannot be taken; the message completes "it was not read: ..."."""


class TooLargeError(BodyError):
    """More bytes than the bound, as sent or unpacked."""


class Body:
    """Collects a body of at most `limit` bytes, as sent and as unpacked; `add` raises BodyError beyond that.

    Memory stays under twice the limit and one piece.
    """

    def __init__(self, encoding: str | None, limit: int) -> None:
        self._limit = limit
        self._sent = 0
        self._held = bytearray()
        names = [name for part in (encoding or "").lower().split(",") if (name := part.strip()) not in ("", "identity")]
        if not names:
            self._unpacker: Deflated | None = None
        elif names in (["gzip"], ["x-gzip"], ["deflate"]):
            self._unpacker = Deflated(gzip=names != ["deflate"])
        else:
            raise BodyError(f"it is packed as {', '.join(names)[:60]}, which was not asked for")

    def add(self, piece: bytes) -> None:
        """Take what arrived next."""
        self._sent += len(piece)
        if self._sent > self._limit:
            raise TooLargeError(f"it is larger than {size(self._limit)}")
        if self._unpacker is None:
            self._held += piece
        else:
            self._unpacker.feed(piece, self._held, self._limit)

    def finish(self) -> bytes:
        """The whole body; BodyError when it ends in the middle."""
        if self._unpacker is not None and self._sent:
            self._unpacker.finish()
        return bytes(self._held)


class Deflated:
    """Unpacks gzip (also several members) or deflate (also without its header, as some servers send it)."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._members = 0
        self._inflate: zlib._Decompress | None = None

    def feed(self, piece: bytes, into: bytearray, limit: int) -> None:
        """Unpack a piece onto the end of `into`; TooLargeError as soon as that would pass `limit`."""
        while piece:
            if self._inflate is None or self._inflate.eof:
                if self._members and not (self._gzip and piece[0] == 0x1F):
                    return  # padding or rubbish after the end
                self._inflate = self._next(piece[0])
            try:
                into += self._inflate.decompress(piece, limit + 1 - len(into))
            except zlib.error as error:
                raise BodyError("it is not packed as it says it is") from error
            if len(into) > limit:
                raise TooLargeError(f"it is larger than {size(limit)} when unpacked")
            piece = self._inflate.unused_data  # empty unless the member ended within the piece

    def finish(self) -> None:
        """BodyError when the packed data ended in the middle."""
        if self._inflate is not None and not self._inflate.eof:
            raise BodyError("it breaks off in the middle")

    def _next(self, first: int) -> zlib._Decompress:
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise BodyError(f"it is packed in more than {_MAX_MEMBERS} parts")
        if self._gzip:
            return zlib.decompressobj(_GZIP)
        wrapped = first & 0x0F == 8 and first >> 4 <= 7  # RFC 1950: method 8, window at most 32 kB
        return zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


def size(count: int) -> str:
    """A number of bytes for people: 5 MiB, 300 kB."""
    return f"{count / 1_048_576:.3g} MiB" if count >= 1_048_576 else f"{count / 1000:.3g} kB"
