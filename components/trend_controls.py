"""What to draw: which of the chart's results and doses, over how long, in which units.

Every choice is kept for the visit while other pages are looked at, and for no other patient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import medication_bars
from components.safe_text import shortened
from pipelines.records.facts import ResultKind
from pipelines.records.trends import DoseKind, TrendChoice, TrendOffers, WindowName
from pipelines.records.views import Trend

WINDOWS: tuple[WindowName, ...] = ("24 h", "48 h", "7 d", "stay", "1 y", "all")
PANELS_AT_MOST = 8
DOSES_AT_MOST = 4
FIRST_SHOWN = 3
FEW = 90  # results; a chart with no more is first seen whole
FIRST_CONCEPTS = ("creatinine", "potassium", "heart_rate", "hemoglobin", "glucose", "a1c")
AS_RECORDED = "as recorded"
EMPTY = "Not in this chart: it holds no lab, vital sign, score, drain or given dose."


def choose_results(offers: TrendOffers, scope: str) -> tuple[TrendChoice, DeltaGenerator]:
    """The rows of controls, and the place for the choice of medications.

    Every lab, vital sign, score, drain and given dose of this chart can be searched by name.
    """
    by_key = {kind.code_key: kind for kind in offers.kinds}
    what, window, bars = st.columns([4.4, 3.2, 3], vertical_alignment="bottom")
    key = f"trend:keys:{scope}"
    keys = what.multiselect(
        "Labs, vital signs, scores, drains",
        list(by_key),
        default=None if key in st.session_state else first_choice(offers.kinds),
        format_func=lambda key: named(by_key[key]) if key in by_key else "",
        max_selections=PANELS_AT_MOST,
        placeholder="search a lab, vital sign, score or drain",
        select_all=False,
        key=key,
        persist_state="session",
    )
    chosen = _choose_window(offers, scope, window)
    row = bars.container(horizontal=True)
    with row.popover("Doses, units"):
        doses = _choose_doses(offers.doses, scope)
        wishes = _choose_units(offers, keys, scope)
    return TrendChoice(tuple(keys), chosen, doses, wishes), row


def choose_medications(
    trend: Trend, slot: DeltaGenerator, scope: str
) -> tuple[medication_bars.Row, ...]:
    """The medication rows to draw: the most recent ones, others by search."""
    rows = {row.name: row for row in medication_bars.rows(trend)}
    if not rows:
        return ()
    key, kept = f"trend:medications:{scope}", f"trend:medications-kept:{scope}"
    chosen = st.session_state.get(kept)
    names = list(rows)
    # Names outside this window stay chosen: they come back with a longer one.
    shown = names[: medication_bars.ROWS_SHOWN] if chosen is None else chosen
    st.session_state[key] = [name for name in shown if name in rows]

    def changed() -> None:
        unseen = [name for name in chosen or () if name not in rows]
        st.session_state[kept] = [*st.session_state[key], *unseen]

    with slot.popover(f"Medications ({len(st.session_state[key])} of {len(rows)})"):
        picked = st.multiselect(
            "Medications drawn",
            names,
            format_func=lambda name: shortened(name, 60),
            max_selections=16,
            select_all=False,
            label_visibility="collapsed",
            key=key,
            on_change=changed,
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


def windows(offers: TrendOffers) -> list[WindowName]:
    """The ranges of this chart; without a hospital stay there is no "stay"."""
    return [name for name in WINDOWS if name != "stay" or offers.stay is not None]


def _choose_window(offers: TrendOffers, scope: str, slot: DeltaGenerator) -> WindowName:
    counts = {kind.code_key: kind.count for kind in offers.kinds}
    # By what is first shown, not by what is chosen: a range must not change with a lab.
    few = sum(counts[key] for key in first_choice(offers.kinds)) <= FEW
    first: WindowName = "all" if few else "7 d"
    stay = offers.stay
    told = "" if stay is None or stay.start is None else f"; stay: from {stay.start.day}"
    ended = f" to {stay.end.day}" if stay is not None and stay.end is not None else ""
    chosen = slot.segmented_control(
        f"Before the chart's as-of{told}{ended}",
        windows(offers),
        default=first,
        required=True,
        format_func=str.capitalize,
        key=f"trend:window:{scope}",
        persist_state="session",
    )
    return chosen or first


def _choose_doses(doses: Sequence[DoseKind], scope: str) -> tuple[str, ...]:
    by_key = {dose.code_key: dose for dose in doses}
    if not by_key:
        st.caption("This chart has no given doses in numbers.")
        return ()
    picked = st.multiselect(
        "Given doses as a panel",
        list(by_key),
        format_func=lambda key: _dose_named(by_key[key]) if key in by_key else "",
        max_selections=DOSES_AT_MOST,
        placeholder="search a drug",
        select_all=False,
        key=f"trend:doses:{scope}",
        persist_state="session",
    )
    return tuple(picked)


def _choose_units(offers: TrendOffers, keys: Sequence[str], scope: str) -> Mapping[str, str]:
    """One choice for each drawn kind that can be converted."""
    by_key = {kind.code_key: kind for kind in offers.kinds}
    wishes = {}
    for key in keys:
        others = offers.units.get(key, ())
        if not others or key not in by_key:
            continue
        kind = by_key[key]
        units = [AS_RECORDED, *dict.fromkeys([*([kind.unit] if kind.unit else []), *others])]
        wish = st.selectbox(
            f"{shortened(kind.display, 40)}: unit",
            units,
            key=f"trend:unit:{scope}:{key}",
            persist_state="session",
        )
        if wish != AS_RECORDED:
            wishes[key] = wish
    return wishes


def _dose_named(dose: DoseKind) -> str:
    unit = f" ({dose.unit})" if dose.unit else ""
    return f"{shortened(dose.display, 50)}{unit} · {dose.count}"
