"""The few results that a clinician looks at first, as cards above the briefing.

Critical and abnormal ones come first, then by `FIRST_LOOK`. Only results of the window make a
card; the small curve reaches back a week. Numbers are the record's own; where it has no range,
or where a value is critical by the site's limits, site policy marks it and is named.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from pipelines.charts import labs, patients
from pipelines.charts.demographics import age_at
from pipelines.desk.access import open_chart
from pipelines.records.facts import Fact, ResultKind
from pipelines.records.views import ResultCard
from pipelines.terms.limits import judged, sorted_out

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader

FIRST_LOOK = (
    "creatinine", "potassium", "sodium", "hemoglobin", "wbc", "platelets", "lactate", "glucose",
    "bun", "crp", "troponin", "inr", "bicarbonate", "magnesium", "a1c",
)  # fmt: skip
CARDS_SHOWN = 6
CANDIDATES = 16
CURVE = timedelta(days=7)
URGENCY = {"HH": 0, "LL": 0, "AA": 0, "H": 1, "L": 1, "A": 2}


def result_cards(
    house: House, reader: Reader, patient_id: str, hours: int
) -> tuple[ResultCard, ...]:
    """At most six cards of labs that have a numeric result in the last `hours`."""
    chart = open_chart(house, reader, patient_id, "look")
    start = chart.as_of.instant - timedelta(hours=hours)
    fresh = [
        kind
        for kind in labs.kinds(chart)
        if kind.kind == "lab" and kind.numeric_count and kind.last and kind.last.instant >= start
    ]
    kinds = {kind.code_key: kind for kind in sorted(fresh, key=_place)[:CANDIDATES]}
    if not kinds:
        return ()
    age_years = age_at(patients.patient(chart), chart.as_of)
    read = labs.results(chart, tuple(kinds), start=min(start, chart.as_of.instant - CURVE))
    recent = tuple(judged(sorted_out(fact), age_years) for fact in read)
    cards = [_card(kinds[key], group) for key, group in _by_code(recent)]
    return tuple(sorted(cards, key=lambda card: (_urgency(card), _place(card.kind)))[:CARDS_SHOWN])


def _by_code(facts: tuple[Fact, ...]) -> list[tuple[str, list[Fact]]]:
    numeric = [fact for fact in facts if fact.value is not None and fact.when is not None]
    ordered = sorted(numeric, key=lambda fact: fact.code_key or "")  # stable: time order stays
    return [(key, list(group)) for key, group in groupby(ordered, lambda f: f.code_key or "")]


def _card(kind: ResultKind, facts: list[Fact]) -> ResultCard:
    latest = facts[-1]
    same_unit = tuple(fact for fact in facts if fact.unit == latest.unit)
    previous = same_unit[-2] if len(same_unit) > 1 else None
    return ResultCard(kind, latest, previous, same_unit)


def _place(kind: ResultKind) -> tuple[int, int]:
    known = FIRST_LOOK.index(kind.concept) if kind.concept in FIRST_LOOK else len(FIRST_LOOK)
    return known, -kind.numeric_count


def _urgency(card: ResultCard) -> int:
    return URGENCY.get(card.latest.flag or "", 3)
