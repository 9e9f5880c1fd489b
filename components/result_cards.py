"""Cards of the results that are looked at first: value, sign, change, range, age, curve.

A critical value is framed and says so by sign and letters. The curve carries the record's own
range as a band. Each card has a plain button that opens its source.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import streamlit as st

from components import flags, palette, times
from components.opened import citation_of, open_source
from components.safe_text import label, markup, shortened
from pipelines.records.facts import Fact
from pipelines.records.moments import Moment
from pipelines.records.views import ResultCard

WIDTH, HEIGHT, MARGIN = 160.0, 34.0, 4.0
POINTS = 60


def draw_cards(page: str, cards: Sequence[ResultCard], as_of: Moment) -> None:
    """The row of cards; a press of a card's button opens its result on `page`."""
    if not cards:
        return
    citations = tuple(citation_of(card.latest) for card in cards)
    columns = st.columns(len(cards), gap="small")
    for index, (column, card) in enumerate(zip(columns, cards, strict=True)):
        with column, st.container(key=f"card:{page}:{index}"):
            st.html(card_html(card, as_of))
            st.button(
                label(f"Source: {shortened(card.latest.display, 22)}"),
                key=f"card-source:{page}:{index}",
                type="tertiary",
                on_click=open_source,
                args=(page, "cards", citations, index),
            )


def card_html(card: ResultCard, as_of: Moment) -> str:
    """One card as fixed markup."""
    fact = card.latest
    flag = markup(
        '<span class="f {tone}">{sign}</span>',
        tone=flags.tone(fact.flag),
        sign=f"{flags.sign(fact.flag)}{flags.source_note(fact)}",
    )
    return (
        markup('<div class="cr-card"><div class="n" title="{name}">{name}</div>', name=fact.display)
        + markup(
            '<div class="v">{value} <small>{unit}</small>',
            value=flags.value_text(fact),
            unit=f"{fact.unit or ''}{flags.status_note(fact)}",
        )
        + (flag if fact.flag else "")
        + "</div>"
        + markup('<div class="c">{change}</div>', change=change(card))
        + markup(
            '<div class="r">{range} · {age} as-of</div>',
            age=times.ago(fact.when, as_of),
            range=flags.range_note(fact),
        )
        + curve(card.recent)
        + "</div>"
    )


def change(card: ResultCard) -> str:
    """From the result before, with its age; words where there is none to compare with."""
    before, now = card.previous, card.latest
    if before is None or before.value is None or now.value is None:
        return "no earlier result in 7 d"
    arrow = "↑" if now.value > before.value else "↓" if now.value < before.value else "→"
    when = times.ago(before.when, now.when) if before.when and now.when else ""
    return f"{arrow} was {flags.value_text(before)} · {when}"


def curve(facts: Sequence[Fact]) -> str:
    """The last points as a small line over their reference band."""
    shown = [(fact.when.instant.timestamp(), fact.value) for fact in facts
             if fact.value is not None and fact.when is not None][-POINTS:]  # fmt: skip
    if len(shown) < 2:
        return ""
    given = facts[-1].reference_range
    low_edge, high_edge = (given.low, given.high) if given else (None, None)
    reach = [value for _, value in shown]
    reach += [edge for edge in (low_edge, high_edge) if edge is not None]
    low, high = min(reach), max(reach)
    start, span = shown[0][0], (shown[-1][0] - shown[0][0]) or 1.0

    def y_of(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * share

    places = [(MARGIN + (WIDTH - 2 * MARGIN) * (at - start) / span, y_of(v)) for at, v in shown]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    colours, band = palette.now(), ""
    if low_edge is not None or high_edge is not None:
        top = 0.0 if high_edge is None else y_of(high_edge)
        bottom = HEIGHT if low_edge is None else y_of(low_edge)
        band = (f'<rect x="0" width="{WIDTH:.0f}" y="{top:.1f}" height="{bottom - top:.1f}"'
                f' fill="{colours.band}"/>')  # fmt: skip
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}"'
        f' preserveAspectRatio="none">{band}<polyline points="{points}" fill="none"'
        f' stroke="{colours.blue}" stroke-width="1.5" vector-effect="non-scaling-stroke"/></svg>'
    )
    # Streamlit takes SVG out of HTML; as the picture of an img it stays, with numbers alone in it.
    coded = base64.b64encode(drawing.encode()).decode()
    return f'<img alt="the last {len(shown)} results" src="data:image/svg+xml;base64,{coded}">'
