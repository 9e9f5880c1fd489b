"""What a trend shows of one chart, put together: results, doses, stays, procedures, and how.

Results keep their own flag and range; only where they have none, or are critical by the site's
limits, does site policy speak (`terms.limits`), by the age on the day of the result. A unit is
changed only when the reader asks, and then stated; spellings of one unit share a series. A step
larger than expected variation is found against the result before, also where that one lies
before the window. Results entered in error are handed on apart and count nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from pipelines.charts import encounters as visits
from pipelines.charts import labs, medications, patients, reports
from pipelines.charts import procedures as done
from pipelines.charts.ages import age_years
from pipelines.charts.erroneous import erroneous_results
from pipelines.desk.trend_doses import dose_axes, dose_facts, dose_kinds
from pipelines.desk.trend_units import drawn_units, other_units
from pipelines.records.chart import Chart
from pipelines.records.facts import Encounter, Fact, Medication, Procedure
from pipelines.records.moments import Moment
from pipelines.records.trends import (
    WINDOW_HOURS,
    Axis,
    LargerChange,
    TrendChoice,
    TrendOffers,
    part_key,
)
from pipelines.records.views import Trend
from pipelines.terms import units
from pipelines.terms.limits import judged, sorted_out
from pipelines.terms.scores import rcv
from pipelines.terms.scores.scales import scale_of

BEFORE_WINDOW = timedelta(days=8)
"""How far back the result before the window is looked for; `rcv.toml` allows 7 days."""

VOLUMES = frozenset({"mL", "L"})


def offers(chart: Chart) -> TrendOffers:
    """Everything of this chart that has numbers to draw, and its current or last hospital stay."""
    kinds = tuple(kind for kind in labs.kinds(chart) if kind.numeric_count)
    others = {kind.code_key: other_units(kind.unit, kind.concept) for kind in kinds}
    return TrendOffers(
        kinds=kinds,
        doses=dose_kinds(medications.medications(chart)),
        stay=visits.last_stay(visits.encounters(chart)),
        units={key: found for key, found in others.items() if found},
    )


def made(chart: Chart, choice: TrendChoice) -> Trend:
    """The trend of this choice; a window of a stay that does not exist is the whole chart."""
    stays = visits.encounters(chart)
    start, end = _window(chart, choice, visits.last_stay(stays))
    keys = choice.code_keys
    before = None if start is None else start.instant - BEFORE_WINDOW
    read = labs.results(chart, keys, start=before, end=end.instant) if keys else ()
    found = _judged(chart, read)
    facts = tuple(fact for fact in found if _within(fact.when, start, end))
    entries = medications.medications(chart)
    doses = tuple(f for f in dose_facts(entries, choice.doses) if _within(f.when, start, end))
    since = None if start is None else start.instant
    wrong = erroneous_results(chart, keys, since, end.instant)
    shown, notes = drawn_units((*facts, *wrong), choice.units)
    dated = [fact.when for fact in (*facts, *doses, *wrong) if fact.when is not None]
    # Where nothing else begins the axis its first result does; what ended before has no place.
    first = start if start is not None else min(dated, default=None)
    return Trend(
        facts=facts,
        medications=tuple(item for item in entries if _overlaps_medication(item, start, end)),
        window_from=first,
        window_to=end,
        as_of=chart.as_of,
        erroneous=wrong,
        doses=doses,
        stays=tuple(one for one in stays if _overlaps(one.start, one.end, first, end)),
        procedures=_procedures(chart, first, end),
        shown=shown,
        unit_notes=notes,
        changes=_changes(chart, found, facts),
        axes=(*_axes(facts), *dose_axes(doses)),
    )


def _window(
    chart: Chart, choice: TrendChoice, stay: Encounter | None
) -> tuple[Moment | None, Moment]:
    """Both ends; no start means the whole chart, and nothing reaches past the as-of."""
    as_of = chart.as_of
    if choice.window == "stay" and stay is not None and stay.start is not None:
        ended = stay.end is not None and stay.end.instant < as_of.instant
        return stay.start, stay.end if ended and stay.end is not None else as_of
    hours = WINDOW_HOURS.get(choice.window)
    if hours is None:
        return None, as_of
    return _earlier(as_of, timedelta(hours=hours)), as_of


def _earlier(as_of: Moment, by: timedelta) -> Moment:
    """The moment so long before the as-of, on the as-of's own clock."""
    instant = as_of.instant - by
    zone = datetime.fromisoformat(as_of.written).tzinfo if as_of.has_time else None
    local = instant if zone is None else instant.replace(tzinfo=UTC).astimezone(zone)
    return Moment(instant, local.isoformat(timespec="seconds"))


def _judged(chart: Chart, found: Sequence[Fact]) -> tuple[Fact, ...]:
    """Results with the flag and range that apply, by the age on the day of each."""
    if not found:
        return ()
    born = patients.patient(chart).birth_date
    age_on = lru_cache(maxsize=None)(lambda day: age_years(born, day))
    return tuple(
        judged(sorted_out(fact), age_on(fact.when.day) if fact.when is not None else None)
        for fact in found
    )


def _changes(
    chart: Chart, found: Sequence[Fact], shown: Sequence[Fact]
) -> tuple[LargerChange, ...]:
    if not found:
        return ()
    kinds = {one.fact.resource: one.fact.display for one in reports.specimens(chart)}
    drawn = {part_key(fact) for fact in shown}
    larger = rcv.larger_changes((fact for fact in found if fact.when is not None), kinds)
    return tuple(one for one in larger if (one.resource, one.part) in drawn)


def _axes(facts: Sequence[Fact]) -> tuple[Axis, ...]:
    """Scores on their whole scale, volumes from zero; other series follow their values."""
    series = {(fact.code_key or fact.display): fact for fact in facts if fact.value is not None}
    axes = []
    for key, fact in series.items():
        scale = scale_of(key, fact.display) if fact.kind != "lab" else None
        if scale is not None:
            axes.append(Axis(key, *scale))
        elif fact.kind == "observation" and units.canonical(fact.unit) in VOLUMES:
            axes.append(Axis(key, low=0.0, form="points"))
    return tuple(axes)


def _procedures(chart: Chart, start: Moment | None, end: Moment) -> tuple[Procedure, ...]:
    return tuple(
        item
        for item in done.procedures(chart)
        if _overlaps(item.performed, item.performed_end or item.performed, start, end)
    )


def _overlaps_medication(item: Medication, start: Moment | None, end: Moment) -> bool:
    """An order without an end may still run; what is not dated is shown in every window."""
    if item.start is not None and item.start.instant > end.instant:
        return False
    return start is None or item.end is None or item.end.instant >= start.instant


def _overlaps(
    began: Moment | None, ended: Moment | None, start: Moment | None, end: Moment
) -> bool:
    if began is None or began.instant > end.instant:
        return False
    return start is None or ended is None or ended.instant >= start.instant


def _within(when: Moment | None, start: Moment | None, end: Moment) -> bool:
    """Undated results belong to the whole chart alone."""
    if when is None:
        return start is None
    return when.instant <= end.instant and (start is None or when.instant >= start.instant)
