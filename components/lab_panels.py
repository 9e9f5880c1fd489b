"""One panel of a trend: the points of an analyte over its stepped range, each mark with its word.

Triangles and letters say high and low, an open mark a bound (`<0.5`), an open mark with a dot
what is not final, a square around a mark what was amended or corrected, a grey cross what was
entered in error, an outlined arrow a step larger than expected variation. A site's own limits
have a dashed band, the record's range a plain one. Amounts stand one by one over zero, a rate
holds until the next record or its own end; results are joined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from components import flags
from components.chart_axis import (
    KEEP_VISIBLE,
    Canvas,
    axis_time,
    clock,
    parsed,
    value_axis,
    words_stay,
)
from components.chart_points import Panel, bands, fact_key, lettered
from components.palette import Palette
from components.safe_text import escape
from pipelines.records.facts import Fact, Medication
from pipelines.records.trends import LargerChange

RISE, FALL = "⇧", "⇩"
SHAPES = {"H": "triangle-up", "HH": "triangle-up", "L": "triangle-down", "LL": "triangle-down",
          "A": "diamond", "AA": "diamond"}  # fmt: skip
CRITICAL = ("HH", "LL", "AA")
SIZE, FLAGGED_SIZE, CRITICAL_SIZE, RING_SIZE, SQUARE_SIZE = 6, 9, 11, 19, 15
FEW_STEPS = 20  # more arrows are drawn small: they must not hide the points
HELD_AT_MOST = timedelta(hours=24)
"""A running rate is charted at least daily; over a longer silence nothing is known of it."""
EDGE = 0.04  # of the panel: where a mark stands that lies outside its axis

Trace = dict[str, Any]


def add_panel(
    made: Canvas,
    panel: Panel,
    span: tuple[int, int],
    chosen: str | None,
    entries: Mapping[str, Medication],
) -> None:
    """Draw one panel over these pixels; `entries` are administrations by resource, for rates."""
    spread = value_axis(made, panel.facts or panel.erroneous, panel.axis)
    spread["title"]["text"] = escape(panel.unit or "")
    low, high = spread["range"]
    axis = made.new_axis(span, spread)
    made.title(span, _title(made, panel))
    _add_bands(made, panel, axis, (low, high))
    form = panel.axis.form if panel.axis is not None else "line"
    if form != "line" and panel.facts:
        made.data.append(_from_zero(made.colours, panel.facts, axis, form, entries))
    if panel.facts:
        made.data.append(_points(made.colours, panel, axis, joined=form == "line"))
    _add_letters(made, panel.facts, axis)
    made.data.extend(_extra(made.colours, panel, axis, (low, high)))
    ringed = [fact for fact in (*panel.facts, *panel.erroneous) if fact_key(fact) == chosen]
    if ringed:
        mark = {"symbol": "circle-open", "size": RING_SIZE, "color": made.colours.ring,
                "line": {"width": 2.5}}  # fmt: skip
        made.data.append(_silent(ringed, axis, mark))


def symbol(fact: Fact) -> str:
    """Triangle for high and low, open for a bound, open with a dot for a result not final yet."""
    shape = SHAPES.get(fact.flag or "", "circle")
    if not fact.is_final:
        return f"{shape}-open-dot"
    return f"{shape}-open" if fact.comparator else shape


def change_words(change: LargerChange) -> str:
    """A step larger than expected variation, with the numbers that make it so."""
    sign = RISE if change.is_rise else FALL
    limit = change.up_percent if change.is_rise else change.down_percent
    return (
        f"{sign} {change.change_percent:+.0f} % from {change.earlier_value} at"
        f" {change.earlier_when.clock}: larger than expected variation ({limit:+.0f} %)"
    )


def flag_colour(colours: Palette, flag: str | None) -> str:
    """The colour of a flag; a letter and a shape stand beside it."""
    tones = {"H": colours.high, "L": colours.low, "A": colours.odd}
    return tones.get((flag or "")[:1], colours.blue)


def _add_bands(made: Canvas, panel: Panel, axis: str, reach: tuple[float, float]) -> None:
    for band in bands(panel.facts):
        edge = {"width": 1, "dash": "dash", "color": made.colours.ok} if band.is_policy else {
            "width": 0}  # fmt: skip
        made.layout["shapes"].append(
            {"type": "rect", "layer": "below", "line": edge, "fillcolor": made.colours.band,
             "xref": "x", "yref": axis,
             "x0": band.start or made.span[0],
             "x1": band.end or made.span[1],
             "y0": reach[0] if band.range.low is None else band.range.low,
             "y1": reach[1] if band.range.high is None else band.range.high}
        )  # fmt: skip


def _add_letters(made: Canvas, facts: Sequence[Fact], axis: str) -> None:
    for fact in lettered(facts):
        is_low = fact.flag in ("L", "LL")
        made.note(
            {"text": f"<b>{escape(fact.flag)}</b>", "x": axis_time(fact), "y": fact.value,
             "xref": "x", "yref": axis, "yshift": -14 if is_low else 14,
             "font": {"size": 12, "color": flag_colour(made.colours, fact.flag)}}
        )  # fmt: skip


def _points(colours: Palette, panel: Panel, axis: str, *, joined: bool) -> Trace:
    facts = panel.facts
    tones = [flag_colour(colours, fact.flag) for fact in facts]
    return {
        "type": "scatter",
        "mode": "lines+markers" if joined else "markers",
        "x": [axis_time(fact) for fact in facts],
        "y": [fact.value for fact in facts],
        "yaxis": axis,
        "customdata": [fact_key(fact) for fact in facts],
        "hovertext": [_hover(fact, panel) for fact in facts],
        "hoverinfo": "text",
        "line": {"color": colours.blue, "width": 1.4},
        "marker": {
            "opacity": 1,
            "symbol": [symbol(fact) for fact in facts],
            "color": tones,
            "size": [_size(fact) for fact in facts],
            "line": {"width": 1.4, "color": tones},
        },
        **KEEP_VISIBLE,
    }


def _extra(colours: Palette, panel: Panel, axis: str, reach: tuple[float, float]) -> list[Trace]:
    """Squares of what was amended, arrows of larger steps, crosses of what was an error."""
    made = []
    amended = [fact for fact in panel.facts if fact.is_final and fact.status_word]
    if amended:
        square = {"symbol": "square-open", "size": SQUARE_SIZE, "color": colours.amber,
                  "line": {"width": 1.6}}  # fmt: skip
        made.append(_silent(amended, axis, square))
    steps = [fact for fact in panel.facts if fact_key(fact) in panel.changes]
    if steps:
        made.append(_arrows(colours, panel, steps, axis))
    if panel.erroneous:
        made.append(_crosses(colours, panel.erroneous, axis, reach))
    return made


def _arrows(colours: Palette, panel: Panel, steps: Sequence[Fact], axis: str) -> Trace:
    rises = [panel.changes[fact_key(fact)].is_rise for fact in steps]
    return {
        "type": "scatter", "mode": "text", "yaxis": axis, "hoverinfo": "skip",
        "x": [axis_time(fact) for fact in steps], "y": [fact.value for fact in steps],
        "text": [f" {RISE if rise else FALL}" for rise in rises],
        "textposition": "middle right",
        "cliponaxis": False, **words_stay(colours.ink, 13 if len(steps) <= FEW_STEPS else 9),
    }  # fmt: skip


def _crosses(
    colours: Palette, facts: Sequence[Fact], axis: str, reach: tuple[float, float]
) -> Trace:
    """Grey crosses; one whose value lies outside the panel stands at its edge and says so."""
    room = (reach[1] - reach[0]) * EDGE
    low, high = reach[0] + room, reach[1] - room
    outside = [not low <= (fact.value or 0.0) <= high for fact in facts]
    return {
        "type": "scatter", "mode": "markers", "yaxis": axis, "hoverinfo": "text",
        "x": [axis_time(fact) for fact in facts],
        "y": [min(max(fact.value or 0.0, low), high) for fact in facts],
        "customdata": [fact_key(fact) for fact in facts],
        "hovertext": [_error_hover(fact, out) for fact, out in zip(facts, outside, strict=True)],
        "marker": {"symbol": "x-thin-open", "size": 11, "color": colours.quiet, "opacity": 1,
                   "line": {"width": 2.2, "color": colours.quiet}},
        **KEEP_VISIBLE,
    }  # fmt: skip


def _from_zero(
    colours: Palette, facts: Sequence[Fact], axis: str, form: str, entries: Mapping[str, Medication]
) -> Trace:
    """Stems of single amounts, or the level of a rate until its end or the next record."""
    x: list[str | None] = []
    y: list[float | None] = []
    for number, fact in enumerate(facts):
        at = axis_time(fact)
        if form == "points":
            x += [at, at, None]
            y += [0.0, fact.value, None]
            continue
        following = axis_time(facts[number + 1]) if number + 1 < len(facts) else ""
        until, is_over = _held_until(fact, following, entries.get(fact.resource))
        x += [at, until, *([None] if is_over else [])]
        y += [fact.value, fact.value, *([None] if is_over else [])]
    return {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "yaxis": axis, "x": x, "y": y,
            "line": {"color": colours.blue, "width": 1.4}}  # fmt: skip


def _held_until(fact: Fact, following: str, entry: Medication | None) -> tuple[str, bool]:
    """Until when a rate is drawn, and whether its line ends there."""
    at = axis_time(fact)
    ended = clock(entry.end) if entry is not None else ""
    if ended and (not following or ended < following):
        return ended, True
    if not following:
        return at, True
    is_silent = parsed(following) - parsed(at) > HELD_AT_MOST
    return (at, True) if is_silent else (following, False)


def _silent(facts: Sequence[Fact], axis: str, marker: Mapping[str, object]) -> Trace:
    """Marks around points, which say nothing themselves."""
    return {
        "type": "scatter", "mode": "markers", "hoverinfo": "skip", "yaxis": axis,
        "x": [axis_time(fact) for fact in facts], "y": [fact.value for fact in facts],
        "marker": dict(marker), **KEEP_VISIBLE,
    }  # fmt: skip


def _size(fact: Fact) -> int:
    if fact.flag in CRITICAL:
        return CRITICAL_SIZE
    return FLAGGED_SIZE if fact.flag else SIZE


def _title(made: Canvas, panel: Panel) -> str:
    name = f"<b>{escape(panel.display)}</b>"
    if panel.axis is not None and panel.axis.form != "line":
        word = "given" if panel.code_key.startswith("dose|") else "from zero"
        said = [
            "rate, held until the next record or its end" if panel.axis.form == "steps" else word
        ]
    elif panel.facts:
        said = [flags.range_note(panel.facts[-1])]
    else:
        said = ["no valid result in this window"]
    if panel.axis is not None and panel.axis.high is not None:
        said.append(f"scale {panel.axis.low:g} to {panel.axis.high:g}")
    said += panel.notes
    if panel.left_out:
        said.append(f"{panel.left_out} unflagged points not drawn")
    return f"{name}  {made.quiet(escape(' · '.join(said)))}"


def _hover(fact: Fact, panel: Panel) -> str:
    key = fact_key(fact)
    sign = f" {flags.sign(fact.flag)}{flags.source_note(fact)}" if fact.flag else ""
    lines = [f"<b>{escape(flags.value_with_unit(fact))}</b>{escape(sign)}"]
    recorded = panel.recorded.get(key)
    if recorded is not None:
        lines.append(escape(f"recorded as {flags.value_with_unit(recorded)}"))
    lines.append(escape(fact.when.clock if fact.when is not None else "no date"))
    if fact.status_word:
        lines.append(escape(fact.status_word))
    if key in panel.changes:
        lines.append(escape(change_words(panel.changes[key])))
    return "<br>".join([*lines, escape(fact.resource)])


def _error_hover(fact: Fact, is_outside: bool) -> str:
    where = "<br>drawn at the edge: it lies outside this axis" if is_outside else ""
    when = fact.when.clock if fact.when is not None else "no date"
    value = escape(flags.value_with_unit(fact))
    return (
        f"<s>{value}</s> ENTERED IN ERROR, not a result<br>{when}{where}<br>{escape(fact.resource)}"
    )
