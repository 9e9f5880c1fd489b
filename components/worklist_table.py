"""The list of patients: searched, sorted, and one of them chosen.

With `clinical` false it is the chooser that every page shows while no patient is chosen: who,
and nothing of any chart. A row can be pressed in the table or picked by name beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from components import flags, times
from components.banner import sex_word
from components.safe_text import shortened
from components.theme import table_height
from pipelines.records.patients import WorklistRow

ABNORMAL_SHOWN = 3
NONE_FLAGGED = "none flagged by record or site policy"  # blank would read as normal
WIDTHS = {
    name: st.column_config.Column(width=width)
    for name, width in (
        ("Patient", 190), ("Age / sex", 75), ("Born", 95), ("MRN", 110), ("Last encounter", 100),
        ("Kind", 150), ("Problems", 70), ("What is abnormal", 530), ("Whole", 80),
    )
}  # fmt: skip
SORTS: dict[str, Callable[[WorklistRow], tuple[object, ...]]] = {
    "Most abnormal": lambda row: (_worst(row), -len(row.abnormal), row.patient.name.lower()),
    "Last encounter": lambda row: (-_seconds(row), row.patient.name.lower()),
    "Name": lambda row: (row.patient.name.lower(),),
    "Problems": lambda row: (-row.problem_count, row.patient.name.lower()),
}


def choose_patient(rows: Sequence[WorklistRow], *, clinical: bool) -> str | None:
    """Draw the list; the chosen `Patient.id`, or None until one is chosen."""
    if not rows:
        st.info("No patient is loaded yet. Load FHIR files on the Imports page.")
        return None
    shown, pick = _controls(rows, clinical=clinical)
    st.html(f'<div class="cr-quiet">{len(shown)} of {len(rows)} patients</div>')
    if not shown:
        st.info("No patient fits this search.")
        return pick
    pressed = st.dataframe(
        [_columns(row, clinical=clinical) for row in shown],
        hide_index=True,
        height=table_height(len(shown), 640),
        on_select="rerun",
        selection_mode="single-row",
        key=f"patients:{clinical}",
        column_config=WIDTHS,
        alt="Patients; the same can be chosen by name above",
    )
    chosen = pressed["selection"]["rows"]
    return shown[chosen[0]].patient.patient_id if chosen and chosen[0] < len(shown) else pick


def matching(rows: Sequence[WorklistRow], text: str) -> list[WorklistRow]:
    """Rows in which every word typed occurs: name, record number, id or birth date."""
    wanted = text.lower().replace(",", " ").split()
    return [row for row in rows if all(word in _searchable(row) for word in wanted)]


def abnormal_text(row: WorklistRow) -> str:
    """The latest flagged results, worst first, as sign, letter, name, value and status.

    A chart in part says so first: its worst result may be among what was refused.
    """
    listed = [
        f"{flags.sign(fact.flag)} {fact.display} {flags.value_with_unit(fact)}"
        f"{flags.status_note(fact)}{flags.source_note(fact)}"
        for fact in row.abnormal[:ABNORMAL_SHOWN]
    ]
    if row.refused_count:
        listed.insert(0, f"⚠ {row.refused_count} refused")
    if not row.abnormal:
        return " · ".join([*listed, NONE_FLAGGED])
    more = len(row.abnormal) - ABNORMAL_SHOWN
    return " · ".join([*listed, f"+{more} more"] if more > 0 else listed)


def _controls(
    rows: Sequence[WorklistRow], *, clinical: bool
) -> tuple[list[WorklistRow], str | None]:
    search, sort, choose = st.columns([3, 2, 3], vertical_alignment="bottom")
    typed = search.text_input("Search", placeholder="name, record number, birth date", key="search")
    sorts = list(SORTS) if clinical else ["Name"]
    order = sort.selectbox("Sort by", sorts, key=f"sort:{clinical}")
    shown = sorted(matching(rows, typed), key=SORTS[order])
    by_id = {row.patient.patient_id: row for row in shown}
    picked = choose.selectbox(
        "Open chart",
        list(by_id),
        index=None,
        format_func=lambda key: _named(by_id[key]) if key in by_id else "",
        placeholder="choose a patient by name",
        key=f"pick:{clinical}",
    )
    return shown, picked


def _columns(row: WorklistRow, *, clinical: bool) -> dict[str, object]:
    patient = row.patient
    age = "" if row.age_years is None else f"{row.age_years} "
    who: dict[str, object] = {
        "Patient": _name(row),
        "Age / sex": f"{age}{sex_word(patient.sex)}",
        "Born": times.birth_date(patient.birth_date),
        "MRN": patient.mrn or "not recorded",
    }
    if not clinical:
        return who
    return {
        "Patient": who["Patient"],
        "Age / sex": who["Age / sex"],
        "MRN": who["MRN"],
        "What is abnormal": abnormal_text(row),
        "Problems": row.problem_count,
        "Last encounter": "none" if row.last_encounter is None else row.last_encounter.day,
        "Kind": shortened(row.last_encounter_display or "", 40),
        "Born": who["Born"],
        "Whole": f"⚠ {row.refused_count} refused" if row.refused_count else "✓",
    }


def _name(row: WorklistRow) -> str:
    patient = row.patient
    if patient.family and patient.given:
        return f"{patient.family.upper()}, {patient.given}"
    return patient.name or "Name not recorded"


def _named(row: WorklistRow) -> str:
    return f"{_name(row)} · {row.patient.mrn or row.patient.patient_id}"


def _searchable(row: WorklistRow) -> str:
    patient = row.patient
    parts = (patient.name, patient.family, patient.given, patient.mrn, patient.patient_id,
             patient.birth_date, times.birth_date(patient.birth_date))  # fmt: skip
    return " ".join(part for part in parts if part).lower()


def _worst(row: WorklistRow) -> int:
    return min((flags.severity(fact.flag) for fact in row.abnormal), default=9)


def _seconds(row: WorklistRow) -> float:
    return row.last_encounter.instant.timestamp() if row.last_encounter is not None else 0.0
