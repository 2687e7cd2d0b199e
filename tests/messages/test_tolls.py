"""Tolls of several voices: told apart exactly where they read differently."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conflict.actors import Actors
from conflict.facts import Casualty, EventFacts
from conflict.vocabulary import CasualtyKind, OriginatorKind, SubEventType
from messages.catalog import Catalog
from messages.tolls import differing_tolls, tolls_by_voice
from tests.messages import situations as here

CATALOG = Catalog.load(Actors.load())
SMALL = st.sampled_from([None, 0, 3])
CASUALTIES = st.builds(
    Casualty,
    st.sampled_from([CasualtyKind.KILLED, CasualtyKind.INJURED]),
    side=st.sampled_from([None, "syria_gov", "hts"]),
    role=st.sampled_from([None, "fighters", "soldiers", "people", "أشخاص"]),
    count=SMALL,
)
FACTS = st.builds(
    lambda people, best, who: here.facts(
        SubEventType.ARMED_CLASH, here.SAT, casualties=tuple(people), fatalities_best=best, actor1=who
    ),
    st.lists(CASUALTIES, max_size=2),
    SMALL,
    st.sampled_from([None, here.GOVERNMENT, here.HTS]),
)


@given(st.lists(FACTS, min_size=1, max_size=3), st.booleans(), st.sampled_from(["en", "ar"]))
def test_counts_are_told_by_voice_where_they_read_differently(
    said: list[EventFacts], denied: bool, language: str
) -> None:
    texts = CATALOG.texts(language)
    claims = [
        here.claim(facts, name, OriginatorKind.MONITOR, name, denies=denied and name == "AFP")
        for facts, name in zip(said, ("SOHR", "AFP", "SNHR"), strict=False)
    ]
    event = here.event(1, *claims)
    told = tolls_by_voice(event, texts)
    assert differing_tolls(event, texts) == (told if len(set(told.values())) > 1 else {})
