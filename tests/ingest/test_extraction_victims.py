"""Who is a victim and who is not: those who speak, attack, are only there or lend a place their name count nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import labelled
from conflict.gazetteer import Gazetteer
from conflict.numbers import find_numbers
from conflict.vocabulary import CasualtyKind, Status
from ingest.extraction import Extractor
from ingest.extraction.casualties import counts
from ingest.extraction.harm import harm_of
from ingest.extraction.lexicon import Lexicon
from ingest.extraction.tags import tag
from ingest.extraction.text import cut

_LEXICON = Lexicon.load()


def told(text: str) -> tuple[int | None, int]:
    """Killed and wounded (whole numbers added) as the first sentence of a text gives them."""
    sentence = tag(cut(text, _LEXICON.page).sentences[0], _LEXICON)
    found = counts(sentence, find_numbers(sentence.sentence.text, "ar" if max(text) >= "\u0600" else "en"), _LEXICON)
    hurt = [c.casualty.low or 0 for c in found if c.casualty.kind is CasualtyKind.INJURED and not c.part]
    harm = harm_of([(0, count) for count in found])
    return harm.best if harm.best is not None else harm.low, sum(hurt)


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        ("Militants attacked a police station, killing three officers.", 3, 0),
        ("A drone hit a police car, killing an officer and injuring a passer-by.", 1, 1),
        ("A sniper killed a woman in Taiz.", 1, 0),
        ("Some 30 gunmen stormed a school, killing a guard.", 1, 0),
        ("Two gunmen shot dead a politician in Mosul.", 1, 0),
        ("A politician was shot dead by two gunmen.", 1, 0),
        ("An ambush by around 60 fighters killed 10 soldiers.", 10, 0),
        ("A bomb under a bus carrying 25 cadets wounded four of them.", None, 4),
        ("Shelling killed a medic who was treating a patient.", 1, 0),
        ("Medics treated 43 wounded people after an attack that killed 13.", 13, 43),
        ("57 killed 150 injured in a blast.", 57, 150),
        ("Five people were killed and 10 people, including a journalist, wounded.", 5, 10),
        ("A couple and their three children were killed by a shell.", 5, 0),
        ("A strike killed a man, his wife and two of their children.", 4, 0),
        ("A girl was killed and her brother, 12, wounded.", 1, 1),
        ("A man died and a 12-year-old was injured in shelling.", 1, 1),
        ("Israeli forces killed Hezbollah commander Abu Hassan Samir.", 1, 0),
        ("Three more people died, bringing the total to 41.", 41, 0),
        ("At least 9 civilians killed in strikes - At least nine civilians were killed on Thursday.", 9, 0),
        ("مقتل امرأة وطفليها بقصف جوي.", 3, 0),
        ("قتل ضابط برتبة عقيد وثلاثة من مرافقيه.", 4, 0),
        ("قتل طفلان شقيقان وأصيب والدهما.", 2, 1),
        ("عاجل: 6 شهداء بينهم طفلان وأكثر من 15 جريحا.", 6, 15),
        ("انفجرت عبوة بسيارة ضابط ما أدى لمقتله.", 1, 0),
        ("شهيد وإصابتان في غارة.", 1, 2),
    ],
)
def test_only_the_harmed_are_counted(text: str, killed: int | None, injured: int) -> None:
    assert told(text) == (killed, injured)


_VOICES = ["a local activist", "an official", "one witness", "a police colonel", "two security sources", "a doctor"]
_SAID = ["{} said", "{} told reporters", "according to {}", "citing {}", "{} at the scene confirmed"]


@given(st.integers(2, 900), st.sampled_from(_VOICES), st.sampled_from(_SAID), st.booleans())
def test_who_speaks_is_no_victim_wherever_named(killed: int, voice: str, said: str, before: bool) -> None:
    speech = said.format(voice)
    fact = f"gunmen attacked an army post, killing {killed} soldiers"
    link = "," if speech.endswith(voice) else " that"
    text = f"{speech[0].upper()}{speech[1:]}{link} {fact}." if before else f"Gunmen{fact[6:]}, {speech}."
    assert told(text) == (killed, 0)


_THINGS = ["station", "checkpoint", "camp", "convoy", "house", "patrol"]


@given(st.sampled_from(["a police", "a rebel", "two militant", "a soldier's"]), st.sampled_from(_THINGS))
def test_places_and_vehicles_of_people_count_nobody(whose: str, thing: str) -> None:
    assert told(f"Jets bombed {whose} {thing} and killed seven people.") == (7, 0)


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return Gazetteer.load()


def test_labelled_tolls_are_exact_and_none_is_invented(places: Gazetteer) -> None:
    extractor = Extractor.load(places)
    rows = labelled.rows("tolls")
    found = labelled.score(extractor, places, rows)
    assert found.share("killed") >= 0.91, "\n".join(found.misses)
    assert found.share("injured") >= 0.93, "\n".join(found.misses)
    invented = []
    for row in rows:
        told_rows = [e.facts for e in extractor.extract(labelled.report_of(row)).events if e.facts.status is Status.NEW]
        most = sum((e.get("killed") or {}).get("high") or 10**6 * ("killed" in e) for e in row["events"])
        if sum(f.fatalities_low or 0 for f in told_rows) > most:
            invented.append(row["text"])
    assert len(invented) <= 1, invented
