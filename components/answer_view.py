"""One answer in the conversation: what was asked, what the chart says, and what was checked.

Only supported and computed sentences are the answer. Unverified ones stand below it, amber,
with the word; an abstention names what was searched. The last line says as of when, by which
engine, and under which log number.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import prose, times
from components.opened import Opened
from components.safe_text import label, markup, paragraph
from components.understood_view import Ask, draw_understood
from pipelines.records.answers import Answer, Statement

PROSE_UP_TO = 1  # sentence; what has more is a list of findings and reads as one
NAMES_SHOWN = 3  # of one thing that was searched for
ASKED_BY = ":material/person:"
ANSWERED_BY = ":material/description:"


def draw_answer(page: str, answer: Answer, current: Opened | None, ask: Ask | None = None) -> None:
    """The question, the answer with its chips, how it was understood, verdict and sources.

    With `ask` other readings of the question can be asked by a press.
    """
    draw_question(answer.question)
    with st.chat_message("assistant", avatar=ANSWERED_BY):
        if answer.notice:
            st.warning(label(answer.notice))
        told = [item for item in answer.statements if item.support != "unverified"]
        if answer.status == "answered" and told:
            shape: prose.Shape = "list folds" if len(told) > PROSE_UP_TO else "run"
            prose.statements(page, answer.log_id, told, current, shape)
        elif answer.answer or not answer.notice:
            paragraph(answer.answer or "No answer could be made.")
        draw_unverified(answer.statements)
        draw_understood(answer.log_id, answer.understood, ask)
        st.html(verdict_line(answer))
        if answer.status == "abstained":
            st.html(searched(answer))
        if answer.status == "answered" and told:
            prose.source_buttons(page, answer.log_id, told)


def draw_question(question: str) -> None:
    """What was asked, as it was typed."""
    with st.chat_message("user", avatar=ASKED_BY):
        paragraph(question)


def draw_waiting(question: str) -> DeltaGenerator:
    """A question whose answer is being made; returns the place for how long it has taken."""
    draw_question(question)
    with st.chat_message("assistant", avatar=ANSWERED_BY):
        return st.empty()


def draw_unanswered(question: str) -> None:
    """A question that is in the log without an answer: the work was cut off."""
    draw_question(question)
    with st.chat_message("assistant", avatar=ANSWERED_BY):
        paragraph("This question was cut off before it was answered. Ask it again.", "cr-warn")


def draw_unverified(told: tuple[Statement, ...]) -> None:
    """Sentences that no record supports, marked as such, outside the answer."""
    for item in told:
        if item.support == "unverified":
            st.html(
                markup(
                    '<div class="cr-unverified">? <b>UNVERIFIED, not part of the answer:</b>'
                    " {text} <i>({why})</i></div>",
                    text=item.text,
                    why=item.why,
                )
            )


def verdict_line(answer: Answer) -> str:
    """One line: the verdicts, as-of, engine and model, log number."""
    by = {kind: sum(item.support == kind for item in answer.statements)
          for kind in ("supported", "computed", "unverified")}  # fmt: skip
    parts = []
    if answer.status == "answered":
        checked, stated = by["supported"] + by["computed"], len(answer.statements)
        arithmetic = f", {by['computed']} by arithmetic" if by["computed"] else ""
        said = f"✓ {checked} of {stated} statements found in the record{arithmetic}"
        parts.append(markup('<span class="ok">{said}</span>', said=said))
    elif answer.status == "abstained":
        parts.append('<span class="bad">○ NOT ANSWERED from this chart</span>')
    else:
        parts.append('<span class="bad">✕ FAILED</span>')
    if by["unverified"]:
        said = f"? {by['unverified']} UNVERIFIED"
        parts.append(markup('<span class="bad">{said}</span>', said=said))
    if answer.incomplete:
        parts.append(markup('<span class="bad">⚠ incomplete: {what}</span>',
                            what=answer.incomplete))  # fmt: skip
    engine = f"{answer.engine} · {answer.model}" if answer.model else f"{answer.engine} engine"
    parts.append(
        markup(
            "<span>as of {as_of} · {engine} · log {log}</span>",
            as_of=times.written_clock(answer.as_of),
            engine=engine,
            log=answer.log_id[:8],
        )
    )
    return f'<div class="cr-verdict">{"".join(parts)}</div>'


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
