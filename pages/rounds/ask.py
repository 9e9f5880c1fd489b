"""Ask: the conversation left, the opened source right; rebuilt from the ledger on every run."""

from __future__ import annotations

import streamlit as st

from components import answering, live_view
from components.answer_view import Presses, draw_answer
from components.opened import carry_over, opened
from components.place import enter, here
from components.safe_text import heading, label, paragraph
from components.source_view import draw_no_source, draw_source
from pipelines.desk import ask, ask_sentences, look, visits

PAGE = "ask"
BEAT_S = 0.25

place = here()
patient_id, thread = place.patient_id, place.thread


def put(question: str, engine: str = "auto") -> answering.Job:
    """Start the answer; it is logged and finished even if this page goes away."""
    request = ask.AskRequest(patient_id, question, thread, engine)
    job = ask.start(place.house, place.reader, request)
    answering.remember(thread, job)
    return job


def put_now(question: str, engine: str = "auto") -> None:
    """Ask by a press; an embedded answer is there when the page is drawn again."""
    answering.beat(put(question, engine), BEAT_S)


def put_embedded(question: str) -> None:
    """Ask the embedded reader, because the reader wants its answer."""
    put_now(question, "embedded")


def conversation() -> None:
    """Every question of this conversation with its answer, then what is under way."""
    is_free = not open_questions
    room = st.empty()  # a page that waits must not keep what it no longer offers
    if is_free and not answers:
        with room.container():
            offer()
    for answer in answers:
        presses = Presses(put_now, put_embedded) if is_free and answer is answers[-1] else None
        before = ask_sentences.of_ids(place.house, answer.shown_before)
        draw_answer(PAGE, answer, opened(PAGE), presses, before)
    watched: list[tuple[live_view.LiveAnswer, answering.Job]] = []
    for asked in open_questions:
        if (job := running.get(asked.question_id)) is None:
            live_view.draw_cut_off(PAGE, asked, opened(PAGE))
        else:
            watched.append((live_view.begin(PAGE, asked, opened(PAGE), job.stop), job))
    if watched:
        watch(watched)


def watch(watched: list[tuple[live_view.LiveAnswer, answering.Job]]) -> None:
    """Stay until an answer is in the ledger; each beat lets a press elsewhere go first."""
    jobs = [job for _, job in watched]
    while not any(job.done for job in jobs):
        for live, job in watched:
            live.draw(job.progress())
        answering.beat(jobs[0], BEAT_S)
    st.rerun()


def offer() -> None:
    """Questions worth asking of this chart, while nothing was asked."""
    heading("Ask this chart")
    paragraph("Every sentence of an answer is checked against the record it cites.", "cr-quiet")
    questions = look.sample_questions(place.house, place.reader, patient_id)
    for number, question in enumerate(questions):
        st.button(label(question), key=f"sample:{number}", on_click=put_now, args=(question,))


left, right = st.columns([3, 2], gap="medium")
typed = st.chat_input("Ask about this chart (Enter to send)", max_chars=4000)
if typed:
    put_now(typed)
running = answering.running(thread)  # first: what ends from here on is seen to end, not lost
open_questions = ask.pending(place.house, patient_id, thread)
answers = ask.thread(place.house, place.reader, patient_id, thread)
for made in answers:
    carry_over(PAGE, made)
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
