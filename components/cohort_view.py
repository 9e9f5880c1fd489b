"""One question over many patients: the counts first, then a row each with its source.

Rows are in four parts that are never mixed: yes, no, what is told in words or numbers, and "the
chart does not say" with its reason. Each row says as of when its chart stands. A press opens the
cited record beside the rows, under the name of the patient it belongs to; the banner above may be
of another patient, so the name is said again there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from components import times
from components.opened import Opened, citations_of, open_source
from components.safe_text import label, markup, paragraph
from pipelines.records.answers import Citation
from pipelines.records.cohort import CohortAnswer, CohortRow, RowStatus

KEPT = "cohort:answer"
EVERYONE = "every patient"
SHOWN_AT_ONCE = 20
EXAMPLES = (
    "Which of these have potassium > 5.5 now?",
    "Latest creatinine of everyone",
    "Who is on warfarin?",
)
WORDS: Mapping[RowStatus, tuple[str, str]] = {
    "yes": ("✓", "Yes"),
    "value": ("•", "Told"),
    "no": ("✕", "No"),
    "not_said": ("?", "The chart does not say"),
    "failed": ("!", "Could not be read"),
}


def choose_list(names: Sequence[str]) -> str | None:
    """The saved list that is asked about; None for every patient. Nothing is drawn of no list."""
    if not names:
        return None
    chosen = st.selectbox("Of whom", [EVERYONE, *names], key="cohort:list", width=280)
    return None if chosen == EVERYONE else str(chosen)


def choose_question() -> str | None:
    """The question that was just asked of all, or None."""
    with (
        st.form("cohort:form", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        typed = st.text_input(
            "One question over many patients",
            key="cohort:question",
            placeholder=EXAMPLES[0],
        )
        pressed = st.form_submit_button("Ask all", type="primary")
    with st.container(horizontal=True, key="cohort-examples"):
        pressed_examples = [
            example
            for number, example in enumerate(EXAMPLES)
            if st.button(example, key=f"cohort:example:{number}")
        ]
    if pressed_examples:
        return pressed_examples[0]
    return typed.strip() or None if pressed else None


def draw_cohort(page: str, answer: CohortAnswer, current: Opened | None) -> str | None:
    """The whole answer; the patient whose chart is to be opened, if a button said so."""
    paragraph(answer.question, "cr-head")
    if answer.answer:
        st.info(label(answer.answer))
    if not answer.rows:
        return None
    st.html(counts(answer))
    paragraph(f"Asked of each chart: {answer.read_as}. Log {answer.log_id[:8]}.", "cr-quiet")
    there = [status for status in WORDS if answer.count(status)]
    chosen = st.segmented_control(
        "Rows", there, default=there[0], required=True, label_visibility="collapsed",
        format_func=lambda status: f"{WORDS[status][1]} ({answer.count(status)})",
        key=f"cohort:part:{answer.log_id}",
    )  # fmt: skip
    rows = [row for row in answer.rows if row.status == (chosen or there[0])]
    first = _page(answer.log_id, str(chosen), len(rows))
    opened_chart = None
    for row in rows[first : first + SHOWN_AT_ONCE]:
        opened_chart = _draw_row(page, answer.log_id, row, current) or opened_chart
    return opened_chart


def counts(answer: CohortAnswer) -> str:
    """`2 yes · 7 no · 10 the chart does not say · of 19 patients`, each with its sign."""
    parts = [
        markup(
            '<span class="cr-count {status}"><b>{sign} {count}</b> {word}</span>',
            status=status, sign=sign, count=answer.count(status), word=word.lower(),
        )
        for status, (sign, word) in WORDS.items()
        if answer.count(status)
    ]  # fmt: skip
    whole = markup(" <span>of {count} patients</span>", count=len(answer.rows))
    return f'<div class="cr-counts" role="status">{"".join(parts)}{whole}</div>'


def row_html(row: CohortRow) -> str:
    """One row: who, what its chart says, as of when; what of the chart was refused."""
    sign, word = WORDS[row.status]
    gap = markup('<span class="gap">⚠ {what}</span>', what=row.incomplete) if row.incomplete else ""
    return (
        markup(
            '<div class="cr-cohort {status}"><span class="s" title="{word}">{sign}</span>'
            '<span class="w">{name}</span><span class="a">{answer}</span>',
            status=row.status, word=word, sign=sign, name=row.name, answer=row.answer,
        )
        + gap
        + markup('<span class="t">chart as of {at}</span></div>', at=times.written_clock(row.as_of))
    )  # fmt: skip


def draw_owner(answer: CohortAnswer, citation: Citation, at_top: str | None) -> None:
    """Whose record is opened; `at_top` is the patient of the banner, who may be another."""
    owner = answer.patient_of(citation)
    names = {row.patient: row.name for row in answer.rows}
    paragraph(f"Record of {names.get(owner or '', '')}", "cr-head")
    if at_top is not None and at_top != owner:
        st.warning("This is not the patient in the banner above.", icon="\u26a0\ufe0f")


def _draw_row(page: str, scope: str, row: CohortRow, current: Opened | None) -> str | None:
    citations = citations_of(row.statements)
    is_open = current is not None and current.scope == f"{scope}:{row.patient}"
    with st.container(horizontal=True, vertical_alignment="center", key=f"crow:{row.patient}"):
        st.html(row_html(row))
        if citations:
            st.button(
                "Source" if len(citations) == 1 else f"{len(citations)} sources",
                key=f"cohort:source:{scope}:{row.patient}",
                type="primary" if is_open else "secondary",
                help=label(f"Opens the record of {row.name} beside the list"),
                on_click=open_source,
                args=(page, f"{scope}:{row.patient}", citations, 0),
            )
        pressed = st.button(
            "Open chart",
            key=f"cohort:open:{scope}:{row.patient}",
            type="tertiary",
            help=label(row.name),
        )
    return row.patient if pressed else None


def _page(scope: str, part: str, count: int) -> int:
    """The first row of the page that is shown, with the buttons to the others."""
    kept = f"cohort:page:{scope}:{part}"
    first = min(int(st.session_state.get(kept, 0)), max(count - 1, 0))
    if count <= SHOWN_AT_ONCE:
        return 0

    def turn(to: int) -> None:
        st.session_state[kept] = to

    last = min(first + SHOWN_AT_ONCE, count)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(markup('<span class="cr-quiet">Rows {a} to {b} of {n}</span>', a=first + 1, b=last,
                       n=count))  # fmt: skip
        st.button("Back", disabled=first == 0, on_click=turn, args=(max(first - SHOWN_AT_ONCE, 0),),
                  key=f"cohort:back:{part}")  # fmt: skip
        st.button("More", disabled=last >= count, on_click=turn, args=(last,),
                  key=f"cohort:more:{part}")  # fmt: skip
    return first
