"""NEWS2 and KDIGO of every patient at the end of the chart, from a handful of statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pipelines.charts.ward import exceptions, places, readings
from pipelines.records.chart import RowSource
from pipelines.records.patients import WorklistRow
from pipelines.records.screening import Kdigo, KdigoPart, News2, Reading, UrineAmount
from pipelines.records.ward import Stay
from pipelines.terms.scores import kdigo, news2

CREATININE = frozenset({"creatinine"})
URINE = frozenset({"urine_output"})
WEIGHT = frozenset({"weight"})


class Inputs(NamedTuple):
    """All that the scores read, by patient."""

    vitals: Mapping[str, readings.ByConcept]
    creatinines: Mapping[str, readings.ByConcept]
    urine: Mapping[str, tuple[UrineAmount, ...]]
    stays: Mapping[str, Stay]
    pregnant: frozenset[str]
    scale_2: Mapping[str, str]


def inputs(source: RowSource) -> Inputs:
    """Read for all patients at once."""
    vitals = frozenset(news2.concepts())
    keys = readings.keys_of(source, vitals | CREATININE | URINE | WEIGHT)

    def of(wanted: frozenset[str]) -> dict[str, str]:
        return {key: concept for key, concept in keys.items() if concept in wanted}

    week = int(kdigo.rules()["creatinine"]["ratio_window_hours"])
    return Inputs(
        readings.newest(source, of(vitals | WEIGHT)),
        readings.last_hours(source, of(CREATININE), week),
        readings.urine(source, of(URINE)),
        places.stays(source),
        exceptions.pregnant(source),
        exceptions.scale_2(source),
    )


def scores(row: WorklistRow, read: Inputs) -> tuple[News2, Kdigo]:
    """Both scores of one patient; a chart without a date has no inputs."""
    patient, as_of = row.patient.patient_id, row.as_of
    if as_of is None:
        return NOTHING
    vitals = read.vitals.get(patient, {})
    now = news2.Situation(
        as_of,
        row.age_years,
        patient in read.pregnant,
        patient in read.stays,
        read.scale_2.get(patient),
    )
    creatinines = read.creatinines.get(patient, {}).get("creatinine", ())
    weight = _recent(vitals.get("weight", ()), row)
    made = kdigo.kdigo(creatinines, as_of, read.urine.get(patient, ()), weight)
    return news2.news2({k: v for k, v in vitals.items() if k != "weight"}, now), made


def _recent(weights: tuple[Reading, ...], row: WorklistRow) -> Reading | None:
    days = kdigo.rules()["urine"]["weight_within_days"]
    if not weights or row.as_of is None:
        return None
    age = row.as_of.instant - weights[0].when.instant
    return weights[0] if age.days < days else None


NOTHING = (
    News2(not_for="a chart without a date"),
    Kdigo(KdigoPart(None, kdigo.NO_CREATININE), KdigoPart(None, kdigo.NO_URINE)),
)
