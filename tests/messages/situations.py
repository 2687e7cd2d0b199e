"""Situations built by hand, for goldens: Idlib of 2 December 2019 from one article, and made-up ones elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from conflict.answers import Answer, Range, SourceHealth
from conflict.breaches import Accusations, BreachWeek
from conflict.ceasefires import Ceasefire
from conflict.claims import Claim
from conflict.events import ConflictEvent
from conflict.facts import Actor, Breach, Casualty, EventFacts, Evidence, ReportedBreach
from conflict.periods import Period
from conflict.places import EventPlace, Place
from conflict.questions import Question, QuestionKind
from conflict.tolls import BreachTally, TollReport
from conflict.vocabulary import (
    CasualtyKind,
    OriginatorKind,
    PartOfDay,
    PlaceLevel,
    Severity,
    Status,
    SubEventType,
    Verification,
)

NOW = datetime(2019, 12, 2, 18, 0, tzinfo=UTC)
PUBLISHED = datetime(2019, 12, 2, 12, 0, tzinfo=UTC)
SAT, SUN, MON = date(2019, 11, 30), date(2019, 12, 1), date(2019, 12, 2)

IDLIB = Place("gn:169387", "Idlib", PlaceLevel.ADMIN1, "Syria", "SY", "Idlib", "gn:169387", name_ar="إدلب")
IDLIB_CITY = Place(
    "gn:169389", "Idlib", PlaceLevel.SETTLEMENT, "Syria", "SY", "Idlib", "gn:169387",
    latitude=35.93, longitude=36.63, name_ar="إدلب",
)  # fmt: skip
MAARAT = Place(
    "gn:169000", "Maarat al-Numan", PlaceLevel.SETTLEMENT, "Syria", "SY", "Idlib", "gn:169387",
    latitude=35.64, longitude=36.67, name_ar="معرة النعمان",
)  # fmt: skip
ABU_DUHUR = Place(
    "sr:abu-duhur-airport", "Abu al-Duhur airport", PlaceLevel.FACILITY, "Syria", "SY", "Idlib", "gn:169387",
    latitude=35.73, longitude=37.1, name_ar="مطار أبو الظهور", kind="airport",
)  # fmt: skip
SARAQIB = Place(
    "gn:172955", "Saraqib", PlaceLevel.SETTLEMENT, "Syria", "SY", "Idlib", "gn:169387",
    latitude=35.86, longitude=36.8, name_ar="سراقب",
)  # fmt: skip
ALEPPO = Place("gn:170062", "Aleppo", PlaceLevel.ADMIN1, "Syria", "SY", "Aleppo", "gn:170062", name_ar="حلب")

GOVERNMENT = Actor("Syrian government forces", "syria_gov", "government")
HTS = Actor("Hayat Tahrir al-Sham", "hts", "opposition")


def facts(sub: SubEventType, when: date | None, **more: object) -> EventFacts:
    """Facts of a sub-type and a day."""
    return EventFacts(sub_event_type=sub, event_date=when, **more)  # type: ignore[arg-type]


def claim(said: EventFacts, originator: str | None, kind: OriginatorKind, sentence: str, **more: object) -> Claim:
    """A statement, by default printed by Middle East Eye on 2 December 2019."""
    values: dict[str, object] = {
        "claim_id": f"c{abs(hash(sentence)) % 10**8}",
        "report_id": "r1",
        "publisher": "Middle East Eye",
        "url": "https://example.org/idlib-clashes",
        "published_at": PUBLISHED,
        **more,
    }
    evidence = Evidence(0, len(sentence), sentence)
    return Claim(facts=said, originator=originator, originator_kind=kind, evidence=evidence, **values)  # type: ignore[arg-type]


def event(number: int, *claims: Claim, **more: object) -> ConflictEvent:
    """An event as the fold of its claims would be, as far as messages can tell."""
    values: dict[str, object] = {
        "event_id": f"ev{number:06x}",
        "revision": 1,
        "facts": claims[0].facts,
        "claims": claims,
        "verification": Verification.UNVERIFIED,
        "severity": Severity.SERIOUS,
        "first_reported_at": claims[0].published_at,
        "updated_at": claims[0].published_at,
        **more,
    }
    return ConflictEvent(**values)  # type: ignore[arg-type]


def seed_events() -> tuple[ConflictEvent, ...]:
    """What the article of 2 December 2019 says happened, in words of our own."""
    killed = CasualtyKind.KILLED
    sides = (
        Casualty(killed, "syria_gov", "pro-government fighters", False, 51),
        Casualty(killed, "hts", "opponents", False, 45),
    )
    idlib = EventPlace("Idlib", IDLIB)
    sohr, monitor = "SOHR", OriginatorKind.MONITOR
    clashes = facts(
        SubEventType.ARMED_CLASH, SAT, event_date_end=MON, actor1=HTS, actor2=GOVERNMENT, initiator="hts",
        places=(EventPlace("south-eastern Idlib", IDLIB, bearing="SE"),), casualties=sides, fatalities_low=96,
        fatalities_best=96, fatalities_high=96,
        breach=Breach(reported=(ReportedBreach("SOHR", None),), inferred=("c1",)),
    )  # fmt: skip
    push = facts(
        SubEventType.ARMED_CLASH, SAT, part_of_day=PartOfDay.NIGHT, actor1=GOVERNMENT, actor2=HTS,
        initiator="syria_gov", places=(idlib,),
    )  # fmt: skip
    regained = facts(
        SubEventType.GOVERNMENT_REGAINS, SUN, event_date_end=MON, actor1=GOVERNMENT, actor2=HTS, places=(idlib,),
        status=Status.ONGOING,
    )  # fmt: skip
    offensive = facts(
        SubEventType.ARMED_CLASH, SAT, actor1=HTS, actor2=GOVERNMENT, initiator="hts",
        places=(EventPlace("Abu Dhuhour Airport", ABU_DUHUR, vicinity=True),),
    )  # fmt: skip
    towns = facts(
        SubEventType.NON_STATE_OVERTAKES, SAT, actor1=HTS, actor2=GOVERNMENT,
        places=(EventPlace("four towns", IDLIB, count=4, bearing="SE"),),
    )  # fmt: skip
    fled = facts(SubEventType.OTHER, SAT, event_date_end=MON, places=(idlib,), tags=("displacement",))
    morning = facts(
        SubEventType.AIR_STRIKE, SUN, part_of_day=PartOfDay.MORNING, actor2=HTS,
        places=(EventPlace("Maaret al-Numan region", MAARAT, vicinity=True),),
    )  # fmt: skip
    afternoon = facts(SubEventType.AIR_STRIKE, SUN, part_of_day=PartOfDay.AFTERNOON, actor2=HTS)
    episode = {"episode": "r1:0"}
    return (
        event(6, claim(regained, sohr, monitor, "Ground was taken back by the army; fighting goes on."), **episode),
        event(1, claim(clashes, sohr, monitor, "In 48 hours 51 died on one side and 45 on the other."), **episode),
        event(7, claim(afternoon, None, OriginatorKind.UNNAMED, "Aircraft struck far behind the front on Sunday.")),
        event(2, claim(morning, "AFP", OriginatorKind.AGENCY, "Smoke rose near Maarat al-Numan on Sunday morning.")),
        event(5, claim(push, sohr, monitor, "The army, with Russian aircraft, pushed back overnight."), **episode),
        event(3, claim(offensive, "AMN", OriginatorKind.OUTLET, "An attack began on sites by the airport."), **episode),
        event(4, claim(towns, "field report", OriginatorKind.UNNAMED, "Four towns were taken by surprise."), **episode),
        event(8, claim(fled, None, OriginatorKind.UNNAMED, "People of several villages went north."), **episode),
    )  # fmt: skip


BREACH_WEEKS = (
    BreachWeek(date(2019, 11, 25), (Accusations("SOHR", "syria_gov", 3, 1), Accusations(None, None, 1)), 2),
    BreachWeek(date(2019, 11, 18), (), 11),
)
TRUCE = Ceasefire(
    "c1", "Ceasefire announced by Russia", ("syria_gov",), (IDLIB.place_id,), date(2019, 8, 31), unilateral=True,
    name_ar="هدنة أعلنتها روسيا", excluded=("hts",),
)  # fmt: skip


def seed_toll() -> TollReport:
    """SOHR's count for 48 hours."""
    return TollReport(
        "t1", "r1", "Middle East Eye", (EventPlace("Idlib", IDLIB),), SAT, MON, MON, seed_events()[1].facts.casualties,
        "SOHR", OriginatorKind.MONITOR, published_at=PUBLISHED, sequence=0,
    )  # fmt: skip


def seed(kind: QuestionKind = QuestionKind.LATEST, text: str = "latest in Idlib", **more: object) -> Answer:
    """The answer to a question on Idlib province, from the one article."""
    values: dict[str, object] = {
        "question": Question(kind, text, "en", places=(IDLIB,), alternative=IDLIB_CITY),
        "now": NOW,
        "events": seed_events(),
        "ceasefires": (TRUCE,),
        "tolls": (seed_toll(),),
        "total": 8,
        "fatalities": Range(96, 96, 96),
        "containing": seed_toll(),
        "originators": ("SOHR",),
        "reports": 1,
        "publishers": ("Middle East Eye",),
        "fresh_to": datetime(2019, 12, 2, 17, 45, tzinfo=UTC),
        **more,
    }
    return Answer(**values)  # type: ignore[arg-type]


def made_up() -> tuple[ConflictEvent, ...]:
    """Made-up events with two voices, a dispute, a range, old news and a hostile name."""
    from datetime import timedelta

    place = (EventPlace("Saraqib", SARAQIB),)
    killed = CasualtyKind.KILLED
    by_monitor = facts(
        SubEventType.ARMED_CLASH, SAT, part_of_day=PartOfDay.MORNING, actor1=GOVERNMENT, actor2=HTS,
        initiator="syria_gov", places=place,
        casualties=(Casualty(killed, "syria_gov", None, None, 5), Casualty(killed, "hts", None, None, 4)),
        breach=Breach(reported=(ReportedBreach("Monitor A", "syria_gov", "Agency B"),)),
    )  # fmt: skip
    by_agency = facts(SubEventType.ARMED_CLASH, SAT, casualties=(Casualty(killed, None, "soldiers", False, 2),))
    captured = facts(
        SubEventType.ARMED_CLASH, SUN, places=place,
        casualties=(Casualty(CasualtyKind.KILLED_OR_CAPTURED, None, "fighters", None, 6),),
    )  # fmt: skip
    hospital = facts(
        SubEventType.SHELLING, date(2019, 11, 22), places=(EventPlace("Kafr <b>X</b> & Y", None),), tags=("hospital",),
        casualties=(Casualty(killed, None, "children", True, None, 3, 5), Casualty(CasualtyKind.INJURED)),
    )  # fmt: skip
    a, b = OriginatorKind.MONITOR, OriginatorKind.PARTY
    first = claim(by_monitor, "Monitor A", a, "Nine fighters died in the clash.", publisher="Paper <C>", report_id="r2")
    reply = claim(by_agency, "Agency B", b, "Two soldiers were lost.", report_id="r3", url="javascript:alert(1)")
    later = MON - timedelta(days=0)
    return (
        event(17, first, reply, disputed=("toll", "initiator"), verification=Verification.DISPUTED),
        event(18, claim(captured, "Monitor A", a, "Six fighters were killed or taken.", report_id="r4")),
        event(
            19,
            claim(hospital, "resident", OriginatorKind.RESIDENT, "A clinic was hit.", report_id="r5"),
            first_reported_at=datetime(later.year, later.month, later.day, 9, tzinfo=UTC),
        ),
    )


def disputed(**more: object) -> Answer:
    """An answer with disputes, a tally, a failing and a silent source, and a further page."""
    since = datetime(2019, 11, 29, 6, 30, tzinfo=UTC)
    tally = BreachTally(
        "b1", "r6", "Agency B", "Agency B", "hts", 159, (("explosions", 33),), (EventPlace("Idlib", IDLIB),), SAT, SUN
    )
    values: dict[str, object] = {
        "events": made_up(),
        "tolls": (),
        "tallies": (tally,),
        "containing": None,
        "fatalities": Range(5, None, 14),
        "originators": ("Monitor A", "Agency B"),
        "reports": 5,
        "total": 23,
        "pages": 3,
        "page": 1,
        "silent_sources": (
            SourceHealth("a", "Paper <C>", last_item_at=since),
            SourceHealth("b", "Agency B", failing_since=since, error="secret detail"),
        ),
        **more,
    }
    return seed(**values)  # type: ignore[arg-type]


def empty(**more: object) -> Answer:
    """Nothing in the period, though something older is stored."""
    start, end = datetime(2019, 12, 4, tzinfo=UTC), datetime(2019, 12, 6, tzinfo=UTC)
    question = Question(QuestionKind.LATEST, "Idlib today", "en", places=(IDLIB,), period=Period(start, end))
    values: dict[str, object] = {
        "question": question,
        "now": datetime(2019, 12, 5, 12, tzinfo=UTC),
        "events": (),
        "tolls": (),
        "ceasefires": (),
        "total": 0,
        "newest": seed_events()[0],
        **more,
    }
    return seed(**values)  # type: ignore[arg-type]


REBELS = Actor("Syrian opposition fighters", "syria_rebels", "opposition")
QAH = Place(
    "gn:167000", "Qah", PlaceLevel.SETTLEMENT, "Syria", "SY", "Idlib", "gn:169387",
    latitude=36.3, longitude=36.7, name_ar="قاح",
)  # fmt: skip
QAH_CAMP = Place(
    "sr:qah-camp", "Qah camp", PlaceLevel.FACILITY, "Syria", "SY", "Idlib", "gn:169387",
    latitude=36.31, longitude=36.7, name_ar="مخيم قاح", kind="camp",
)  # fmt: skip


def counts(kind: CasualtyKind, *people: tuple[str | None, str | None, bool | None, int]) -> tuple[Casualty, ...]:
    """People of (side, role, civilian, number)."""
    return tuple(Casualty(kind, side, role, civilian, n) for side, role, civilian, n in people)


def many_reports() -> Answer:
    """A page of ten events of as many reports, whose words for people are in both languages."""
    killed, sohr = CasualtyKind.KILLED, OriginatorKind.MONITOR
    at = [EventPlace(place.name, place) for place in (SARAQIB, MAARAT, QAH)]
    pair = {"actor1": GOVERNMENT, "actor2": REBELS}
    clash, strike, tuesday = SubEventType.ARMED_CLASH, SubEventType.AIR_STRIKE, date(2019, 11, 26)
    told = (
        facts(
            clash, SAT, event_date_end=MON, places=(EventPlace("south-east Idlib", IDLIB, bearing="SE"),), **pair,
            casualties=counts(killed, ("syria_gov", "pro-government fighters", False, 51),
                              ("syria_rebels", "opponents", False, 45)),
        ),
        facts(
            clash, SAT, event_date_end=SUN, places=at[:1], **pair,
            casualties=counts(killed, ("syria_gov", "soldiers", False, 15), ("syria_rebels", "rebel", False, 13)),
        ),
        facts(clash, SAT, places=at[1:2], **pair, casualties=counts(killed, (None, "أشخاص", None, 4))),
        facts(clash, SAT, places=(EventPlace("", ABU_DUHUR, vicinity=True),), actor1=REBELS, initiator="syria_rebels"),
        facts(
            clash, SAT, places=at[2:], actor1=GOVERNMENT, actor2=REBELS, initiator="syria_gov",
            casualties=counts(killed, ("turkey", "جنديا", False, 33), (None, "عناصر من الكتيبة", False, 3)),
        ),
        facts(strike, SUN, part_of_day=PartOfDay.MORNING, actor2=REBELS, places=at[1:2]),
        facts(strike, SUN, part_of_day=PartOfDay.AFTERNOON, actor2=REBELS, places=(EventPlace("Idlib", IDLIB),)),
        facts(
            strike, tuesday, actor2=Actor("civilians"), places=at[:1], tags=("hospital",),
            casualties=counts(killed, (None, "أطفال", True, 2), (None, "medics", True, 1), (None, "صحفي", True, 1)),
        ),
        facts(
            SubEventType.SHELLING, tuesday, actor1=Actor("civilians"), actor2=Actor("children"), places=at[2:],
            casualties=(Casualty(killed, None, "نساء", True, None, 3, 5), Casualty(killed, None, "children", True, 11)),
        ),
        facts(SubEventType.ATTACK, tuesday, actor1=Actor("gunmen"), actor2=Actor("مدنيين"), places=at[:1]),
    )  # fmt: skip
    events = tuple(
        event(
            20 + n,
            claim(said, "SOHR", sohr, f"Sentence {n}.", report_id=f"r{n}", url=None if n % 2 else f"https://e.org/{n}"),
            episode=f"r{n}:0",
        )
        for n, said in enumerate(told)
    )
    return seed(
        QuestionKind.KILLED, events=events, tolls=(), containing=None, total=10, fatalities=Range(145, 145, 145),
        toll_originators=("SOHR",), tolls_inside=3, originators=("SOHR", "AFP", "AMN"), reports=10,
    )  # fmt: skip


def one_town() -> Answer:
    """A town and the camp named after it, with a truce that is over."""
    shelling, killed = SubEventType.SHELLING, CasualtyKind.KILLED
    camp = facts(
        shelling, SUN, places=(EventPlace("Qah camp", QAH_CAMP),), tags=("camp",),
        casualties=counts(killed, (None, "displaced people", True, 16)),
    )  # fmt: skip
    town = facts(SubEventType.AIR_STRIKE, SAT, places=(EventPlace("Qah", QAH),))
    again = facts(shelling, date(2019, 11, 20), places=(EventPlace("Qah", QAH),))
    events = tuple(
        event(40 + n, claim(said, "SOHR", OriginatorKind.MONITOR, f"Sentence {n}."))
        for n, said in enumerate((camp, town, again))
    )
    over = Ceasefire("c0", "An older truce", ("syria_gov",), (IDLIB.place_id,), date(2019, 7, 1), date(2019, 8, 5))
    return seed(
        question=Question(QuestionKind.LATEST, "latest in Qah", "en", places=(QAH,)), events=events, tolls=(), total=3,
        ceasefires=(over,),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Units:
    """A gazetteer of the places above."""

    def get(self, place_id: str) -> Place | None:
        """The province of Idlib or Aleppo."""
        return {p.place_id: p for p in (IDLIB, ALEPPO)}.get(place_id)
