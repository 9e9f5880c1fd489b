"""Ask: the conversation left, the opened source right; rebuilt from the ledger on every run."""

from __future__ import annotations

import streamlit as st

from components import answering
from components.answer_view import draw_answer, draw_unanswered, draw_waiting
from components.opened import opened
from components.place import enter, here
from components.safe_text import heading, label, paragraph
from components.source_view import draw_no_source, draw_source
from pipelines.desk import ask, look, visits

PAGE = "ask"
BEAT_S = 0.25

place = here()
patient_id, thread = place.patient_id, place.thread


def put(question: str) -> None:
    """Start the answer; it is logged and finished even if this page goes away."""
    job = ask.start(place.house, place.reader, ask.AskRequest(patient_id, question, thread))
    answering.remember(thread, job)


def put_now(question: str) -> None:
    """Ask another reading; an embedded answer is there when the page is drawn again."""
    put(question)
    answering.beat(thread, BEAT_S)


def conversation() -> None:
    """Every question of this conversation with its answer, then what is under way."""
    is_free = not answering.running(thread) and waiting is None
    for answer in answers:
        choose = put_now if is_free and answer is answers[-1] else None
        draw_answer(PAGE, answer, opened(PAGE), choose)
    if answering.running(thread):
        wait(waiting or typed or "")
    elif waiting is not None:
        draw_unanswered(waiting)
    elif not answers:
        offer()


def wait(question: str) -> None:
    """Stay until the answer is in the ledger; each beat lets a press elsewhere go first."""
    place_of_time, beats = draw_waiting(question), 0
    while answering.running(thread):
        place_of_time.caption(f"Reading the chart … {beats * BEAT_S:.0f} s")
        answering.beat(thread, BEAT_S)
        beats += 1
    st.rerun()


def offer() -> None:
    """Questions worth asking of this chart, while nothing was asked."""
    heading("Ask this chart")
    paragraph("Every sentence of an answer is checked against the record it cites.", "cr-quiet")
    questions = look.sample_questions(place.house, place.reader, patient_id)
    for number, question in enumerate(questions):
        st.button(label(question), key=f"sample:{number}", on_click=put, args=(question,))


left, right = st.columns([3, 2], gap="medium")
typed = st.chat_input("Ask about this chart (Enter to send)", max_chars=4000)
if typed:
    put(typed)
    answering.beat(thread, BEAT_S)  # an embedded answer is there by then
answers = ask.thread(place.house, place.reader, patient_id, thread)
open_questions = ask.pending(place.house, patient_id, thread)
waiting = open_questions[-1].question if open_questions else None
with right, st.container(key="beside"):
    if answers and st.button("New conversation", type="tertiary"):
        enter(visits.open_visit(place.house, place.session, place.reader, patient_id))
        st.rerun()
    if (current := opened(PAGE)) is None:
        draw_no_source()
    else:
        source = look.source(place.house, place.reader, patient_id, current.citation)
        draw_source(PAGE, source, current)
with left:
    conversation()
