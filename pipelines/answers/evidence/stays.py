"""Stays of one chart, and what belongs to one.

A result belongs to the hospital stay that its record names; to an ICU stay by the record or by
its time, because results of an ICU stay mostly name the hospital stay around it. Clocks are
compared as written when the zones are an hour or less apart: de-identified sets carry a frozen
offset, and half of their year would shift otherwise. Other zones are compared as instants.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from pipelines.answers.question import StayWanted, Window
from pipelines.answers.question.scope import is_stay_said
from pipelines.records.facts import Encounter, Fact
from pipelines.records.moments import Moment
from pipelines.terms.dates import local_clock

T = TypeVar("T")
HOUR = timedelta(hours=1)
NOT_BEGUN = frozenset({"planned", "cancelled", "entered-in-error"})


def pool(encounters: Iterable[Encounter], wanted: StayWanted | str) -> tuple[Encounter, ...]:
    """The encounters that a kind of stay means, in time order."""
    kind = wanted if isinstance(wanted, str) else wanted.kind
    begun = [e for e in encounters if e.status not in NOT_BEGUN and e.start is not None]
    if kind == "icu":
        return tuple(e for e in begun if e.is_icu)
    if kind == "emergency":
        return tuple(e for e in begun if _is_emergency(e))
    outside = [e for e in begun if not e.is_icu]
    hospital = [e for e in outside if e.is_hospital]
    if kind == "hospital":
        return tuple(hospital)
    stay_said = not isinstance(wanted, str) and is_stay_said(wanted)
    return tuple(hospital if hospital and stay_said else outside)


def _is_emergency(one: Encounter) -> bool:
    """A visit to the emergency department by its class or the name of its type."""
    said = " ".join(p for p in (one.class_display, one.type_display, one.admission_type) if p)
    return one.class_code == "EMER" or re.search(r"\bemergency\b", said.lower()) is not None


def chosen(encounters: Iterable[Encounter], wanted: StayWanted) -> Encounter | None:
    """The stay that is wanted, or None where there are not so many."""
    return nth(pool(encounters, wanted), wanted.position)


def nth(things: Sequence[T], position: int) -> T | None:
    """Counted from 1 at the front or from -1 at the back."""
    index = position - 1 if position > 0 else position
    try:
        return things[index]
    except IndexError:
        return None


def within_stay(fact: Fact, stay: Encounter, encounters: Iterable[Encounter]) -> bool:
    """Whether a result belongs to a stay."""
    own = fact.encounter
    if own == stay.fact.resource:
        return True
    known = {e.fact.resource: e for e in encounters}
    of_own = known.get(own) if own else None
    if not stay.is_icu and of_own is not None:
        return of_own.part_of == stay.fact.resource
    if of_own is not None and stay.is_icu and own != stay.part_of:
        return False
    if fact.when is None or stay.start is None:
        return False
    return not before(fact.when, stay.start) and (
        stay.end is None or not before(stay.end, fact.when)
    )


def before(one: Moment, other: Moment) -> bool:
    """Whether a moment comes before another, on the chart's own clock."""
    shift = (local_clock(one) - one.instant) - (local_clock(other) - other.instant)
    if abs(shift) <= HOUR:
        return local_clock(one) < local_clock(other)
    return one.instant < other.instant


def in_window(when: Moment | None, window: Window) -> bool:
    """Whether a moment lies in a window of the chart's own clock; an undated one never does."""
    if when is None:
        return False
    clock = local_clock(when)
    if not when.has_time and window.start is not None:
        return clock.date() >= window.start.date() and (
            window.end is None or clock.date() <= window.end.date()
        )
    return (window.start is None or clock >= window.start) and (
        window.end is None or clock <= window.end
    )


def since(encounters: Iterable[Encounter], window: Window) -> Window | None:
    """A window that counts from an admission, with its beginning filled in."""
    if window.since is None:
        return window
    stays = pool(encounters, window.since) or (
        pool(encounters, "any") if window.since == "hospital" else ()
    )
    began = [local_clock(stay.start) for stay in stays if stay.start is not None]
    if window.start is not None and window.end is not None:
        # Named by its day; where none began then, the day itself is meant.
        days = [at for at in began if window.start <= at <= window.end]
        return Window(days[-1] if days else window.start, None, window.words)
    if not stays or stays[-1].start is None:
        return None
    start: datetime = local_clock(stays[-1].start)
    return Window(start, None, window.words)
