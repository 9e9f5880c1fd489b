"""KDIGO stages of acute kidney injury from dated creatinines and, where charted, hourly urine.

The tests run in a fixed order (3 times the baseline, 4.0 with an acute rise, twice, + 0.3 mg/dL in
48 h, 1.5 times), each with a tolerance for numbers that binary fractions miss. The baseline is
the lowest of the strictly earlier values within its window; a first value alone has none, and
then no stage is told: "no baseline" is not "no injury". A lone old value says nothing of now.
Urine counts only where amounts cover the hours without a gap and a weight is recorded.

Source: KDIGO 2012, section 2.1 and table 2; order as mimic-code; numbers in `kdigo.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.records.moments import Moment
from pipelines.records.screening import Kdigo, KdigoPart, Reading, UrineAmount
from pipelines.terms import units

TABLE = Path(__file__).with_name("kdigo.toml")
NO_CREATININE = "no creatinine"
NO_URINE = "urine output is not recorded"
NOT_HOURLY = "urine output is not charted hour by hour"
NO_WEIGHT = "no weight is recorded for urine output"


def kdigo(
    creatinines: Sequence[Reading],
    as_of: Moment,
    urine: Sequence[UrineAmount] = (),
    weight: Reading | None = None,
) -> Kdigo:
    """The stage at `as_of`, each part by itself. Readings in any order, none after the as-of."""
    return Kdigo(by_creatinine(creatinines, as_of), by_urine(urine, weight, as_of))


def by_creatinine(creatinines: Sequence[Reading], as_of: Moment) -> KdigoPart:
    """The stage of the newest creatinine against the strictly earlier ones."""
    rule = rules()["creatinine"]
    known = [(one, value) for one in creatinines if (value := _mg_dl(one)) is not None]
    if not known:
        return KdigoPart(None, "creatinine in another unit" if creatinines else NO_CREATININE)
    known.sort(key=lambda pair: pair[0].when.instant)
    newest, value = known[-1]
    hours = (as_of.instant - newest.when.instant).total_seconds() / 3600
    if hours > rule["newest_within_hours"]:
        return KdigoPart(None, f"last creatinine {hours / 24:.0f} d before as-of", (newest,))
    return _staged(newest, value, known)


def by_urine(urine: Sequence[UrineAmount], weight: Reading | None, as_of: Moment) -> KdigoPart:
    """The stage of the last hours before the newest amount; None where they are not covered."""
    amounts = [one for one in urine if one.reading.value is not None]
    if not amounts:
        return KdigoPart(None, NO_URINE)
    kilograms = None if weight is None else _in(weight, "kg")
    if weight is None or not kilograms:
        return KdigoPart(None, NO_WEIGHT)
    periods = _periods(amounts)
    rule = rules()["urine"]
    old = as_of.instant - timedelta(hours=rule["stage_2"]["hours"])
    if not periods or periods[-1][1] < old:
        return KdigoPart(None, NOT_HOURLY)
    newest = (max(amounts, key=lambda one: one.reading.when.instant).reading, weight)
    return _urine_stage(periods, kilograms, newest)


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """The table, read once."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def _mg_dl(one: Reading) -> float | None:
    return _in(one, rules()["creatinine"]["unit"])


def _in(one: Reading, unit: str) -> float | None:
    if one.value is None or one.unit is None:
        return None
    return units.convert(one.value, one.unit, unit, one.concept)


Known = list[tuple[Reading, float]]


def _staged(newest: Reading, value: float, known: Known) -> KdigoPart:
    rule = rules()["creatinine"]
    at = newest.when.instant
    before = [pair for pair in known if pair[0].when.instant < at]
    week = _lowest(before, at, rule["ratio_window_hours"])
    days = _lowest(before, at, rule["rise_window_hours"])
    if week is None:
        days_back = rule["ratio_window_hours"] // 24
        return KdigoPart(None, f"no baseline in the {days_back} d before", (newest,))
    stage, why = _stage(value, week[1], None if days is None else days[1])
    used = days if days is not None and why.startswith("+") else week
    return KdigoPart(stage, why, (newest, used[0]))


def _stage(value: float, week: float, two_days: float | None) -> tuple[int, str]:
    """Stage and the rule that gave it, in the order of the source."""
    rule = rules()["creatinine"]
    value += rule["tolerance"]
    rose = two_days is not None and value >= two_days + rule["rise"]
    if value >= rule["stage_3_ratio"] * week:
        return 3, f"at least {rule['stage_3_ratio']:g} times the lowest of 7 d"
    if value >= rule["stage_3_value"] and (rose or value >= rule["stage_1_ratio"] * week):
        return 3, f"at least {rule['stage_3_value']:.1f} mg/dL with an acute rise"
    if value >= rule["stage_2_ratio"] * week:
        return 2, f"at least {rule['stage_2_ratio']:g} times the lowest of 7 d"
    if rose:
        return 1, f"+{rule['rise']:g} mg/dL or more in {rule['rise_window_hours']} h"
    if value >= rule["stage_1_ratio"] * week:
        return 1, f"at least {rule['stage_1_ratio']:g} times the lowest of 7 d"
    return 0, "no rise that counts against the lowest of 7 d"


def _lowest(before: Known, at: datetime, hours: float) -> tuple[Reading, float] | None:
    start = at - timedelta(hours=hours)
    within = [pair for pair in before if pair[0].when.instant >= start]
    return min(within, key=lambda pair: pair[1], default=None)


Periods = list[tuple[datetime, datetime, float]]


def _periods(amounts: Sequence[UrineAmount]) -> Periods:
    """(start, end, mL) of each amount in time order; one that covers no known hours is left out."""
    gap = timedelta(hours=rules()["urine"]["hourly_gap_hours"])
    found: Periods = []
    before: datetime | None = None
    for one in sorted(amounts, key=lambda one: one.reading.when.instant):
        end = one.reading.when.instant
        start = one.start.instant if one.start is not None else before
        ml = _in(one.reading, rules()["urine"]["unit"])
        before = end
        if ml is not None and start is not None and start < end and end - start <= gap:
            found.append((start, end, ml))
    return found


def _urine_stage(periods: Periods, kilograms: float, newest: tuple[Reading, ...]) -> KdigoPart:
    rule: Mapping[str, Any] = rules()["urine"]
    anuria = _covered_ml(periods, rule["anuria_hours"])
    if anuria is not None and anuria <= 0:
        return KdigoPart(3, f"no urine in {rule['anuria_hours']} h", newest)
    for stage in (3, 2, 1):
        limit = rule[f"stage_{stage}"]
        ml = _covered_ml(periods, limit["hours"])
        if ml is not None and ml / kilograms / limit["hours"] < limit["below"]:
            why = f"urine below {limit['below']:g} mL/kg/h for {limit['hours']} h"
            return KdigoPart(stage, why, newest)
    if _covered_ml(periods, rule["stage_1"]["hours"]) is None:
        return KdigoPart(None, NOT_HOURLY)
    return KdigoPart(0, "urine output above the limits", newest)


def _covered_ml(periods: Periods, hours: float) -> float | None:
    """The mL of the last hours, in part where a period begins before; None where a gap is."""
    start = periods[-1][1] - timedelta(hours=hours)
    reached, total = periods[-1][1], 0.0
    for began, ended, ml in reversed(periods):
        if ended < reached:
            return None  # nobody measured between
        total += ml * min(1.0, (ended - max(began, start)) / (ended - began))
        reached = min(reached, began)
        if reached <= start:
            return total
    return None
