"""Checks the catalogues of messages: every text of the code is in each language, translated, with the same `{names}`.

    python scripts/check_catalogs.py            says what is missing; exit status 1 if anything is
    python scripts/check_catalogs.py --update   adds new texts to every language (untranslated) and drops those gone;
                                                English texts translate themselves

Texts are found by reading the code: `texts.say("...", "context")`, `.plain(...)`, `.count("one", "many", n, "context")`
and, for tables, `msg("...", "context")` and `counted("one", "many", "context")`.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "messages" / "locales"
_FIELD = re.compile(r"\{([a-z_]+)\}")
_CALLS = {"say": 1, "plain": 1, "msg": 1, "count": 3, "counted": 2}  # the place of the context among the arguments
_NOISE = (
    '"POT-Creation',
    '"PO-Revision',
    '"Report-Msgid',
    '"Last-Translator',
    '"Language-Team',
    '"Generated-By',
    "#, python",
)
_FORMS_MAY_OMIT = {"n"}  # Arabic's "one" and "two" say the number in the word itself


@dataclass
class Text:
    """A text of the code: its English wording (two for a plural), its context, and where it stands."""

    context: str | None
    forms: tuple[str, ...]
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str | None, str]:
        """What it is looked up by."""
        return self.context, self.forms[0]


def _string(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _texts_of(path: Path) -> Iterator[Text]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
        if name not in _CALLS or not node.args or (first := _string(node.args[0])) is None:
            continue
        forms: tuple[str, ...] = (first,)
        if name in ("count", "counted"):
            many = _string(node.args[1]) if len(node.args) > 1 else None
            if many is None:
                continue
            forms = (first, many)
        at = _CALLS[name]
        context = _string(node.args[at]) if len(node.args) > at else None
        yield Text(context, forms, [path.relative_to(ROOT).as_posix()])


def code_texts() -> dict[tuple[str | None, str], Text]:
    """All texts for people in the code, by context and wording."""
    found: dict[tuple[str | None, str], Text] = {}
    for room in ("alerts", "bot", "handlers", "messages"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for text in _texts_of(path):
                known = found.setdefault(text.key, text)
                known.places = sorted({*known.places, *text.places})
                if len(text.forms) > len(known.forms):
                    known.forms = text.forms
    for separator in (", ", "; ", " "):
        found.setdefault(("between parts", separator), Text("between parts", (separator,), ["messages/catalog.py"]))
    return found


def po_files() -> list[Path]:
    """The languages' files."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/sitrep.po"))


def read(path: Path) -> Catalog:
    """A language's catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3].replace("-", "_"), abort_invalid=True)


def _key(message: Message) -> tuple[str | None, str]:
    return message.context, message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def problems(path: Path) -> list[str]:
    """What is wrong with a language, one line each."""
    wanted, catalog, said = code_texts(), read(path), []
    messages = {_key(m): m for m in catalog if m.id}
    tag = path.parts[-3]
    for key, text in wanted.items():
        message = messages.get(key)
        if message is None:
            said.append(f"{tag}: missing: {text.forms[0]!r} (context {text.context!r}, {', '.join(text.places)})")
            continue
        said.extend(f"{tag}: {problem}: {text.forms[0]!r}" for problem in _faults(text, message, catalog.num_plurals))
    said.extend(f"{tag}: not in the code any more: {key[1]!r}" for key in messages if key not in wanted)
    return said


def _faults(text: Text, message: Message, plurals: int) -> Iterator[str]:
    strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    wanted_forms = plurals if len(text.forms) > 1 else 1
    if message.fuzzy:
        yield "marked fuzzy"
    if len(strings) != wanted_forms or not all(strings):
        yield f"{sum(map(bool, strings))} of {wanted_forms} forms translated"
    names = {name for form in text.forms for name in _FIELD.findall(form)}
    for string in filter(None, strings):
        used = set(_FIELD.findall(string))
        may_omit = _FORMS_MAY_OMIT if len(text.forms) > 1 else set()
        if not names - may_omit <= used <= names:
            yield f"has the names {sorted(used)} instead of {sorted(names)}"


def update(path: Path) -> None:
    """Brings a language's file to the texts of the code, keeping what is translated and the translators' comments."""
    old, tag = read(path), path.parts[-3]
    known = {_key(m): m for m in old if m.id}
    new = Catalog(locale=old.locale, project="Sitrep", fuzzy=False, header_comment=old.header_comment)
    new.mime_headers = old.mime_headers
    for key, text in sorted(code_texts().items(), key=lambda item: (item[1].places[0], item[0][0] or "", item[0][1])):
        message = known.get(key)
        identity = text.forms if len(text.forms) > 1 else text.forms[0]
        string = message.string if message else (identity if tag == "en" else "")
        new.add(
            identity,
            string,
            locations=[(place, 0) for place in text.places],
            auto_comments=message.auto_comments if message else (),
            user_comments=message.user_comments if message else (),
            context=text.context,
        )
    write(path, new)


def write(path: Path, catalog: Catalog) -> None:
    """Writes a language's file, without the header lines that change by themselves."""
    written = BytesIO()
    write_po(written, catalog, width=100, include_lineno=False)
    lines = written.getvalue().decode("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(_NOISE)]
    path.write_text("".join(kept).lstrip("\n"), encoding="utf-8")


def main() -> int:
    """Checks or updates every language; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--update", action="store_true", help="add new texts, drop those gone")
    if parser.parse_args().update:
        for path in po_files():
            update(path)
    found = [problem for path in po_files() for problem in problems(path)]
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
