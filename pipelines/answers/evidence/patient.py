"""Fields of the patient's record that are mostly codes: marital status, race, ethnicity, language.

In: the patient's record. Out: path, leaf and sentence, with the code's meaning beside it where
the record gives a code alone (`patient_codes.toml`). A code that the table does not know is told
as it stands; a race or an ethnicity is told in the words of the record only.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from pipelines.charts import sources
from pipelines.charts.patient_details import patient_detail
from pipelines.records.chart import Chart
from pipelines.records.patients import Patient

TABLE = Path(__file__).with_name("patient_codes.toml")
Field = tuple[str, str | None, str]
TITLES = {
    "marital": "Marital status",
    "race": "Race",
    "ethnicity": "Ethnicity",
    "language": "Language",
}


@lru_cache(maxsize=1)
def _codes() -> dict[str, dict[str, str]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def meaning(field: str, written: str) -> str:
    """What a code says in words, or the words themselves."""
    return _codes().get(field, {}).get(written, written).lower()


def marital(chart: Chart, who: Patient) -> Field:
    """The marital status as recorded."""
    leaves = sources.leaves_with_paths(sources.raw(chart, who.fact.resource), "maritalStatus")
    return _told("marital", _worded(list(leaves)), "maritalStatus")


def language(chart: Chart, who: Patient) -> Field:
    """The first language that the record gives for talking with the patient."""
    leaves = sources.leaves_with_paths(sources.raw(chart, who.fact.resource), "communication")
    return _told("language", _worded(list(leaves)), "communication")


def race(chart: Chart, who: Patient) -> Field:
    """The race in the record's own words."""
    return _own_words(chart, who, "race", patient_detail(chart).races)


def ethnicity(chart: Chart, who: Patient) -> Field:
    """The ethnicity in the record's own words."""
    return _own_words(chart, who, "ethnicity", patient_detail(chart).ethnicities)


def _own_words(chart: Chart, who: Patient, field: str, said: tuple[str, ...]) -> Field:
    leaves = sources.leaves_with_paths(sources.raw(chart, who.fact.resource), "extension")
    found = next(((path, leaf) for path, leaf in leaves if leaf in said), None)
    return _told(field, found, "extension")


def _worded(leaves: list[tuple[str, str]]) -> tuple[str, str] | None:
    """Words before a display before a code."""
    for end in (".text", ".display", ".code"):
        for path, leaf in leaves:
            if path.endswith(end):
                return path, leaf
    return None


def _told(field: str, found: tuple[str, str] | None, path: str) -> Field:
    if found is None:
        return path, None, ""
    words = meaning(field, found[1])
    beside = "" if words == found[1].lower() else f" ({words})"
    return found[0], found[1], f"{TITLES[field]} recorded as {found[1]}{beside}."
