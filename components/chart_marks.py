"""Stays, visits and procedures as marks above the panels, on the same time axis.

Stays are bars from beginning to end (an open one runs to the edge with an arrow), visits within
a day are dots, intensive care has a row of its own, procedures are diamonds; one that was not
done is a cross. Each names itself and can be pressed. What has no date has no mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from components.chart_axis import KEEP_VISIBLE, Canvas, between, clock, parsed, words_stay
from components.palette import Palette
from components.safe_text import escape, shortened
from pipelines.records.facts import Encounter, Procedure
from pipelines.records.views import Trend

ROW_PX, TITLE_PX = 20, 24
NOT_DONE = "not-done"
PARTS = 12
WORDS_SHARE = 0.14  # of the time axis: room that a name needs

Trace = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Strip:
    """The rows above the panels: hospital and visits, intensive care, procedures."""

    whole: tuple[Encounter, ...]
    icu: tuple[Encounter, ...]
    procedures: tuple[Procedure, ...]

    @property
    def rows(self) -> int:
        """How many rows have something in them."""
        return sum(1 for row in (self.whole, self.icu, self.procedures) if row)

    @property
    def height_px(self) -> int:
        """Pixels from its top to the first panel's; 0 for a strip of nothing."""
        return TITLE_PX + self.rows * ROW_PX if self.rows else 0


def strip(trend: Trend) -> Strip:
    """What of this trend stands above its panels."""
    dated = [one for one in trend.stays if one.start is not None]
    return Strip(
        tuple(one for one in dated if not one.is_icu),
        tuple(one for one in dated if one.is_icu),
        tuple(one for one in trend.procedures if one.performed is not None),
    )


def add_strip(made: Canvas, rows: Strip, top: int) -> None:
    """Draw the strip from this pixel on."""
    span = (top + TITLE_PX, top + rows.height_px)
    axis = made.new_axis(span, {"range": [rows.rows - 0.4, -0.6], "showticklabels": False,
                                "showgrid": False})  # fmt: skip
    said = "bars: stays · ● visit · ◆ procedure · ✕ not done"
    made.title(span, f"<b>Stays and procedures</b>  {made.quiet(said)}")
    number = 0
    for name, stays in (("stays", rows.whole), ("ICU", rows.icu)):
        if stays:
            _name_row(made, name, number, axis)
            made.data.extend(_stays(made, stays, number, axis))
            number += 1
    if rows.procedures:
        _name_row(made, "done", number, axis)
        made.data.append(_procedures(made, rows.procedures, number, axis))


def stay_words(stay: Encounter) -> str:
    """Kind and both ends of a stay, in the record's words."""
    kind = "ICU stay" if stay.is_icu else "hospital stay" if stay.is_hospital else "visit"
    ended = clock(stay.end)[:16].replace("T", " ") or "no end recorded"
    began = clock(stay.start)[:16].replace("T", " ")
    status = f" ({stay.status})" if stay.status else ""
    return f"{kind}: {stay.fact.display}{status}, {began} to {ended}"


def procedure_words(procedure: Procedure) -> str:
    """Name and status of a procedure; one that was not done says so first."""
    said = procedure.fact.display
    if procedure.status == NOT_DONE:
        return f"NOT DONE: {said}"
    return f"{said} ({procedure.status})" if procedure.status else said


def _name_row(made: Canvas, name: str, number: int, axis: str) -> None:
    """The word of a row, left of it, where the panels have their numbers."""
    made.note({"text": name, "xref": "paper", "x": -0.004, "xanchor": "right", "yref": axis,
               "y": number, "yanchor": "middle",
               "font": {"size": 11, "color": made.colours.quiet}})  # fmt: skip


def _stays(made: Canvas, stays: Sequence[Encounter], number: int, axis: str) -> list[Trace]:
    long = [one for one in stays if _is_long(one)]
    short = [one for one in stays if not _is_long(one)]
    traces = [_bar(made, stay, number, axis) for stay in long]
    if short:
        traces.append(_visits(made.colours, short, number, axis))
    return traces


def _bar(made: Canvas, stay: Encounter, number: int, axis: str) -> Trace:
    """One bar, cut at the window; an arrow where it goes on past the edge."""
    left, right = made.span
    started, ended = clock(stay.start), clock(stay.end) or right
    x = between(max(started, left), min(ended, right), PARTS)
    goes_on = not stay.end or ended > right
    first = "arrow-left" if started < left else "line-ns"
    last = "arrow-right" if goes_on else "line-ns"
    colour = made.colours.bars[3] if stay.is_icu else _stay_colour(made.colours, stay)
    return {
        "type": "scatter", "mode": "lines+markers", "yaxis": axis, "hoverinfo": "text",
        "x": x, "y": [number] * len(x),
        "hovertext": [escape(stay_words(stay))] * len(x),
        "customdata": [f"{stay.fact.resource}#0"] * len(x),
        "line": {"color": colour, "width": 8},
        "marker": {"symbol": [first, *["square"] * (len(x) - 2), last], "color": colour,
                   "size": [12, *[6] * (len(x) - 2), 12], "opacity": 1,
                   "line": {"width": [2, *[0] * (len(x) - 2), 2], "color": colour}},
        **KEEP_VISIBLE,
    }  # fmt: skip


def _visits(colours: Palette, stays: Sequence[Encounter], number: int, axis: str) -> Trace:
    tones = [_stay_colour(colours, stay) for stay in stays]
    return {
        "type": "scatter", "mode": "markers", "yaxis": axis, "hoverinfo": "text",
        "x": [clock(stay.start) for stay in stays], "y": [number] * len(stays),
        "hovertext": [escape(stay_words(stay)) for stay in stays],
        "customdata": [f"{stay.fact.resource}#0" for stay in stays],
        "marker": {"symbol": "circle", "size": 8, "opacity": 1, "color": tones},
        **KEEP_VISIBLE,
    }  # fmt: skip


def _procedures(made: Canvas, done: Sequence[Procedure], number: int, axis: str) -> Trace:
    """Diamonds, with their names where there is room for words."""
    ordered = sorted(done, key=lambda one: clock(one.performed))
    places = [max(clock(one.performed), made.span[0]) for one in ordered]
    room = _named_places(places, made.span)
    colours = made.colours
    return {
        "type": "scatter", "mode": "markers+text", "yaxis": axis, "hoverinfo": "text",
        "x": places, "y": [number] * len(places),
        "hovertext": [f"{escape(procedure_words(one))}<br>{clock(one.performed)[:16]}"
                      for one in ordered],
        "customdata": [f"{one.fact.resource}#0" for one in ordered],
        "text": [f" {escape(shortened(one.fact.display, 22))}" if free else ""
                 for one, free in zip(ordered, room, strict=True)],
        "textposition": "middle right", "cliponaxis": False,
        "marker": {"symbol": ["x-thin-open" if one.status == NOT_DONE else "diamond"
                              for one in ordered],
                   "size": 9, "opacity": 1, "color": colours.odd,
                   "line": {"width": 1.4, "color": colours.odd}},
        **words_stay(colours.ink, 11),
    }  # fmt: skip


def _named_places(places: Sequence[str], span: tuple[str, str]) -> list[bool]:
    """A name needs room before the next mark and before the right edge."""
    room = (parsed(span[1]) - parsed(span[0])) * WORDS_SHARE
    following = [*places[1:], span[1]]
    return [parsed(after) - parsed(at) >= room for at, after in zip(places, following, strict=True)]


def _is_long(stay: Encounter) -> bool:
    """Stays have a length to show; a visit of hours in a clinic is a dot."""
    return stay.is_hospital or stay.is_icu


def _stay_colour(colours: Palette, stay: Encounter) -> str:
    return colours.bars[0] if stay.is_hospital else colours.quiet
