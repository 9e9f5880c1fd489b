"""Two results against each other: each point is two results that belong together.

No line is drawn through the points and no coefficient given: pairs of one patient over time are
not independent, and a line would say more than the record does. How many pairs there are, and
what was left out of them and why, stands above the picture; the same pairs stand below as rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components import flags, palette, times
from components.opened import citation_of, open_source
from components.safe_text import markup, visible
from components.theme import say_row_keys, table_height
from components.trend_controls import named
from pipelines.records.facts import Fact, ResultKind
from pipelines.records.panels import Pair, PairedResults

WINDOWS = {"same time": 0, "15 min": 15, "30 min": 30, "2 h": 120, "12 h": 720}
USUAL = (("potassium", "creatinine"), ("glucose", "potassium"), ("hemoglobin", "platelets"))
MOST_POINTS = 1000
FONT = '"Source Sans", sans-serif'


@dataclass(frozen=True, slots=True)
class PairChoice:
    """The two kinds of result (by code key; None while not both are chosen) and the window."""

    keys: tuple[str, str] | None
    window_minutes: int


def choose_pair(kinds: Sequence[ResultKind], scope: str) -> PairChoice:
    """The controls: across, up, and how far apart two results of a pair may be taken."""
    by_key = {kind.code_key: kind for kind in kinds}
    first, second = _first(kinds)
    across, up, window = st.columns([3, 3, 3], vertical_alignment="bottom")
    chosen = [
        column.selectbox(
            title, list(by_key), index=list(by_key).index(start) if start in by_key else None,
            format_func=lambda key: visible(named(by_key[key])) if key in by_key else "",
            placeholder="search a result", key=f"pairs:{title}:{scope}", persist_state="session",
        )
        for column, title, start in ((across, "Across", first), (up, "Up", second))
    ]  # fmt: skip
    taken = window.selectbox(
        "Taken at most so far apart", list(WINDOWS), index=list(WINDOWS).index("30 min"),
        key=f"pairs:window:{scope}", persist_state="session",
    )  # fmt: skip
    minutes = WINDOWS[taken or "30 min"]
    if not all(chosen):
        return PairChoice(None, minutes)
    return PairChoice((str(chosen[0]), str(chosen[1])), minutes)


def draw_chosen_pair(
    page: str,
    kinds: Sequence[ResultKind],
    scope: str,
    paired: Callable[[tuple[str, str], int], PairedResults],
) -> None:
    """The controls and, once two results are chosen, their pairs as `paired` finds them."""
    choice = choose_pair(kinds, scope)
    names = {kind.code_key: kind.display for kind in kinds}
    if choice.keys is None:
        st.info("Choose two results.")
    elif choice.keys[0] == choice.keys[1]:
        st.info("Choose two different results.")
    else:
        shown = (names.get(choice.keys[0], ""), names.get(choice.keys[1], ""))
        draw_pairs(page, paired(choice.keys, choice.window_minutes), shown)


def draw_pairs(page: str, found: PairedResults, names: tuple[str, str]) -> None:
    """What was paired, the picture, and the rows."""
    st.html(markup('<div class="cr-quiet" role="status">{said}</div>', said=said(found, names)))
    if not found.pairs:
        st.info("No two of these results were taken close enough together; widen the window.")
        return
    shown = found.pairs[-MOST_POINTS:]
    citations = tuple(c for pair in shown for c in (citation_of(pair.x), citation_of(pair.y)))
    chart_key, rows_key = f"pairs:chart:{page}", f"pairs:rows:{page}"

    def point_pressed() -> None:
        points = st.session_state[chart_key]["selection"]["points"]
        number = points[0].get("customdata") if points else None
        number = number[0] if isinstance(number, list) else number
        if isinstance(number, int):
            open_source(page, chart_key, citations, 2 * number)

    def row_pressed() -> None:
        rows = st.session_state[rows_key]["selection"]["rows"]
        if rows and rows[0] < len(shown):
            open_source(page, rows_key, citations, 2 * (len(shown) - 1 - rows[0]))

    st.plotly_chart(
        figure(shown, found, names), key=chart_key, theme=None, on_select=point_pressed,
        selection_mode="points", config={"displayModeBar": False},
        alt=f"{names[1]} over {names[0]}, {len(shown)} pairs; the same pairs stand as rows below",
    )  # fmt: skip
    say_row_keys()
    st.dataframe(
        [row(pair, names) for pair in reversed(shown)], hide_index=True, key=rows_key,
        height=table_height(len(shown), 320), on_select=row_pressed, selection_mode="single-row",
        alt="The pairs drawn above, newest first; a pressed row opens both sources",
    )  # fmt: skip
    if len(found.pairs) > len(shown):
        st.html(f'<div class="cr-quiet">The newest {len(shown)} of {len(found.pairs)} pairs.</div>')


def said(found: PairedResults, names: tuple[str, str]) -> str:
    """`12 pairs of 40 and 38 results …`: how many, and what was left out and why."""
    within = "the same time" if not found.window_minutes else f"within {found.window_minutes} min"
    used = 2 * len(found.pairs)
    parts = [
        f"{len(found.pairs)} pairs (same specimen, else {within}) from {found.x_count} results of"
        f" {names[0]} and {found.y_count} of {names[1]}"
    ]
    left = found.x_count + found.y_count - used
    reasons = (
        (found.alone, "without a partner"), (found.not_numbers, "not a plain number"),
        (found.other_unit, "in another unit"), (found.undated, "without a date"),
    )  # fmt: skip
    why = ", ".join(f"{count} {reason}" for count, reason in reasons if count)
    return ". ".join([*parts, f"{left} left out: {why}." if left else "None left out."])


def row(pair: Pair, names: tuple[str, str]) -> dict[str, str]:
    """One pair in words."""
    apart = pair.by if pair.by != "near" else f"{pair.minutes:.0f} min apart"
    return {
        "When": times.clock(pair.x.when),
        f"{names[0]} (across)": _value(pair.x),
        f"{names[1]} (up)": _value(pair.y),
        "Together": apart,
        "Records": f"{pair.x.resource} · {pair.y.resource}",
    }


def figure(shown: Sequence[Pair], found: PairedResults, names: tuple[str, str]) -> dict[str, Any]:
    """The picture as plain values: pale is old, dark is new, the last pair is ringed and named."""
    colours = palette.now()
    last = shown[-1]
    points = {
        "type": "scatter", "mode": "markers", "showlegend": False,
        "x": [pair.x.value for pair in shown], "y": [pair.y.value for pair in shown],
        "customdata": list(range(len(shown))),
        "text": [_hover(pair, names) for pair in shown], "hoverinfo": "text",
        "marker": {
            "size": 9, "color": [pair.x.when.instant.timestamp() for pair in shown if pair.x.when],
            "colorscale": [[0, colours.blue_line], [1, colours.blue]], "showscale": len(shown) > 1,
            "line": {"width": 1, "color": colours.ink},
            "colorbar": _scale(shown, colours),
        },
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip
    ring = {
        "type": "scatter", "mode": "markers+text", "showlegend": False, "hoverinfo": "skip",
        "x": [last.x.value], "y": [last.y.value], "customdata": [len(shown) - 1],
        "text": ["last"], "textposition": "top center", "textfont": {"color": colours.ring},
        "marker": {
            "size": 17, "color": "rgba(0,0,0,0)", "line": {"width": 3, "color": colours.ring},
        },
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip
    axis = {"gridcolor": colours.grid, "linecolor": colours.line, "zeroline": False, "nticks": 8}
    return {
        "data": [points, ring],
        "layout": {
            "height": 430, "margin": {"l": 64, "r": 20, "t": 20, "b": 54}, "dragmode": False,
            "paper_bgcolor": colours.paper, "plot_bgcolor": colours.paper,
            "font": {"color": colours.ink, "size": 13, "family": FONT},
            "xaxis": {**axis, "title": {"text": _axis(names[0], found.x_unit)}},
            "yaxis": {**axis, "title": {"text": _axis(names[1], found.y_unit)}},
        },
    }  # fmt: skip


def _scale(shown: Sequence[Pair], colours: palette.Palette) -> dict[str, Any]:
    """The bar of times: the first and the last pair's day as written."""
    ends = [pair.x.when for pair in (shown[0], shown[-1]) if pair.x.when is not None]
    return {
        "title": {"text": "taken"}, "thickness": 10, "len": 0.7,
        "tickvals": [end.instant.timestamp() for end in ends],
        "ticktext": [end.day for end in ends], "tickfont": {"color": colours.ink},
    }  # fmt: skip


def _first(kinds: Sequence[ResultKind]) -> tuple[str | None, str | None]:
    """Two results to begin with: a usual pair of this chart, else its two commonest labs."""
    known = {kind.concept: kind.code_key for kind in reversed(kinds) if kind.concept}
    for one, other in USUAL:
        if one in known and other in known:
            return known[one], known[other]
    labs = [kind.code_key for kind in kinds if kind.kind == "lab"][:2]
    return (labs[0], labs[1]) if len(labs) == 2 else (None, None)


def _axis(name: str, unit: str | None) -> str:
    text = visible(f"{name} ({unit})" if unit else name)
    return text.replace("<", "\u2039").replace(">", "\u203a")


def _value(fact: Fact) -> str:
    parts = (flags.value_with_unit(fact), flags.sign(fact.flag), flags.status_note(fact).strip())
    return " ".join(part for part in parts if part)


def _hover(pair: Pair, names: tuple[str, str]) -> str:
    said = (
        f"{names[0]} {_value(pair.x)}, {times.clock(pair.x.when)}",
        f"{names[1]} {_value(pair.y)}, {times.clock(pair.y.when)}",
    )
    plain = (visible(line).replace("<", "\u2039").replace(">", "\u203a") for line in said)
    return "<br>".join(plain)
