"""The truths about drugs, laboratory tests and diagnoses (see `truths`).

A drug is asked for only where one name in the chart fits it, and only where the whole list of
administrations and those with a dose above zero say the same: a stopped drip is no dose given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.benchmarks import oracle
from tests.benchmarks.icu_raw import Row, dates, numbers, read, stay_in
from tests.benchmarks.oracle import Found, agree, ints, stamp

if TYPE_CHECKING:
    from tests.benchmarks.other_wordings import Draw

Truth = Callable[["Draw", str], Found | None]
# Drugs and diagnoses.


def drug_drawn(draw: Draw) -> tuple[Row, ...]:
    """All administrations of a drug that stands in this chart under one name."""
    texts: dict[str, set[str]] = {}
    for row in draw.raw.drugs:
        texts.setdefault(re.split(r"[ /(-]", row.text.lower())[0], set()).add(row.text)
    pool = sorted(t for found in texts.values() if len(found) == 1 for t in found if "%" not in t)
    if not pool:
        return ()
    text = draw.dice.choice(pool)
    brand = re.search(r"\((?!Bolus|Prophylaxis|Concentrate)(\w{5,})\)", text)
    named = [re.sub(r"\s*\(.*\)", "", text), re.sub(r"\s*\(.*\)", "", text).lower()]
    draw.slots["drug"] = draw.name(named + ([brand[1]] if brand else []))
    return tuple(row for row in draw.raw.drugs if row.text == text)


def given_doses(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.value]


def _of_drug(work: Callable[[Sequence[Row], int], Found | None]) -> Truth:
    """The whole list and the part with a dose above zero must say the same."""

    def truth(draw: Draw, extra: str) -> Found | None:
        readings = draw.cut(drug_drawn(draw))
        place = ints(extra)[0] if extra else 0
        return agree([work(part, place) for rows in readings for part in (rows, given_doses(rows))])

    return truth


def _count_given(rows: Sequence[Row], place: int) -> Found | None:
    if not rows or any("continuous" in row.detail for row in rows):
        return None
    return [[len(rows)]], [row.ref for row in rows]


def _drug_given(draw: Draw, extra: str) -> Found | None:
    drug = drug_drawn(draw)
    readings = draw.cut(drug) if drug else []
    found = agree([([[int(bool(p))]], []) for r in readings for p in (r, given_doses(r))] or [None])
    draw.or_abstain = bool(found and found[0] == [[0]])
    return found


def _drug_list(rows: Sequence[Row], place: int) -> Found | None:
    return oracle.names(rows)


def _drugs(draw: Draw, extra: str) -> Found | None:
    readings = draw.cut(draw.raw.drugs)
    return agree([oracle.names(part) for rows in readings for part in (rows, given_doses(rows))])


def _count_drugs(draw: Draw, extra: str) -> Found | None:
    found = _drugs(draw, extra)
    readings = draw.cut(draw.raw.drugs)
    if not found or len({row.code for row in readings[0]}) != len(found[0]):
        return None
    return [[len(found[0])]], []


def _drugs_difference(draw: Draw, extra: str) -> Found | None:
    if not draw.raw.drugs:
        return None
    day = draw.dice.choice(draw.raw.drugs).time.date()
    after = day + timedelta(days=1)
    draw.slots["d"], draw.slots["d2"] = str(day), str(after)
    if draw.dice.random() < 0.3:
        moment = draw.dice.choice(draw.raw.drugs).time
        draw.slots["d"] = dates(
            moment.replace(year=day.year, month=day.month, day=day.day), draw.dice
        )["longday"]
        draw.slots["d2"] = f"{after.day} {after:%B %Y}"
    found = []
    for keep in (lambda rows: rows, given_doses):
        rows = keep(draw.raw.drugs)
        had = {row.text.lower() for row in rows if row.time.date() == day}
        has = {row.text.lower() for row in rows if row.time.date() == after}
        found.append(([[name] for name in sorted(has - had)], []) if has - had and had else None)
    return agree(found)


def _labs(draw: Draw, extra: str) -> Found | None:
    return agree([oracle.names(rows) for rows in draw.cut(draw.raw.labs)])


def _drug_dose(rows: Sequence[Row], place: int) -> Found | None:
    if not rows or len({row.time for row in rows}) != len(rows) or not rows[place].value:
        return None
    return [[rows[place].value or 0.0]], [rows[place].ref]


def _when_drug(rows: Sequence[Row], place: int) -> Found | None:
    return ([[stamp(rows[place].time)]], []) if rows else None


def diagnoses(draw: Draw, extra: str) -> Found | None:
    found = [
        (ref, name)
        for ref, name, stay in draw.raw.diagnoses
        if stay == stay_in(draw.raw, draw.scope).id
    ]
    named = [name for _, name in found]
    if not found or len(set(named)) != len(named):
        return None
    if draw.template["truth"] == "count_dx":
        return [[len(found)]], [ref for ref, _ in found]
    return [[name] for name in named], [ref for ref, _ in found]


def _diagnosed(draw: Draw, extra: str) -> Found | None:
    here = draw.raw.diagnoses
    other = draw.dice.random() < 0.25
    pool = read(draw.dice.choice(numbers())).diagnoses if other else here
    if not pool:
        return None
    name = draw.dice.choice(pool)[1]
    words = re.sub(r"(^unspecified |, unspecified|, not elsewhere classified)", "", name)
    draw.slots["dx"] = words
    stays = {stay for _, had, stay in here if had == name}
    near = {stay for _, had, stay in here if words.split(",")[0] in had or had in words}
    if near != stays and not stays:
        return None
    holds = bool(stays) if draw.scope == "all" else stay_in(draw.raw, draw.scope).id in stays
    if near != stays and not holds:
        return None
    draw.or_abstain = not holds
    return [[int(holds)]], []


DRUG_TRUTHS: dict[str, Truth] = {
    "count_drugs": _count_drugs,
    "count_given": _of_drug(_count_given),
    "count_dx": diagnoses,
    "drugs": _drugs,
    "drugs_difference": _drugs_difference,
    "labs": _labs,
    "when_drug": _of_drug(_when_drug),
    "drug_given": _drug_given,
    "drug_dose": _of_drug(_drug_dose),
    "diagnoses": diagnoses,
    "diagnosed": _diagnosed,
}
