"""How a question was understood, in one quiet line, with buttons that ask another reading of it.

Only the newest answer has buttons: an older one was followed by something else. They are plain
buttons, so that the keyboard reaches them, a few beside the line and the rest behind "More".
Nothing is asked by drawing; what a press asks is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from components.safe_text import label, markup, shortened
from pipelines.records.understood import OtherReading, Understood

SHOWN = 6
LONGEST = 60
Ask = Callable[[str], None]


def draw_understood(scope: str, understood: Understood | None, ask: Ask | None) -> None:
    """The line and, where `ask` is given, the other readings as buttons."""
    if understood is None:
        return
    if understood.line:
        st.html(line(understood))
    if ask is None:
        return
    if understood.nearest:
        st.html('<div class="cr-understood">Did you mean:</div>')
    offered = understood.nearest or understood.alternatives
    if offered:
        _buttons(scope, offered, ask)


def line(understood: Understood) -> str:
    """The parts of what was understood, each named for who hovers over or hears it."""
    parts = [
        markup('<b title="{name}">{said}</b>', name=part.name, said=part.said)
        for part in understood.parts
        if part.name != "where" or part.said == "notes"
    ]
    by = "Read by the model as" if understood.by_model else "Understood as"
    return f'<div class="cr-understood">{by}: {" · ".join(parts)}</div>'


def _buttons(scope: str, offered: Sequence[OtherReading], ask: Ask) -> None:
    with st.container(horizontal=True, gap="small", key=f"readings:{scope}"):
        for number, reading in enumerate(offered[:SHOWN]):
            _button(scope, number, reading, ask)
        if len(offered) > SHOWN:
            with st.popover("More", type="tertiary"):
                for number, reading in enumerate(offered[SHOWN:], SHOWN):
                    _button(scope, number, reading, ask)


def _button(scope: str, number: int, reading: OtherReading, ask: Ask) -> None:
    st.button(
        label(shortened(reading.label, LONGEST)),
        key=f"reading:{scope}:{number}",
        help=label(reading.question),
        on_click=ask,
        args=(reading.question,),
    )
