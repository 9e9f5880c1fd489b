"""What of the timeline to show: which lanes, which words, which stretch of time.

The choice is kept for the visit. A stretch drawn with the mouse, or reached by the buttons,
stands before the range until another range is chosen; it is forgotten with the patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st

from components.safe_text import markup
from components.timeline_lanes import LOOKS, named
from pipelines.records.timeline import LANES, Timeline, TimelineChoice

SPANS = {
    "24 h": "24", "48 h": "48", "7 d": "168", "Stay": "stay", "1 y": str(24 * 366),
    "10 y": str(24 * 3653), "All": "all",
}  # fmt: skip
ZOOMED = "of:timeline:between"  # forgotten with the patient, see components.place.leave
DRAWN = "of:timeline:drawn"
FIRST = "of:timeline:first"
DRAWS = "timeline:draws"
SHORTEST = timedelta(minutes=30)
HOW_TO_READ = (
    ". Press a sign to open its source. Beside a kind: how many in this time, of how many in"
    " the chart; under results: abnormal/all. ◂ began before, ▸ goes on, ○ end not recorded (of"
    " a result: no flag), ✕ not given, not done or no fact."
)

Stretch = tuple[datetime, datetime]


def choose(scope: str) -> TimelineChoice:
    """The rows of controls of the visit `scope`, and what they say."""
    what, words = st.columns([5, 2], vertical_alignment="bottom")
    lanes = what.pills(
        "Kinds", list(LANES), selection_mode="multi", default=list(LANES), format_func=named,
        key=f"timeline:lanes:{scope}", persist_state="session",
    )  # fmt: skip
    text = words.text_input(
        "Search in names", placeholder="potassium, fall, heparin",
        key=f"timeline:text:{scope}", persist_state="session",
    )  # fmt: skip
    span, only = st.columns([5, 4], vertical_alignment="bottom")
    first = st.session_state.get(FIRST, "All")
    chosen = span.segmented_control(
        "Before the chart's as-of", list(SPANS), default=first, required=True,
        key=f"timeline:span:{first}:{scope}", persist_state="session", on_change=unzoom,
    )  # fmt: skip
    with only.container(horizontal=True, gap="medium"):
        abnormal = st.toggle(
            "Abnormal results only", key=f"timeline:abnormal:{scope}", persist_state="session"
        )
        never = st.toggle(
            "Also refuted or erroneous", key=f"timeline:never:{scope}", persist_state="session"
        )
    return TimelineChoice(
        lanes=tuple(lane for lane in LANES if lane in lanes),
        text=text or "",
        span=SPANS[chosen or "All"],
        between=zoomed(),
        with_never_facts=never,
        abnormal_only=abnormal,
    )


def settle_first_range(shown: Timeline) -> None:
    """Begin with the stay that goes on or ended lately, else with the whole chart."""
    if FIRST not in st.session_state:
        st.session_state[FIRST] = "Stay" if shown.is_in_stay else "All"
        if shown.is_in_stay:
            st.rerun()


def zoomed() -> Stretch | None:
    """The stretch that the reader zoomed to, in clock times, or None."""
    found = st.session_state.get(ZOOMED)
    return found if isinstance(found, tuple) else None


def unzoom() -> None:
    """Show the chosen range again."""
    st.session_state.pop(ZOOMED, None)
    st.session_state[DRAWN] = drawn() + 1


def zoom_to(begun: datetime, ended: datetime) -> None:
    """Show this stretch; the picture is drawn anew, without the frame of the mouse."""
    st.session_state[ZOOMED] = (begun, ended)
    st.session_state[DRAWN] = drawn() + 1


def draws_to_zoom() -> bool:
    """Whether the mouse draws a stretch to zoom to; else it opens what it presses.

    A picture that takes both cannot be pressed (seen in Streamlit 1.67).
    """
    return bool(st.session_state.get(DRAWS, False))


def drawn() -> int:
    """How often the shown time was changed by hand; part of the picture's key."""
    found = st.session_state.get(DRAWN, 0)
    return found if isinstance(found, int) else 0


def dragged(boxes: Sequence[dict[str, list[str]]]) -> bool:
    """Zoom to the stretch that was drawn with the mouse; False where none was."""
    for box in boxes:
        try:
            begun, ended = sorted(datetime.fromisoformat(str(x)) for x in box.get("x", ()))
        except ValueError:
            continue
        if ended - begun >= SHORTEST:
            zoom_to(begun, ended)
            return True
    return False


def draw_steps(shown: Timeline) -> None:
    """The shown time in words, and buttons to move it: what the mouse can do, by keyboard."""
    begun, ended = shown.shown_from, shown.shown_to
    if begun is None or ended is None:
        return
    length, last = ended - begun, shown.as_of_clock
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("◂ Earlier", key="timeline:earlier", on_click=zoom_to,
                  args=(begun - length / 2, ended - length / 2))  # fmt: skip
        st.button("Later ▸", key="timeline:later", on_click=zoom_to, disabled=ended >= last,
                  args=later(begun, ended, last))  # fmt: skip
        st.button("Zoom in", key="timeline:in", on_click=zoom_to, disabled=length <= SHORTEST,
                  args=(begun + length / 4, ended - length / 4))  # fmt: skip
        st.button("Zoom out", key="timeline:out", on_click=zoom_to,
                  args=(begun - length / 2, min(ended + length / 2, last)))  # fmt: skip
        st.button("Back to the range", key="timeline:back", on_click=unzoom,
                  disabled=zoomed() is None)  # fmt: skip
        st.toggle("Draw to zoom", key=DRAWS)
        st.html(
            markup(
                '<div class="cr-quiet">Shown: {begun} to {ended}{how}</div>',
                begun=clock_text(begun), ended=clock_text(ended),
                how=" (zoomed)" if zoomed() else HOW_TO_READ,
            )
        )  # fmt: skip


def later(begun: datetime, ended: datetime, last: datetime) -> Stretch:
    """The stretch half its length later, no later than the as-of."""
    step = min((ended - begun) / 2, last - ended)
    return begun + step, ended + step


def clock_text(at: datetime) -> str:
    """`2026-11-22 06:40`."""
    return at.isoformat(sep=" ", timespec="minutes")


def draw_found(shown: Timeline, choice: TimelineChoice) -> None:
    """How many of each lane fit the search, and how many of those lie in the shown time."""
    if not choice.text.strip():
        return
    told = []
    for view in shown.lanes:
        found = view.dated + view.undated
        undated = f", {view.undated} undated" if view.undated else ""
        if found:
            told.append(f"{LOOKS[view.lane].name} {found} ({view.shown} in this time{undated})")
    said = " · ".join(told) or "nothing in these lanes; this chart has no such name"
    st.html(
        markup('<div class="cr-found">“{text}”: {said}</div>', text=choice.text.strip(), said=said)
    )


def draw_never_said(shown: Timeline, choice: TimelineChoice) -> None:
    """That refuted and erroneous records are left out, or that they are shown."""
    if not shown.never_facts:
        return
    how = "shown, each with its word" if choice.with_never_facts else "left out"
    st.html(
        markup(
            '<div class="cr-quiet">{n} refuted, erroneous or cancelled: {how}.</div>',
            n=shown.never_facts, how=how,
        )
    )  # fmt: skip
