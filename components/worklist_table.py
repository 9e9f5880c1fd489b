"""The chooser of patients that stands in for a page while no patient is chosen.

It says who, and nothing of any chart. A row can be pressed in the table or picked by name beside
it. The worklist itself is drawn by `ward_table`.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import times
from components.banner import sex_word
from components.theme import table_height
from pipelines.records.patients import WorklistRow

WIDTHS = {
    name: st.column_config.Column(width=width)
    for name, width in (("Patient", 190), ("Age / sex", 75), ("Born", 95), ("MRN", 110))
}


def choose_patient(rows: Sequence[WorklistRow]) -> str | None:
    """Draw the list; the chosen `Patient.id`, or None until one is chosen."""
    if not rows:
        st.info("No patient is loaded yet. Load FHIR files on the Imports page.")
        return None
    shown, pick = _controls(rows)
    st.html(f'<div class="cr-quiet">{len(shown)} of {len(rows)} patients</div>')
    if not shown:
        st.info("No patient fits this search.")
        return pick
    pressed = st.dataframe(
        [_columns(row) for row in shown],
        hide_index=True,
        height=table_height(len(shown), 640),
        on_select="rerun",
        selection_mode="single-row",
        key="patients:False",
        column_config=WIDTHS,
        alt="Patients; the same can be chosen by name above",
    )
    chosen = pressed["selection"]["rows"]
    return shown[chosen[0]].patient.patient_id if chosen and chosen[0] < len(shown) else pick


def matching(rows: Sequence[WorklistRow], text: str) -> list[WorklistRow]:
    """Rows in which every word typed occurs: name, record number, id or birth date."""
    wanted = text.lower().replace(",", " ").split()
    return [row for row in rows if all(word in searchable(row) for word in wanted)]


def _controls(rows: Sequence[WorklistRow]) -> tuple[list[WorklistRow], str | None]:
    search, sort, choose = st.columns([3, 2, 3], vertical_alignment="bottom")
    typed = search.text_input("Search", placeholder="name, record number, birth date", key="search")
    sort.selectbox("Sort by", ["Name"], key="sort:False")
    shown = sorted(matching(rows, typed), key=lambda row: row.patient.name.lower())
    by_id = {row.patient.patient_id: row for row in shown}
    picked = choose.selectbox(
        "Open chart",
        list(by_id),
        index=None,
        format_func=lambda key: named(by_id[key]) if key in by_id else "",
        placeholder="choose a patient by name",
        key="pick:False",
    )
    return shown, picked


def _columns(row: WorklistRow) -> dict[str, object]:
    patient = row.patient
    age = "" if row.age_years is None else f"{row.age_years} "
    return {
        "Patient": shown_name(row),
        "Age / sex": f"{age}{sex_word(patient.sex)}",
        "Born": times.birth_date(patient.birth_date),
        "MRN": patient.mrn or "not recorded",
    }


def shown_name(row: WorklistRow) -> str:
    """`FAMILY, Given`, or what the record has."""
    patient = row.patient
    if patient.family and patient.given:
        return f"{patient.family.upper()}, {patient.given}"
    return patient.name or "Name not recorded"


def named(row: WorklistRow) -> str:
    """The name with the record number, for a list to choose from."""
    return f"{shown_name(row)} · {row.patient.mrn or row.patient.patient_id}"


def searchable(row: WorklistRow) -> str:
    """Who a row is about, in lower case, to look for words in."""
    patient = row.patient
    parts = (patient.name, patient.family, patient.given, patient.mrn, patient.patient_id,
             patient.birth_date, times.birth_date(patient.birth_date))  # fmt: skip
    return " ".join(part for part in parts if part).lower()
