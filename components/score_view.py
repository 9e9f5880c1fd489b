"""A score explained: each input with its value, time, points and record, and what is missing."""

from __future__ import annotations

import streamlit as st

from components.safe_text import markup
from pipelines.records.moments import Moment
from pipelines.records.screening import Kdigo, KdigoPart, News2, Reading, ScoreInput
from pipelines.records.ward import WardRow

CAUTION = "Screening score, not a diagnosis. It does not replace a clinician's judgement."
PART = "Only a part of the inputs is there: this is the least that the score can be."
HEAD = "<tr><th>Input</th><th>Value</th><th>When</th><th>Points</th><th>Record</th></tr>"
LINE = ("<tr><td>{title}</td><td>{value}</td><td>{when}</td><td>{points}</td>"
        "<td>{resource}</td></tr>")  # fmt: skip
KIDNEY = "Dialysis and long-standing kidney failure are not told apart."


@st.dialog("What the scores rest on", width="large")
def explain(row: WardRow) -> None:
    """Open the drawer of one patient's scores."""
    st.html(
        markup(
            '<div class="cr-head">{name}</div><div class="cr-quiet">data as of {as_of} · '
            "{caution}</div>",
            name=row.base.patient.name,
            as_of=row.base.as_of.clock if row.base.as_of else "no date",
            caution=CAUTION,
        )
    )
    st.html(news2_table(row.news2))
    st.html(kdigo_table(row.kdigo))


def news2_table(score: News2) -> str:
    """NEWS2 as a table; for whom it is not made, a sentence."""
    head = markup('<div class="cr-section">NEWS2: {text}</div>', text=score.text)
    if score.not_for is not None:
        return head
    notes = [] if score.is_whole else [PART]
    notes += [f"{title} alone gives 3 points." for title in score.single_threes]
    if score.scale_2 is not None:
        notes.append(f"SpO2 scale 2 by a recorded decision: {score.scale_2}")
    lines = "".join(_input(one) for one in score.inputs)
    quiet = "".join(markup('<div class="cr-quiet">{note}</div>', note=note) for note in notes)
    return f'{head}<table class="cr-table">{HEAD}{lines}</table>{quiet}'


def kdigo_table(stage: Kdigo) -> str:
    """KDIGO by creatinine and by urine, each with the values that it rests on."""
    head = markup('<div class="cr-section">KDIGO: {text}</div>', text=stage.text)
    parts = _part("Creatinine", stage.creatinine) + _part("Urine output", stage.urine)
    quiet = markup('<div class="cr-quiet">{note}</div>', note=KIDNEY)
    return f'{head}<table class="cr-table">{HEAD.replace("Points", "Stage")}{parts}</table>{quiet}'


def _input(one: ScoreInput) -> str:
    if one.points is None:
        value = one.missing or ""
        if one.reading is not None:
            value += f" ({one.reading.written})"
        return _line(one.title, value, one.reading, "missing")
    return _line(one.title, one.reading.written if one.reading else "", one.reading,
                 str(one.points))  # fmt: skip


def _part(title: str, part: KdigoPart) -> str:
    told = "not told" if part.stage is None else str(part.stage)
    first = _line(title, part.why, None, told)
    values = "".join(_line("", one.written, one, "") for one in part.readings)
    return first + values


def _line(title: str, value: str, reading: Reading | None, points: str) -> str:
    when: Moment | None = None if reading is None else reading.when
    return markup(
        LINE,
        title=title,
        value=value,
        when="" if when is None else when.clock,
        points=points,
        resource="" if reading is None else reading.resource,
    )
