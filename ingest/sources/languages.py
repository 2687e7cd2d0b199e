"""Which language a text is in, by script and small words; what a source declares counts only where those are silent."""

from __future__ import annotations

_ENGLISH = frozenset(
    ("the", "of", "and", "in", "to", "a", "is", "was", "were", "are", "has", "had", "for", "on", "with", "by", "that")
)
_NOT_ARABIC = frozenset("پچژگکیےںہھٹڈڑۆێۇ")


_ENOUGH = 1_500  # characters; the language of an item shows in its beginning


def language_of(text: str) -> str | None:
    """ "ar" or "en", where script and small words speak for it; None for any other language."""
    sample = text[:20_000].casefold()
    letters = sum(c.isalpha() for c in sample)
    words = sample.split()
    if not letters:
        return None
    if sum("\u0600" <= c <= "\u06ff" for c in sample) * 2 > letters:
        # Persian, Urdu and Kurdish write letters that Arabic has not.
        return None if sum(c in _NOT_ARABIC for c in sample) * 50 > letters else "ar"
    if sum("a" <= c <= "z" for c in sample) * 2 < letters:
        return None
    return "en" if len(words) < 8 or sum(w in _ENGLISH for w in words) * 12 >= len(words) else None


def language_tag(declared: str | None) -> str | None:
    """The language of a declared tag ("en-US", "ar_SY", "UK"): its first part in small letters, None if it is none."""
    first = (declared or "").strip().replace("_", "-").partition("-")[0].lower()
    return first if first.isascii() and first.isalpha() and len(first) in (2, 3) else None


def language_with(text: str, declared: str | None) -> str | None:
    """The language of a text whose source declares one: declared English or Arabic that does not look it is unknown."""
    found, tag = language_of(text[:_ENOUGH]), language_tag(declared)
    if tag in (None, "en", "ar"):
        return found
    # A few Latin words look English to `language_of`; the source knows better, unless there are many English words.
    return tag if found is None or (found == "en" and len(text.split()) < 8) else found
