"""One answer in the conversation: what was asked, what the chart says, and what was checked.

Only verified sentences are the answer. What is withheld stands folded below it with the reason;
where model and chart differ on a value both are shown; an abstention names what was searched,
and offers the embedded answer where there is one. The last line says as of when, by which
engine, and under which log number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components import differences_view, live_view, prose, unverified_view, verdict
from components.opened import Opened
from components.safe_text import label, markup, paragraph
from components.speech import answering, draw_question
from components.understood_view import Ask, draw_understood
from pipelines.desk.verdict import OFFER
from pipelines.records.answers import Answer
from pipelines.records.asking import ShownSentence

PROSE_UP_TO = 1  # sentence; what has more is a list of findings and reads as one
NAMES_SHOWN = 3  # of one thing that was searched for


@dataclass(frozen=True, slots=True)
class Presses:
    """What buttons under an answer may ask: another reading, or the same of the embedded reader."""

    ask: Ask
    ask_embedded: Ask


def draw_answer(
    page: str,
    answer: Answer,
    current: Opened | None,
    presses: Presses | None = None,
    shown_before: Sequence[ShownSentence] = (),
) -> None:
    """The question, the answer with its chips, how it was understood, verdict and sources.

    `shown_before` is what was on the screen of a model's answer that then broke off.
    """
    draw_question(answer.question)
    with answering():
        if answer.notice:
            st.warning(label(answer.notice))
        told = [item for item in answer.statements if item.support != "unverified"]
        if answer.status == "answered" and told:
            shape: prose.Shape = "list folds" if len(told) > PROSE_UP_TO else "run"
            prose.statements(page, answer.log_id, told, current, shape)
        elif answer.answer or not answer.notice:
            paragraph(answer.answer or "No answer could be made.")
        differences_view.draw(page, answer)
        unverified_view.draw(answer.statements)
        live_view.draw_shown_before(page, shown_before, current)
        draw_understood(answer.log_id, answer.understood, presses.ask if presses else None)
        st.html(verdict.badge(answer))
        if answer.status == "abstained":
            st.html(searched(answer))
            draw_offer(answer, presses)
        if answer.status == "answered" and told:
            prose.source_buttons(page, answer.log_id, told)


def draw_offer(answer: Answer, presses: Presses | None) -> None:
    """The embedded answer, to be asked for by a press; it never steps in by itself."""
    if not answer.offers_embedded:
        return
    paragraph(OFFER, "cr-quiet")
    room = st.empty()
    if presses is not None:
        room.button(
            "Show the embedded answer",
            key=f"embedded:{answer.log_id}",
            on_click=presses.ask_embedded,
            args=(asks_by_itself(answer),),
        )


def asks_by_itself(answer: Answer) -> str:
    """The question in words that need no turn before it: asked again, it must not go on from it."""
    understood = answer.understood
    return (understood.question if understood else None) or answer.question


def searched(answer: Answer) -> str:
    """What was looked through before the chart was said not to answer."""
    if not answer.searched:
        return '<div class="cr-quiet">Nothing was searched for this question.</div>'
    words = " · ".join(searched_words(answer.searched))
    return markup('<div class="cr-quiet">Searched: {words}</div>', words=words)


def searched_words(searched: Sequence[str]) -> list[str]:
    """What was searched in few words: first names of a thing, all words of a place as one."""
    places: dict[str, list[str]] = {}
    for item in searched:
        place, colon, what = item.partition(": ")
        places.setdefault(place, []).extend([_few_names(what)] if colon else [])
    return [f"{place}: {', '.join(what)}" if what else place for place, what in places.items()]


def _few_names(said: str) -> str:
    names = said.strip("'").split(" / ")
    if len(names) <= NAMES_SHOWN:
        return said
    return f"'{' / '.join(names[:NAMES_SHOWN])}' and {len(names) - NAMES_SHOWN} more"
