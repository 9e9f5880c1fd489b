"""What was transfused in this stay: how many doses of each blood product, and when the last.

An administration is one dose, as the record files it; a unit count is not computed from volumes.
Which names are blood products stands in `blood_products.toml`.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from pipelines.briefing import wording
from pipelines.briefing.line import Line
from pipelines.briefing.window import Window
from pipelines.records.answers import Computation
from pipelines.records.facts import Medication

RULES = Path(__file__).with_name("blood_products.toml")
KNOWN = 5


def transfusions(
    given: Iterable[Medication], window: Window, stay_start: datetime | None
) -> list[Line]:
    """A line for each blood product of the stay; outside of one, of the window."""
    since = stay_start or window.start
    products: dict[str, list[Medication]] = defaultdict(list)
    for dose in given:
        late = since is None or (dose.start is not None and dose.start.instant >= since)
        if dose.start is not None and late and _is_product(dose):
            products[dose.name].append(dose)
    return [_line(doses, "in this stay" if stay_start else "in this window")
            for doses in products.values()]  # fmt: skip


def _line(doses: list[Medication], span: str) -> Line:
    facts = tuple(dose.fact for dose in reversed(doses))
    noun = "dose" if len(doses) == 1 else "doses"
    text = f"Transfused {span}: {wording.plain(doses[-1].name)}, {len(doses)} {noun}"
    last = Line(f"last {wording.clock(doses[-1].start)}", (doses[-1].fact,))
    days: dict[str, list[Medication]] = defaultdict(list)
    for dose in doses:
        days[dose.start.day if dose.start else ""].append(dose)
    each = [_of_day(day, found) for day, found in days.items()] if len(days) > 1 else []
    count = Computation("count", len(doses))
    return Line(text, facts, count, urgency=KNOWN, clauses=(*each, last))


def _of_day(day: str, doses: list[Medication]) -> Line:
    facts = tuple(dose.fact for dose in doses)
    return Line(f"{len(doses)} on {day}", facts, Computation("count", len(doses)))


def _is_product(dose: Medication) -> bool:
    return any(name in dose.name.lower() for name in _names())


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    return tuple(tomllib.loads(RULES.read_text(encoding="utf-8"))["names"])
