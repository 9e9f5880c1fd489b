"""What a medication record says: drug, dose, rate, times, and each word of state it bears out."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.briefing import wording
from pipelines.briefing.rates import rate_of
from pipelines.briefing.window import Window
from pipelines.records.facts import Medication

NOT_GIVEN = ("not-done", "on-hold")
HELD, STOPPED = "on-hold", "stopped"
ORDERED = ("request", "statement")


@dataclass(frozen=True, slots=True)
class Beside:
    """What only the neighbours of an order or dose show.

    That the chart calls it active by the window's end; that another order of the drug ended with
    its beginning; that no dose of the drug is earlier, or later; when the stay began.
    """

    is_active: bool
    is_change: bool
    is_first: bool
    is_last: bool
    in_stay: bool


def drug(one: Medication, window: Window, beside: Beside) -> str:
    """One order or dose told by its fields."""
    name = wording.plain(one.name)
    parts = [name, wording.plain(one.fact.display), *_doses(one)]
    parts += [f"{name} {wording.plain(one.dose_text)}"] if one.dose_text else []
    parts += _order(one, window, beside) if one.form in ORDERED else _dose(one, window, beside)
    reason = one.detail.status_reason if one.detail else None
    parts += [wording.plain(reason)] if reason else ["no reason recorded"]
    return "; ".join(parts)


def _doses(one: Medication) -> list[str]:
    said = [wording.plain(one.dose_text)] if one.dose_text else []
    if one.dose_value is not None:
        said += [f"{one.dose_value:g} {unit}" for unit in _units(one.dose_unit)]
    rate = rate_of(one)
    if rate is not None:
        values = dict.fromkeys((f"{rate[0]:g}", wording.short(f"{rate[0]:g}")))
        said += [f"rate {value} {unit}" for value in values for unit in _units(rate[1])]
    said += [wording.plain(each.text) for each in one.dosages if each.text]
    said += ["as needed"] if any(each.is_as_needed for each in one.dosages) else []
    return said


def _units(unit: str | None) -> tuple[str, ...]:
    """A unit as recorded and as it is written out."""
    bare = unit or ""
    words = [wording.plain(bare), wording.UNIT_WORDS.get(bare, wording.plain(bare))]
    for code in ("[iU]", "[USP'U]", "{unit}", "unit"):
        if code in bare:
            words += [bare.replace(code, "units"), bare.replace(code, "unit")]
            break
    return tuple(dict.fromkeys(words))


def _order(one: Medication, window: Window, beside: Beside) -> list[str]:
    begun, end = wording.clock(one.start), wording.clock(one.end)
    parts = [f"ordered {begun}"]
    if one.status == HELD:
        return [*parts, "on hold, held", *([] if one.end else ["without an end"])]
    if one.status in ("draft", "proposed"):
        return [*parts, f"not signed, draft of {begun}"]
    parts.append(f"started {begun}")
    parts += [f"changed {begun}"] if beside.is_change else []
    parts += [f"active since {begun}"] if beside.is_active else []
    if one.end is None and one.status == STOPPED:
        parts.append("status stopped, no end recorded")
    if one.end is not None:
        parts.append(f"until {end}, before")
        if window.knows(one.end):
            parts.append(f"{'stopped' if one.status == STOPPED else 'ended'} {end}")
            parts.append(f"ended {end}")
    return parts


def _dose(one: Medication, window: Window, beside: Beside) -> list[str]:
    at, end = wording.clock(one.start), wording.clock(one.end)
    if one.status in NOT_GIVEN:
        return [f"not given {at}", "also", *(["in this stay"] if beside.in_stay else [])]
    rate = rate_of(one)
    parts = [f"given {at}"]
    parts += [f"used {at}"] if one.based_on else []
    parts += [f"first given {at}"] if beside.is_first else []
    parts += [f"last given, last rate, {at}"] if beside.is_last else []
    parts += ["transfused in this stay"] if beside.in_stay else []
    parts += ["transfused in this window"] if window.holds(one.start) else []
    over = one.end is not None and window.knows(one.end)
    if rate is not None:
        parts += [f"infusion at rate, {at}", f"begun {at}", f"highest, {at}"]
        parts += [f"running since {at}"] if one.end is not None and not over else []
        parts += [] if beside.is_first else [f"resumed {at}"]
    if one.dose_value == 0 or one.status == STOPPED or (rate and rate[0] == 0):
        parts.append(f"infusion stopped {end if over else at}")
        parts += [f"infusion ended, completed {at}"] if one.status == "completed" else []
    elif over:
        parts.append(f"infusion ended {end}")
    return parts
