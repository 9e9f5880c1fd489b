"""An answer while it is made: verified sentences as they come, what is being checked, and Stop.

It draws only what the job or the ledger says is verified and logged. One run of the page draws
each sentence once, where it stays; the line below it says what goes on. When the answer is whole
the page is drawn anew from the ledger, and this is not there any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import prose
from components.opened import Opened, live_scope
from components.safe_text import label, markup, paragraph
from components.speech import answering, draw_question
from pipelines.records.asking import AskProgress, Pending, ShownSentence

CUT_OFF = "This question was cut off before it was answered. Ask it again."
KEPT = "These sentences were verified before it was cut off:"


@dataclass(slots=True)
class LiveAnswer:
    """One question that is being answered, and the places where this run draws its answer."""

    page: str
    question_id: str
    current: Opened | None
    sentences: DeltaGenerator
    state: DeltaGenerator
    button: DeltaGenerator
    stop: Callable[[], None]
    drawn: set[str] = field(default_factory=set)
    has_button: bool = False

    def draw(self, progress: AskProgress) -> None:
        """What is new since the last time, and what goes on now."""
        with self.sentences:
            for shown in progress.sentences:
                if shown.entry_id not in self.drawn:
                    self.drawn.add(shown.entry_id)
                    _sentence(self.page, shown, self.current)
        self.state.html(state(progress))
        may_stop = progress.model is not None and not progress.stopping
        if may_stop and not self.has_button:
            self.button.button("Stop", key=f"stop:{self.question_id}", on_click=self.stop)
        elif self.has_button and not may_stop:
            self.button.empty()
        self.has_button = may_stop


def begin(
    page: str, asked: Pending, current: Opened | None, stop: Callable[[], None]
) -> LiveAnswer:
    """Draw the question and make room for its answer."""
    draw_question(asked.question)
    with answering():
        places = st.container(gap="xsmall"), st.empty(), st.empty()
    return LiveAnswer(page, asked.question_id, current, *places, stop)


def state(progress: AskProgress) -> str:
    """What goes on, in one line; the seconds are not read aloud each time they change."""
    if progress.waits:
        return _line("Waits until the question before it is answered.")
    if progress.stopping:
        return _line("Stopping; what was verified is kept …")
    seconds = f"{progress.seconds:.0f} s"
    if progress.model is None:
        return _line("Reading the chart …", seconds)
    if not progress.checking:
        return _line(f"{progress.model} reads the evidence …", seconds)
    done = len(progress.sentences)
    aside = (f"{done} verified so far · " if done else "") + f"{progress.model} · {seconds}"
    is_written = done and progress.sentences[-1].n >= progress.checking
    now = "The next sentence is written" if is_written else f"Checking sentence {progress.checking}"
    return _line(f"{now} …", aside)


def draw_cut_off(page: str, asked: Pending, current: Opened | None) -> None:
    """A question that is in the log without an answer, with what was verified of it."""
    draw_question(asked.question)
    with answering():
        paragraph(CUT_OFF, "cr-warn")
        if asked.sentences:
            paragraph(KEPT, "cr-quiet")
            for shown in asked.sentences:
                _sentence(page, shown, current)


def draw_shown_before(page: str, shown: Sequence[ShownSentence], current: Opened | None) -> None:
    """What was on the screen of an answer that then broke off: folded, and not the answer."""
    if not shown:
        return
    count = len(shown)
    with st.expander(label(f"Shown before the model broke off ({count}), not part of the answer")):
        for one in shown:
            _sentence(page, one, current)


def _sentence(page: str, shown: ShownSentence, current: Opened | None) -> None:
    prose.statements(page, live_scope(shown.entry_id), [shown.statement], current, "list line")


def _line(what: str, aside: str = "") -> str:
    return markup(
        '<div class="cr-live" role="status"><i aria-hidden="true">●</i><span>{what}</span>'
        '<small aria-hidden="true">{aside}</small></div>',
        what=what,
        aside=aside,
    )
