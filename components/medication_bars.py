"""Medications as bars under the results: one row a name, when it ran and when it was given.

Requests and statements are bars from start to stop (open ones run to the chart's as-of with an
arrow); administrations are ticks, and a dose that was not given is a cross, never a tick. Names
stand over their bars, not on the axis; where not all doses are drawn the name says so. What a
record does not date has no bar and is counted, not invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from components.safe_text import escape, shortened
from pipelines.records.facts import Medication
from pipelines.records.moments import Moment
from pipelines.records.views import Trend

OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")
ENDED = {"stopped", "completed", "cancelled", "ended"}
ON_HOLD = "on-hold"
NOT_GIVEN = "not-done"
NOT_GIVEN_INK = "#8A1C00"
ROWS_SHOWN = 8
TICKS_SHOWN = 400
MARGIN = 0.02


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


def traces(row: Row, number: int, axis: str) -> list[dict[str, Any]]:
    """The bars of one row, their start and stop marks, and the ticks of what was given."""
    colour = OKABE_ITO[number % len(OKABE_ITO)]
    made = [_bar_trace(bar, number, axis, colour) for bar in row.bars]
    if row.given:
        made.append(_ticks(row.given[-TICKS_SHOWN:], number, axis, ("line-ns-open", colour)))
    if row.not_given:
        crosses = ("x-thin-open", NOT_GIVEN_INK)
        made.append(_ticks(row.not_given[-TICKS_SHOWN:], number, axis, crosses))
    return made


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
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip


def name_label(row: Row, number: int, axis: str) -> dict[str, Any]:
    """The name above its row, at the left edge, where no bar can push it out of sight."""
    dose = row.bars[-1].dose if row.bars else None
    text = shortened(f"{row.name} {dose}" if dose and dose not in row.name else row.name, 56)
    unseen = max(len(row.given) - TICKS_SHOWN, 0)
    text = f"{text} (last {TICKS_SHOWN} of {len(row.given)} doses drawn)" if unseen else text
    return {"text": escape(text), "xref": "paper", "x": 0.004, "xanchor": "left", "yref": axis,
            "y": number - 0.2, "yanchor": "middle", "showarrow": False,
            "font": {"size": 11, "color": "#1A1F26"}}  # fmt: skip


def padded(start: str, end: str) -> tuple[str, str]:
    """The window with a little room at both ends, so that no mark is cut by the frame."""
    first, last = _parsed(start), _parsed(end)
    room = max((last - first) * MARGIN, timedelta(minutes=30))
    return (first - room).isoformat(), (last + room).isoformat()


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


def _bar_trace(bar: Bar, number: int, axis: str, colour: str) -> dict[str, Any]:
    unended = not bar.goes_on and bar.start == bar.end
    end_mark = "arrow-right" if bar.goes_on else "circle-open" if unended else "square"
    said = f"{bar.status or 'no status'}<br>{bar.start[:16]} to {_until(bar, unended)}"
    return {
        "type": "scatter", "mode": "lines+markers", "yaxis": axis, "hoverinfo": "text",
        "x": [bar.start, bar.end], "y": [number + 0.18] * 2,
        "hovertext": [escape(bar.dose or "").join(("", "<br>")) + said] * 2,
        "customdata": [f"{bar.resource}#0"] * 2,
        "line": {"color": colour, "width": 7, "dash": "dot" if held(bar) else "solid"},
        "marker": {"symbol": ["triangle-right", end_mark], "size": [11, 10], "color": colour,
                   "line": {"width": 1, "color": "#FFFFFF"}},
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip


def hold_labels(row: Row, number: int, axis: str) -> list[dict[str, Any]]:
    """The words `on hold` at the end of each course that is; since when is not recorded."""
    return [
        {"text": "<b>on hold</b>", "x": bar.end, "xanchor": "right", "yref": axis,
         "y": number - 0.2, "yanchor": "middle", "showarrow": False,
         "font": {"size": 11, "color": "#8A5A00"}}
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


def _at(moment: Moment | None) -> str:
    return moment.written[:19] if moment is not None else ""


def _parsed(written: str) -> datetime:
    padded_out = written + "0000-01-01"[len(written) :] if len(written) < 10 else written
    return datetime.fromisoformat(padded_out.rstrip("Z")[:19])
