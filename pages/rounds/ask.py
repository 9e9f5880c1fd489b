"""Ask: the conversation left, the opened source right; rebuilt from the ledger on every run."""

from __future__ import annotations

from concurrent.futures import TimeoutError as StillWorking

import streamlit as st

from components import answering
from components.answer_view import draw_answer, draw_unanswered, draw_waiting
from components.opened import opened
from components.place import enter, here
from components.safe_text import heading, label, paragraph
from components.source_view import draw_no_source, draw_source
from pipelines.desk import ask, look, visits
from pipelines.errors import ChartroomError

PAGE = "ask"
AT_ONCE_S = 1.5  # an embedded answer is there by then; a model's is waited for below

place = here()
patient_id, thread = place.patient_id, place.thread


def put(question: str) -> None:
    """Start the answer; it is logged and finished even if this page goes away."""
    job = ask.start(place.house, place.reader, ask.AskRequest(patient_id, question, thread))
    answering.remember(thread, job)
    try:
        job.result(AT_ONCE_S)
    except StillWorking:
        return
    except ChartroomError as error:
        st.session_state["of:ask_error"] = error.user_message


@st.fragment(run_every=0.5)
def wait() -> None:
    """Look again until the answer is in the ledger."""
    if not answering.running(thread):
        st.rerun()


def conversation() -> None:
    """Every question of this conversation with its answer, then what is under way."""
    for answer in answers:
        draw_answer(PAGE, answer, opened(PAGE))
    if answering.running(thread):
        draw_waiting(waiting or "…")
        wait()
    elif waiting is not None:
        draw_unanswered(waiting)
    elif not answers:
        offer()


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
answers = ask.thread(place.house, place.reader, patient_id, thread)
waiting = ask.pending(place.house, patient_id, thread)
with left:
    if message := st.session_state.pop("of:ask_error", None):
        st.error(label(message))
    conversation()
with right, st.container(key="beside"):
    if answers and st.button("New conversation", type="tertiary"):
        enter(visits.open_visit(place.house, place.session, place.reader, patient_id))
        st.rerun()
    if (current := opened(PAGE)) is None:
        draw_no_source()
    else:
        source = look.source(place.house, place.reader, patient_id, current.citation)
        draw_source(PAGE, source, current)
