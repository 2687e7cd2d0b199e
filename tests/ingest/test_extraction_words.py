"""The word lists: every one can be read, names known sub-types and kinds, and is reachable from text."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from conflict.actors import Actors
from conflict.vocabulary import CasualtyKind, OriginatorKind
from ingest.extraction.frames import SUBTYPES
from ingest.extraction.lexicon import LANGUAGES, Lexicon
from ingest.extraction.tags import tag
from ingest.extraction.text import Sentence, normalise

_DATA = resources.files("ingest.extraction").joinpath("data")


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_name_what_the_code_knows(language: str) -> None:
    triggers = tomllib.loads(_DATA.joinpath(language, "triggers.toml").read_text(encoding="utf-8"))
    people = tomllib.loads(_DATA.joinpath(language, "people.toml").read_text(encoding="utf-8"))
    voices = tomllib.loads(_DATA.joinpath(language, "voices.toml").read_text(encoding="utf-8"))
    assert set(triggers) <= {*SUBTYPES, "territory"}
    assert set(people["harm"]) <= {kind.value for kind in CasualtyKind}
    kinds = {row["kind"] for row in voices["originator"]} | set(voices["unnamed"])
    assert kinds <= {kind.value for kind in OriginatorKind}


def test_an_actor_is_found_by_each_of_its_names() -> None:
    lexicon = Lexicon.load()
    for actor in Actors.load():
        for alias in (*actor.aliases_en, *actor.aliases_ar):
            text = alias.upper() if len(alias) <= 5 and alias.isascii() else alias
            tags = tag(Sentence(0, len(text), text, 1), lexicon).tags
            assert any(t.category == "actor" for t in tags), alias


@pytest.mark.parametrize("text", ["a\u00a0b", "\u201cx\u201d", "ﬁ", "Ａ", "\u200fقصف", "\r\n\x00", "½"])
def test_normalising_keeps_every_offset(text: str) -> None:
    assert len(normalise(text)) == len(text)
