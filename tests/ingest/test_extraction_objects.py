"""What an attack hits and from how far, who stands behind a capital, what is not read: rules, with words of our own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conflict.events import Report, ReportKind
from conflict.gazetteer import Gazetteer
from conflict.vocabulary import Assertion, EventType, SubEventType
from ingest.extraction import Extraction, Extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.load(Gazetteer.load())


def read(extractor: Extractor, text: str) -> Extraction:
    at = datetime(2024, 5, 14, 12, tzinfo=UTC)
    return extractor.extract(Report("r", "s", "S", ReportKind.TEXT, text, published_at=at))


def subs(found: Extraction) -> list[SubEventType]:
    return [event.facts.sub_event_type for event in found.events]


@pytest.mark.parametrize(
    "text",
    [
        "Rebels attacked an army post near Saraqib, a local activist said.",
        "Gunmen attacked a police checkpoint outside Gao, a resident said.",
        "Fighters assaulted a military outpost in Mopti.",
        "هاجم مسلحون حاجزا للشرطة في الحسكة، بحسب أحد السكان.",
    ],
)
def test_an_attack_on_the_armed_is_a_clash(extractor: Extractor, text: str) -> None:
    assert subs(read(extractor, text)) == [SubEventType.ARMED_CLASH]


@pytest.mark.parametrize(
    "text",
    [
        "Gunmen attacked a village near an army base in Mopti and killed five farmers.",
        "Militants attacked the rebel held town of Sake, killing nine civilians.",
        "هاجم مسلحون قرية في مالي وقتلوا خمسة مدنيين.",
    ],
)
def test_an_attack_on_people_stays_one_whoever_is_near(extractor: Extractor, text: str) -> None:
    assert subs(read(extractor, text)) == [SubEventType.ATTACK]


@pytest.mark.parametrize(
    "text",
    [
        "Israeli attack on a villa in Baalbek kills four.",
        "Two people were killed in a Russian attack on Kramatorsk.",
        "Russia attacked Kharkiv overnight, injuring seven.",
        "هجوم إسرائيلي على منزل في صور يقتل ثلاثة.",
    ],
)
def test_a_states_attack_by_no_named_means_comes_from_afar(extractor: Extractor, text: str) -> None:
    assert [e.facts.event_type for e in read(extractor, text).events] == [EventType.REMOTE_VIOLENCE]


def test_a_killing_and_an_abduction_are_two(extractor: Extractor) -> None:
    found = read(extractor, "Bandits killed nine farmers and kidnapped four women near Monguno.")
    assert set(subs(found)) == {SubEventType.ATTACK, SubEventType.ABDUCTION}


@pytest.mark.parametrize(
    "text",
    ["لم يسفر القصف على بلدة سراقب عن ضحايا.", "No casualties were reported in the shelling of Saraqib."],
)
def test_a_strike_that_hurt_nobody_is_told(extractor: Extractor, text: str) -> None:
    assert subs(read(extractor, text)) == [SubEventType.SHELLING]


@pytest.mark.parametrize("text", ["قصف عنيف على الأحياء السكنية في درعا، وألقت المروحيات براميل متفجرة على المدينة."])
def test_bombing_and_the_barrels_it_was_done_with_are_one(extractor: Extractor, text: str) -> None:
    assert subs(read(extractor, text)) == [SubEventType.AIR_STRIKE]


@pytest.mark.parametrize(
    "text", ["Fighting in Darfur displaced 2,000 families.", "أدت الاشتباكات إلى نزوح ألف عائلة من تعز."]
)
def test_fighting_that_people_flee_is_told_as_displacement(extractor: Extractor, text: str) -> None:
    assert subs(read(extractor, text)) == [SubEventType.OTHER]


def test_a_breach_is_denied_or_laid_at_somebodys_door(extractor: Extractor) -> None:
    (denied,) = read(extractor, "Russia denied it had breached the ceasefire in Donetsk region.").events
    (accused,) = read(extractor, "Baku accused Yerevan of violating the ceasefire in Karabakh on Sunday.").events
    assert (denied.facts.assertion, accused.facts.assertion) == (Assertion.DENIED, Assertion.STATED)
    assert accused.facts.actor1 is not None
    assert accused.facts.actor1.name == "Armenian forces"


@pytest.mark.parametrize("text", ["Kyiv accused Moscow of shelling Beryslav.", "اتهمت كييف موسكو بقصف بيريسلاف أمس."])
def test_capitals_that_speak_are_parties_not_places(extractor: Extractor, text: str) -> None:
    (event,) = read(extractor, text).events
    assert [p.place.name for p in event.facts.places if p.place] == ["Beryslav"]
    assert event.facts.actor1 is not None
    assert event.facts.actor1.name == "Russian forces"


def test_a_capital_where_something_happens_is_a_place(extractor: Extractor) -> None:
    (event,) = read(extractor, "Shelling killed two people in Kyiv, the mayor said.").events
    assert [p.text for p in event.facts.places] == ["Kyiv"]


@pytest.mark.parametrize(
    "text",
    [
        "Bei einem Luftangriff auf die Stadt wurden drei Menschen getötet.",
        "Une frappe aérienne a tué trois personnes dans le sud du Liban.",
        "Hava saldırısında iki kişi öldü, beş kişi yaralandı.",
        "В результате обстрела погибли два человека.",
        "בתקיפה נהרגו שלושה בני אדם.",
        "در حمله هوایی به شهر حلب سه نفر کشته شدند.",
    ],
)
def test_another_language_is_not_read_and_said_to_be_one(extractor: Extractor, text: str) -> None:
    found = read(extractor, text)
    assert not found.events
    assert found.reason is not None
    assert found.reason.startswith("another language")


@pytest.mark.parametrize(
    "text",
    [
        "Menu Home World Politics Business Sport Video",
        "Home\nNews\nUkraine war\nSport\nSign in",
        "الرئيسية أخبار سياسة رياضة فيديو",
    ],
)
def test_a_menu_is_said_to_be_one(extractor: Extractor, text: str) -> None:
    assert read(extractor, text).reason == "a menu or list of links, no running text"


@pytest.mark.parametrize(
    "text",
    [
        "Israeli drone strike hits Nabatieh car",
        "Zelenskyy: Russian shelling kills Pokrovsk mayor",
        "Sudan: RSF shelling kills nine, El Fasher",
    ],
)
def test_a_headline_is_neither(extractor: Extractor, text: str) -> None:
    assert read(extractor, text).events
