"""The first three steps of somebody who has never used this: briefing, question, source.

It is offered where nobody has opened a chart of this home yet, on a sample patient alone. Each
step does for the reader what they would press next, on the real pages with the real functions,
and says in a sentence what they see; leaving it at any step leaves them where they are.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components import answering
from components.opened import citations_of, open_source
from components.place import Place, enter
from components.safe_text import label, paragraph
from pipelines.desk import ask, look, visits
from pipelines.records.views import FirstQuestion

STEP, ENDED, OFFERED = "tour:step", "tour:ended", "tour:offered"
ROUNDS = Path(__file__).parents[1] / "pages" / "rounds"
FIRST_PAGE, ASK = "Worklist", "ask"
OFFER = "New here? Three steps on a sample patient show a briefing, an answer and its source."
SAID = {
    1: "Step 1 of 3 · The briefing: what changed in the last 24 hours, made without a model. "
    "Every number in brackets opens the record that its line stands on.",
    2: "Step 2 of 3 · The answer: each sentence was checked against the record it cites before "
    "it was shown. What the chart does not say is said to be so.",
    3: "Step 3 of 3 · The source: the cited words are marked, and were found again at their place "
    "just now. Next: choose any patient on the worklist.",
}
ONWARD = {1: "Next: ask a question", 2: "Next: open its source", 3: "End the tour"}


def draw(place: Place, page: str) -> None:
    """The step this tab is at, or the offer on the first page of a first start."""
    step = st.session_state.get(STEP)
    if step in SAID:
        _draw_step(place, step)
    elif page == FIRST_PAGE and place.visit is None and _is_offered(place):
        _draw_offer(place)


def _is_offered(place: Place) -> bool:
    """Asked once a tab: its own first opening must not take the offer away while it is read."""
    if OFFERED not in st.session_state:
        st.session_state[OFFERED] = look.is_first_start(place.house)
    wanted = st.session_state[OFFERED] and not st.session_state.get(ENDED)
    return bool(wanted) and _sample(place) is not None


def _sample(place: Place) -> FirstQuestion | None:
    """The sample patient of the tour with the question that is asked; None where none is loaded."""
    questions = look.first_questions(look.patients(place.house, place.reader))
    return questions[0] if questions else None


def _draw_offer(place: Place) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="tour"):
        paragraph(OFFER)
        if st.button("Start the tour", key="tour:begin", type="primary"):
            _begin(place)
        st.button("No, thank you", key="tour:refuse", type="tertiary", on_click=_end)


def _draw_step(place: Place, step: int) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="tour"):
        paragraph(SAID[step])
        if st.button(label(ONWARD[step]), key=f"tour:onward:{step}", type="primary"):
            _onward(place, step)
        if step in (1, 2):
            st.button("Leave the tour", key="tour:leave", type="tertiary", on_click=_end)


def _begin(place: Place) -> None:
    sample = _sample(place)
    if sample is not None:
        enter(visits.open_visit(place.house, place.session, place.reader, sample.patient_id))
        st.session_state[STEP] = 1
        st.switch_page(ROUNDS / "briefing.py")


def _onward(place: Place, step: int) -> None:
    """To the next step; where the tab has gone to another patient the tour is over."""
    sample = _sample(place)
    if step not in (1, 2) or sample is None or place.patient_id != sample.patient_id:
        _end()
        st.rerun()
    if step == 1:
        request = ask.AskRequest(sample.patient_id, sample.question, place.thread)
        answering.remember(place.thread, ask.start(place.house, place.reader, request))
    elif not _open_first_source(place):
        st.rerun()  # the answer is still being made
    st.session_state[STEP] = step + 1
    st.switch_page(ROUNDS / "ask.py")


def _open_first_source(place: Place) -> bool:
    """Open what a press of the answer's first number opens; False while there is no answer."""
    answers = ask.thread(place.house, place.reader, place.patient_id, place.thread)
    if answers:
        told = [said for said in answers[-1].statements if said.support != "unverified"]
        open_source(ASK, answers[-1].log_id, citations_of(told), 0)
    return bool(answers)


def _end() -> None:
    st.session_state.pop(STEP, None)
    st.session_state[ENDED] = True
