"""Medications as bars under the results: one row a name, when it ran and when it was given.

Requests and statements are bars from start to stop (open ones run to the chart's as-of with an
arrow); administrations are ticks, and a dose that was not given is a cross, never a tick. Where
an order of the same drug carries another dose than the order before it, a mark and the new dose
stand at that place. Names stand over their bars, not on the axis; where not all doses are drawn
the name says so. What a record does not date has no bar and is counted, not invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from components.chart_axis import KEEP_VISIBLE, between, spaced
from components.chart_axis import clock as _at
from components.palette import Palette
from components.safe_text import escape, shortened
from pipelines.records.facts import Medication
from pipelines.records.views import Trend

ENDED = {"stopped", "completed", "cancelled", "ended"}
ON_HOLD = "on-hold"
NOT_GIVEN = "not-done"
ROWS_SHOWN = 8
TICKS_SHOWN = 400
TAG_SHARE = 0.12  # of the time axis: room that the words of a new dose need
TAG_LETTERS = 26
PARTS = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One course: from, to, and whether it goes on past the as-of."""

    start: str
    end: str
    goes_on: bool
    status: str | None
    dose: str | None
    resource: str


@dataclass(frozen=True, slots=True)
class Row:
    """One medication name with its courses, the doses given, and those that were not."""

    name: str
    bars: tuple[Bar, ...]
    given: tuple[Medication, ...]
    latest: datetime
    not_given: tuple[Medication, ...] = ()


def names(trend: Trend) -> tuple[str, ...]:
    """Every dated medication name of the window, the most recent first."""
    return tuple(row.name for row in rows(trend))


def rows(trend: Trend) -> tuple[Row, ...]:
    """A row a name, the most recently started first."""
    grouped: dict[str, list[Medication]] = {}
    for item in trend.medications:
        if item.start is not None:
            grouped.setdefault(item.name, []).append(item)
    made = [_row(name, items, trend) for name, items in grouped.items()]
    seen = [row for row in made if row.bars or row.given or row.not_given]
    return tuple(sorted(seen, key=lambda row: (row.latest, row.name), reverse=True))


def traces(row: Row, number: int, axis: str, colours: Palette) -> list[dict[str, Any]]:
    """The bars of one row, their start and stop marks, and the ticks of what was given."""
    colour = colours.bars[number % len(colours.bars)]
    made = [_bar_trace(bar, number, axis, (colour, colours.paper)) for bar in row.bars]
    changed = dose_changes(row)
    if changed:
        made.append(_steps(changed, number, axis, colours))
    if row.given:
        made.append(_ticks(row.given[-TICKS_SHOWN:], number, axis, ("line-ns-open", colour)))
    if row.not_given:
        crosses = ("x-thin-open", colours.high)
        made.append(_ticks(row.not_given[-TICKS_SHOWN:], number, axis, crosses))
    return made


def dose_changes(row: Row) -> tuple[tuple[Bar, Bar], ...]:
    """Each order whose dose is not that of the order before it, with that one, in time order."""
    told = sorted((bar for bar in row.bars if bar.dose), key=lambda bar: bar.start)
    return tuple(
        (before, bar) for before, bar in pairwise(told) if _plain(before.dose) != _plain(bar.dose)
    )


def change_labels(
    row: Row, number: int, axis: str, span: tuple[str, str], colours: Palette
) -> list[dict[str, Any]]:
    """The new dose at each change; where two stand too close, the mark alone (hover tells)."""
    changed = [bar for _, bar in dose_changes(row) if span[0] <= bar.start <= span[1]]
    room = spaced([bar.start for bar in changed], span, TAG_SHARE)
    return [
        {"text": f"⇢ {escape(shortened(bar.dose or '', TAG_LETTERS))}", "x": bar.start,
         "xanchor": "left", "xshift": 8, "yref": axis, "y": number + 0.22, "yanchor": "middle",
         "bgcolor": colours.paper, "bordercolor": colours.line, "borderpad": 0,
         "font": {"size": 9, "color": colours.ink}}
        for bar, free in zip(changed, room, strict=True)
        if free
    ]  # fmt: skip


def _steps(
    changed: Sequence[tuple[Bar, Bar]], number: int, axis: str, colours: Palette
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "yaxis": axis, "hoverinfo": "text",
        "x": [bar.start for _, bar in changed], "y": [number + 0.18] * len(changed),
        "hovertext": [f"other dose ordered: {escape(bar.dose or '')}<br>the order before:"
                      f" {escape(before.dose or '')}<br>{bar.start[:16]}"
                      for before, bar in changed],
        "customdata": [f"{bar.resource}#0" for _, bar in changed],
        "marker": {"symbol": "diamond-tall", "size": 11, "color": colours.paper, "opacity": 1,
                   "line": {"width": 2, "color": colours.ink}},
        **KEEP_VISIBLE,
    }  # fmt: skip


def _plain(dose: str | None) -> str:
    return " ".join((dose or "").lower().split())


def _ticks(
    doses: Sequence[Medication], number: int, axis: str, mark: tuple[str, str]
) -> dict[str, Any]:
    """One mark a dose; `mark` is Plotly's symbol and the colour."""
    symbol, colour = mark
    return {
        "type": "scatter", "mode": "markers", "yaxis": axis, "hoverinfo": "text",
        "x": [_at(item.start) for item in doses], "y": [number + 0.18] * len(doses),
        "hovertext": [_given_hover(item) for item in doses],
        "customdata": [f"{item.fact.resource}#0" for item in doses],
        "marker": {"symbol": symbol, "size": 9, "color": colour,
                   "line": {"width": 2, "color": colour}},
        **KEEP_VISIBLE,
    }  # fmt: skip


def name_label(row: Row, number: int, axis: str, colours: Palette) -> dict[str, Any]:
    """The name above its row, at the left edge, where no bar can push it out of sight."""
    dose = row.bars[-1].dose if row.bars else None
    text = shortened(f"{row.name} {dose}" if dose and dose not in row.name else row.name, 56)
    unseen = max(len(row.given) - TICKS_SHOWN, 0)
    text = f"{text} (last {TICKS_SHOWN} of {len(row.given)} doses drawn)" if unseen else text
    return {"text": escape(text), "xref": "paper", "x": 0.004, "xanchor": "left", "yref": axis,
            "y": number - 0.2, "yanchor": "middle", "showarrow": False,
            "font": {"size": 11, "color": colours.ink}}  # fmt: skip


def _row(name: str, items: Sequence[Medication], trend: Trend) -> Row:
    bars: list[Bar] = []
    given: list[Medication] = []
    not_given: list[Medication] = []
    for item in sorted(items, key=lambda one: one.start.instant if one.start else datetime.min):
        if item.form in {"administration", "dispense"}:
            (not_given if item.status == NOT_GIVEN else given).append(item)
        else:
            bars.append(_bar(item, trend))
    since = _at(trend.window_from)
    bars = [bar for bar in bars if bar.end >= since]
    given = [item for item in given if _at(item.start) >= since]
    not_given = [item for item in not_given if _at(item.start) >= since]
    latest = max(item.start.instant for item in items if item.start is not None)
    return Row(name, tuple(bars), tuple(given), latest, tuple(not_given))


def _bar(item: Medication, trend: Trend) -> Bar:
    window_end = _at(trend.window_to) or _at(item.start)
    goes_on = item.end is None and item.status not in ENDED
    end = _at(item.end) or (window_end if goes_on else _at(item.start))
    return Bar(_at(item.start), end, goes_on, item.status, item.dose_text, item.fact.resource)


def _bar_trace(bar: Bar, number: int, axis: str, tones: tuple[str, str]) -> dict[str, Any]:
    """One bar with its ends and points between them to press; `tones`: the bar and its edge."""
    colour, paper = tones
    unended = not bar.goes_on and bar.start == bar.end
    end_mark = "arrow-right" if bar.goes_on else "circle-open" if unended else "square"
    said = f"{bar.status or 'no status'}<br>{bar.start[:16]} to {_until(bar, unended)}"
    x = [bar.start, bar.end] if unended else between(bar.start, bar.end, PARTS)
    middle = len(x) - 2
    return {
        "type": "scatter", "mode": "lines+markers", "yaxis": axis, "hoverinfo": "text",
        "x": x, "y": [number + 0.18] * len(x),
        "hovertext": [f"{escape(bar.dose or '')}<br>{escape(said)}"] * len(x),
        "customdata": [f"{bar.resource}#0"] * len(x),
        "line": {"color": colour, "width": 7, "dash": "dot" if held(bar) else "solid"},
        "marker": {"symbol": ["triangle-right", *["square"] * middle, end_mark], "color": colour,
                   "size": [11, *[5] * middle, 10], "opacity": 1,
                   "line": {"width": [1, *[0] * middle, 1], "color": paper}},
        **KEEP_VISIBLE,
    }  # fmt: skip


def hold_labels(row: Row, number: int, axis: str, colours: Palette) -> list[dict[str, Any]]:
    """The words `on hold` at the end of each course that is; since when is not recorded."""
    return [
        {"text": "<b>on hold</b>", "x": bar.end, "xanchor": "right", "yref": axis,
         "y": number - 0.2, "yanchor": "middle", "showarrow": False,
         "font": {"size": 11, "color": colours.amber}}
        for bar in row.bars
        if held(bar)
    ]  # fmt: skip


def held(bar: Bar) -> bool:
    """Whether this course is on hold at the chart's as-of."""
    return bar.status == ON_HOLD


def _until(bar: Bar, unended: bool) -> str:
    if held(bar):
        return "on hold, since when is not recorded"
    if bar.goes_on:
        return "the chart's as-of, no stop recorded"
    return "a stop that is not recorded" if unended else bar.end[:16]


def _given_hover(item: Medication) -> str:
    amount = f"{item.dose_value:g} {item.dose_unit or ''}" if item.dose_value is not None else ""
    parts = (
        item.name,
        item.dose_text or amount,
        "NOT GIVEN" if item.status == NOT_GIVEN else f"{item.form} {item.status or ''}",
        _at(item.start)[:16],
    )
    return "<br>".join(escape(part) for part in parts if part)
