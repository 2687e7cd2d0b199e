"""Some four hundred questions as people ask them, English and Arabic, their places as often as the world has events.

The hottest cases are among them and have names of their own.
"""

from __future__ import annotations

import random

from benchmarks.world import World
from conflict.places import Place

HOTTEST = {
    "latest": "latest",
    "latest_syria": "latest in Syria",
    "killed_aleppo_since_2015": "how many killed in Aleppo since 2015",
}
_ENGLISH = (
    ("latest in {place}", 14),
    ("{place}", 6),
    ("what happened in {place} yesterday?", 6),
    ("latest in {place} last week", 6),
    ("news from {admin1}", 6),
    ("latest in {country}", 3),
    ("how many killed in {admin1} in the last 30 days", 6),
    ("how many people were killed in {place} this year?", 5),
    ("how many killed in {country} since Monday", 3),
    ("how many killed in {admin1} in 2021", 4),
    ("how many injured in {admin1} this month", 3),
    ("air strikes near {place} last week", 5),
    ("shelling within 30 km of {place} in the last 3 months", 5),
    ("clashes in {admin1} since March", 4),
    ("how many air strikes in {admin1} this year", 4),
    ("how many attacks in {place} last month", 4),
    ("protests in {country} yesterday", 3),
    ("hospitals hit in {admin1}", 3),
    ("civilians killed in {admin1} last week", 3),
    ("is there a ceasefire in {admin1}?", 3),
    ("trend in {admin1} over the last 12 weeks", 3),
    ("who says so in {place}", 2),
    ("compare {admin1} and {other}", 2),
    ("what can you do", 1),
    ("latest in Qwertyville", 1),
)
_ARABIC = (
    ("آخر الأخبار في {place}", 8),
    ("{place}", 3),
    ("كم عدد القتلى في {admin1} هذا الشهر", 4),
    ("ماذا حدث في {place} أمس", 4),
    ("غارات جوية في {admin1} الأسبوع الماضي", 4),
    ("اشتباكات قرب {place}", 3),
    ("كم قتيل في {admin1} منذ 2020", 2),
    ("هل هناك هدنة في {admin1}", 2),
)


def questions(world: World, seed: int = 11) -> list[str]:
    """The questions, shuffled; the same for the same world."""
    chance = random.Random(seed)
    asked: list[str] = [*HOTTEST.values()] * 4
    for language, forms in (("en", _ENGLISH), ("ar", _ARABIC)):
        for form, weight in forms:
            asked += [_filled(form, world, language) for _ in range(weight * 3)]
    chance.shuffle(asked)
    return asked


def _filled(form: str, world: World, language: str) -> str:
    place, other = world.place(), world.place()
    return form.format(
        place=place.name_in(language),
        admin1=_unit(place, language),
        other=_unit(other, language),
        country=place.country,
    )


def _unit(place: Place, language: str) -> str:
    return (place.admin1 or place.name) if language == "en" else place.name_in(language)
