"""Cutting into messages the slow way, character by character: what `messages.html.split` must agree with."""

from __future__ import annotations

from dataclasses import dataclass

from messages.html import _UNWANTED, ENTITY_LIMIT, _clusters, _pieces, escape


@dataclass(frozen=True, slots=True)
class _Atom:
    """A tag, or what a reader sees as one character. `units` is its length as Telegram counts; 0 for a tag."""

    source: str  # as HTML
    shown: str = ""
    units: int = 0
    opens: str | None = None  # the tag's name
    closes: str | None = None


def _units(text: str) -> int:
    return len(text) + sum(c > "\uffff" for c in text)


def _atoms(html: str) -> list[_Atom]:
    """The HTML as atoms, each opening tag with its closing tag: stray closings go, missing ones are added."""
    atoms: list[_Atom] = []
    stack: list[str] = []
    for piece, tag in _pieces(html):
        if tag is None:
            atoms.extend(_Atom(str(escape(c)), c, _units(c)) for c in _clusters(_UNWANTED.sub("", piece)))
        elif not tag.startswith("/"):
            stack.append(tag)
            atoms.append(_Atom(piece, opens=tag))
        elif tag[1:] in stack:
            while (name := stack.pop()) != tag[1:]:
                atoms.append(_Atom(f"</{name}>", closes=name))
            atoms.append(_Atom(piece, closes=name))
    atoms.extend(_Atom(f"</{name}>", closes=name) for name in reversed(stack))
    return atoms


def _furthest(atoms: list[_Atom], start: int, limit: int, open_tags: int) -> int:
    """The end (exclusive) of the longest run from `start` that a message can take; at least one visible atom."""
    units, entities, shown = 0, open_tags, False
    for at in range(start, len(atoms)):
        atom = atoms[at]
        units += atom.units
        entities += atom.opens is not None
        if (units > limit or entities > ENTITY_LIMIT) and shown:
            return at
        shown = shown or atom.units > 0
    return len(atoms)


def _break_before(atoms: list[_Atom], start: int, end: int) -> int:
    """The best place to end a message that could reach `end`: a paragraph, a line, a word, or just there."""
    newlines = [at + 1 for at in range(start, end) if atoms[at].shown == "\n"]
    paragraphs = [at for at in newlines if at - 2 >= start and atoms[at - 2].shown == "\n"]
    spaces = (at + 1 for at in range(end - 1, start, -1) if atoms[at].shown.isspace())
    for found, least in ((paragraphs, 0.4), (newlines, 0.3)):
        if found and found[-1] - start >= (end - start) * least:
            return found[-1]
    word = next(spaces, None)
    return word if word is not None and word - start >= (end - start) * 0.2 else end


def _around_tags(atoms: list[_Atom], start: int, at: int) -> int:
    """Closing tags stay with what they close, opening tags go with what they open."""
    while at < len(atoms) and atoms[at].closes:
        at += 1
    while at - 1 > start and atoms[at - 1].opens:
        at -= 1
    return at


def split_slowly(html: str, limit: int) -> list[str]:
    """The parts of a text, each of at most `limit` UTF-16 units as seen."""
    atoms = _atoms(html)
    parts: list[str] = []
    stack: list[_Atom] = []
    start = 0
    while start < len(atoms):
        end = _furthest(atoms, start, limit, len(stack))
        if end < len(atoms):
            end = _around_tags(atoms, start, _break_before(atoms, start, end))
        pieces = [atom.source for atom in stack]
        seen = False
        for atom in atoms[start:end]:
            pieces.append(atom.source)
            seen = seen or bool(atom.shown.strip())
            if atom.opens:
                stack.append(atom)
            elif atom.closes:
                stack.pop()
        if seen:
            parts.append("".join(pieces) + "".join(f"</{atom.opens}>" for atom in reversed(stack)))
        start = end
    return parts
