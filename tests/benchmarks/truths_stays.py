"""The truths of `wordings_stays.toml` that no other template has (see `truths`).

Times of all stays, the longest one, deaths, what the patient's record codes, and what the doses of
a drug add up to. A sum or a largest dose is asked only of doses in one unit that are no rates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tests.benchmarks import oracle
from tests.benchmarks.icu_raw import Row
from tests.benchmarks.oracle import Found, agree, stamp
from tests.benchmarks.truths_drugs import drug_drawn, given_doses

if TYPE_CHECKING:
    from tests.benchmarks.other_wordings import Draw

Truth = Callable[["Draw", str], Found | None]
MOST_STAYS = 8
_DOSE = re.compile(r"^(?P<amount>[\d.]+) (?P<unit>[a-zA-Z]+) \(")


def _stay_times(draw: Draw, extra: str) -> Found | None:
    side, kind = extra.split()
    stays = draw.raw.icu if kind == "icu" else draw.raw.hospital
    if not 2 <= len(stays) <= MOST_STAYS:
        return None
    return [[stamp(getattr(stay, side))] for stay in stays], []


def _longest(draw: Draw, extra: str) -> Found | None:
    if len(draw.raw.hospital) < 2:
        return None
    return [[max((s.end - s.start).total_seconds() / 86400 for s in draw.raw.hospital)]], []


def _died(draw: Draw, extra: str) -> Found | None:
    return ([[1]], []) if draw.raw.patient.get("deceasedDateTime") else None


def _death_age(draw: Draw, extra: str) -> Found | None:
    patient = draw.raw.patient
    if "deceasedDateTime" not in patient or "birthDate" not in patient:
        return None
    born = date.fromisoformat(patient["birthDate"])
    died = date.fromisoformat(patient["deceasedDateTime"][:10])
    return [[died.year - born.year - ((died.month, died.day) < (born.month, born.day))]], []


def _race(draw: Draw, extra: str) -> Found | None:
    races = [e for e in draw.raw.patient.get("extension", []) if e["url"].endswith("us-core-race")]
    said = [x.get("valueString") for e in races for x in e["extension"] if x["url"] == "text"]
    return ([[said[0].lower()]], []) if len(said) == 1 and said[0] else None


def _language(draw: Draw, extra: str) -> Found | None:
    return ([["english"]], []) if draw.raw.patient.get("communication") else None


def _of_doses(work: Callable[[Sequence[Row]], Found | None], *, amounts: bool) -> Truth:
    """Over a drug's doses, read both with and without those of nothing."""

    def truth(draw: Draw, extra: str) -> Found | None:
        rows = drug_drawn(draw)
        units = {found["unit"] for row in rows if (found := _DOSE.match(row.detail))}
        rates = any("/" in row.detail.split("(")[0] for row in rows)
        if amounts and (len(units) != 1 or rates or not all(row.value for row in rows)):
            return None
        draw.slots["unit"] = "".join(units)
        readings = draw.cut(rows)
        parts = [part for found in readings for part in (found, given_doses(found))]
        return agree([work(part) if part else None for part in parts])

    return truth


STAY_TRUTHS: dict[str, Truth] = {
    "stay_times": _stay_times,
    "longest": _longest,
    "died": _died,
    "death_age": _death_age,
    "race": _race,
    "language": _language,
    "drug_days": _of_doses(oracle.count_days, amounts=False),
    "drug_total": _of_doses(lambda rows: ([[sum(r.value or 0.0 for r in rows)]], []), amounts=True),
    "drug_max": _of_doses(lambda rows: ([[max(r.value or 0.0 for r in rows)]], []), amounts=True),
}
