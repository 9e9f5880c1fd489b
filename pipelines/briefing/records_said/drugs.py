"""What a medication record says: drug, dose, rate, times, and each word of state it bears out."""

from __future__ import annotations

from pipelines.briefing import wording
from pipelines.briefing.rates import rate_of
from pipelines.briefing.window import Window
from pipelines.records.facts import Medication

NOT_GIVEN = ("not-done", "on-hold")
HELD, STOPPED = "on-hold", "stopped"
ORDERED = ("request", "statement")


def drug(one: Medication, window: Window, *, is_active: bool, is_change: bool, is_first: bool) -> str:
    """One order or dose told by its fields.

    `is_active`, `is_change` and `is_first` are what only its neighbours show: that the chart calls
    it active by the window's end, that another order of the drug ended with its beginning, that no
    dose of the drug is earlier.
    """
    parts = [wording.plain(one.name), wording.plain(one.fact.display), *_doses(one)]
    if one.form in ORDERED:
        parts += _order(one, window, is_active=is_active, is_change=is_change)
    else:
        parts += _dose(one, window, is_first=is_first)
    reason = one.detail.status_reason if one.detail else None
    parts += [wording.plain(reason)] if reason else ["no reason recorded"]
    return "; ".join(parts)


def _doses(one: Medication) -> list[str]:
    said = [wording.plain(one.dose_text)] if one.dose_text else []
    if one.dose_value is not None:
        said.append(f"{one.dose_value:g} {_unit(one.dose_unit)}")
    rate = rate_of(one)
    if rate is not None:
        said += [f"rate {rate[0]:g} {_unit(rate[1])}",
                 f"{wording.short(f'{rate[0]:g}')} {_unit(rate[1])}"]  # fmt: skip
    said += [wording.plain(each.text) for each in one.dosages if each.text]
    said += ["as needed"] if any(each.is_as_needed for each in one.dosages) else []
    return said


def _unit(unit: str | None) -> str:
    """A unit as recorded and as it is written out."""
    bare = unit or ""
    word = wording.UNIT_WORDS.get(bare, wording.plain(bare))
    units = " units unit" if any(each in bare for each in ("[iU]", "[USP'U]", "unit")) else ""
    return f"{wording.plain(bare)} {word}{units}"


def _order(one: Medication, window: Window, *, is_active: bool, is_change: bool) -> list[str]:
    begun, end = wording.clock(one.start), wording.clock(one.end)
    parts = [f"ordered {begun}"]
    if one.status == HELD:
        return [*parts, "on hold, held", *([] if one.end else ["without an end"])]
    if one.status in ("draft", "proposed"):
        return [*parts, f"not signed, draft of {begun}"]
    parts.append(f"started {begun}")
    parts += [f"changed {begun}"] if is_change else []
    parts += [f"active since {begun}"] if is_active else []
    if one.end is not None:
        parts.append(f"until {end}, before")
        if window.knows(one.end):
            parts.append(f"{'stopped' if one.status == STOPPED else 'ended'} {end}")
            parts.append(f"ended {end}")
    return parts


def _dose(one: Medication, window: Window, *, is_first: bool) -> list[str]:
    at, end = wording.clock(one.start), wording.clock(one.end)
    if one.status in NOT_GIVEN:
        return [f"not given {at}", "also"]
    rate = rate_of(one)
    parts = [f"given {at}"]
    parts += [f"used {at}"] if one.based_on else []
    parts += [f"first given {at}"] if is_first else []
    over = one.end is not None and window.knows(one.end)
    if rate is not None:
        parts += [f"infusion at rate, {at}", f"begun {at}", f"highest, {at}"]
        parts += [f"running since {at}"] if one.end is not None and not over else []
        parts += [f"paused until {at}"]
    if one.dose_value == 0 or one.status == STOPPED or over or (rate and rate[0] == 0):
        parts.append(f"infusion stopped {end if over else at}")
    return parts
