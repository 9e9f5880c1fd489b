"""What to draw: which of the chart's results, over how long, with which medications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import medication_bars
from components.safe_text import shortened
from pipelines.records.facts import ResultKind
from pipelines.records.views import Trend

WINDOWS: dict[str, int | None] = {"24 h": 24, "48 h": 48, "7 d": 168, "30 d": 720, "All": None}
PANELS_AT_MOST = 8
FIRST_SHOWN = 3
FEW = 90  # results; a chart with no more is first seen whole
FIRST_CONCEPTS = ("creatinine", "potassium", "heart_rate", "hemoglobin", "glucose", "a1c")


@dataclass(frozen=True, slots=True)
class Choice:
    """The results and the window that were chosen, and the place for the choice of medications.

    `hours` None is the whole chart.
    """

    code_keys: tuple[str, ...]
    hours: int | None
    medications: DeltaGenerator


def choose_results(kinds: Sequence[ResultKind], scope: str) -> Choice:
    """The row of controls: every lab and vital of this chart can be searched for by name.

    What is chosen is kept for the visit `scope` while other pages are looked at.
    """
    by_key = {kind.code_key: kind for kind in kinds}
    what, window, bars = st.columns([5, 3, 1.6], vertical_alignment="bottom")
    keys = what.multiselect(
        "Labs and vitals",
        list(by_key),
        default=first_choice(kinds),
        format_func=lambda key: named(by_key[key]) if key in by_key else "",
        max_selections=PANELS_AT_MOST,
        placeholder="search a lab or vital sign",
        select_all=False,
        key=f"trend:keys:{scope}",
        persist_state="session",
    )
    first = "All" if sum(by_key[key].count for key in keys if key in by_key) <= FEW else "7 d"
    hours = window.segmented_control(
        "Before the chart's as-of",
        list(WINDOWS),
        default=first,
        required=True,
        key=f"trend:window:{scope}",
        persist_state="session",
    )
    return Choice(tuple(keys), WINDOWS[hours or first], bars)


def choose_medications(trend: Trend, slot: DeltaGenerator) -> tuple[medication_bars.Row, ...]:
    """The medication rows to draw: the most recent ones, others by search."""
    rows = {row.name: row for row in medication_bars.rows(trend)}
    if not rows:
        return ()
    names = list(rows)
    shown = min(len(rows), medication_bars.ROWS_SHOWN)
    with slot.popover(f"Medications ({shown} of {len(rows)})"):
        picked = st.multiselect(
            "Medications drawn",
            names,
            default=names[: medication_bars.ROWS_SHOWN],
            format_func=lambda name: shortened(name, 60),
            max_selections=16,
            select_all=False,
            label_visibility="collapsed",
            key="trend:medications",
        )
    return tuple(rows[name] for name in picked if name in rows)


def first_choice(kinds: Sequence[ResultKind]) -> list[str]:
    """What a first look shows: well known labs of this chart, else its commonest results."""
    known = {kind.concept: kind.code_key for kind in reversed(kinds) if kind.concept}
    chosen = [known[concept] for concept in FIRST_CONCEPTS if concept in known]
    chosen += [kind.code_key for kind in kinds if kind.code_key not in chosen]
    return chosen[:FIRST_SHOWN]


def named(kind: ResultKind) -> str:
    """Name, unit and how many there are."""
    unit = f" ({kind.unit})" if kind.unit else ""
    return f"{kind.display}{unit} · {kind.kind} · {kind.numeric_count}"
