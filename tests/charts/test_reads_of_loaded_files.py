"""From FHIR files to reads: one golden stay, and citations that hold on whole data sets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.charts import (
    allergies,
    encounters,
    identifiers,
    immunizations,
    labs,
    medications,
    notes,
    passage_groups,
    passages,
    patients,
    problems,
    procedures,
    sources,
)
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart, Reader
from pipelines.records.facts import Fact

CASE = Path(__file__).parents[1] / "cases" / "ward_stay"


def opened(store: ChartStore, patient: str) -> Chart:
    as_of = patients.as_of(store, patient)
    assert as_of is not None
    return Chart(Reader("dr.test"), patient, "test", as_of, store)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChartStore]:
    path = tmp_path_factory.mktemp("home") / "chart.duckdb"
    store = ChartStore.open(path, read_only=False)
    load_paths(store, [CASE / "bundle.json"], LoadLimits(validate="off"))
    yield store
    store.close()


def cited_facts(chart: Chart) -> list[Fact]:
    """Every fact of the chart that an answer may cite."""
    subjects = (
        medications.medications(chart),
        problems.conditions(chart),
        encounters.encounters(chart),
        procedures.procedures(chart),
        immunizations.immunizations(chart),
        allergies.allergy_list(chart).allergies,
        notes.notes(chart),
    )
    found = [item.fact for subject in subjects for item in subject]
    return [*labs.results(chart), *found, patients.patient(chart).fact]


def digest(chart: Chart) -> dict[str, object]:
    """What the reads say of a chart, in words that a person can check against the bundle."""
    banner = patients.banner(chart)
    listed = allergies.allergy_list(chart)
    return {
        "banner": [
            banner.patient.name, banner.patient.mrn, banner.patient.sex, banner.age_years,
            banner.as_of.written, banner.allergies.state, banner.incomplete,
        ],
        "results": [
            [
                fact.resource, fact.part, fact.kind, fact.display, fact.comparator, fact.value,
                fact.value_text, fact.unit, fact.flag, fact.flag_source, fact.status,
                fact.when.written if fact.when else None,
            ]
            for fact in labs.results(chart)
        ],
        "kinds": [
            [kind.display, kind.kind, kind.unit, kind.count, kind.numeric_count]
            for kind in labs.kinds(chart)
        ],
        "abnormal": [[fact.resource, fact.flag] for fact in labs.latest_abnormal(chart, 9)],
        "medications": [
            [entry.name, entry.form, entry.status, entry.dose_text]
            for entry in medications.medications(chart)
        ],
        "active medications": [entry.name for entry in medications.active(chart)],
        "conditions": [
            [entry.fact.display, entry.clinical_status, entry.verification_status]
            for entry in problems.conditions(chart)
        ],
        "problems": [entry.fact.display for entry in problems.active(chart)],
        "coded": [[c.fact.display, c.fact.encounter] for c in problems.coded(chart)],
        "social": [entry.fact.display for entry in problems.social(chart)],
        "encounters": [
            [visit.fact.display, visit.is_hospital, visit.is_icu, visit.part_of]
            for visit in encounters.encounters(chart)
        ],
        "allergies": [[entry.fact.display, entry.is_no_known] for entry in listed.allergies],
        "procedures": [[p.fact.display, p.status] for p in procedures.procedures(chart)],
        "immunizations": [[i.fact.display, i.status] for i in immunizations.immunizations(chart)],
        "notes": [[note.fact.resource, note.title, note.author] for note in notes.notes(chart)],
        "chest pain": [
            [hit.text, hit.heading, hit.resource, list(hit.earlier)]
            for hit in passage_groups.search(chart, [["chest"], ["pain"]])
        ],
    }  # fmt: skip


@pytest.mark.parametrize("patient", ["pat-a", "pat-b"])
def test_a_stay_reads_as_it_was_recorded(store: ChartStore, patient: str) -> None:
    expected = json.loads((CASE / "expected.json").read_text(encoding="utf-8"))
    assert digest(opened(store, patient)) == expected[patient]


@pytest.mark.parametrize("patient", ["pat-a", "pat-b"])
def test_every_quote_stands_at_its_path(store: ChartStore, patient: str) -> None:
    chart = opened(store, patient)
    facts = cited_facts(chart)
    assert facts
    for fact in facts:
        assert fact.quote in sources.leaves(sources.raw(chart, fact.resource), fact.path)


def test_every_passage_is_the_text_between_its_offsets(store: ChartStore) -> None:
    chart = opened(store, "pat-a")
    found = passages.passages(chart)
    assert found
    for passage in found:
        note = notes.note(chart, passage.resource)
        assert note.text[passage.start : passage.end] == passage.text
        assert note.sha256 == passage.note_sha256


def test_no_read_of_one_chart_mentions_the_other(store: ChartStore) -> None:
    said = json.dumps(digest(opened(store, "pat-b")))
    assert "Winterbourne" not in said
    assert "k-1" not in said
    ids = identifiers.chart_identifiers(opened(store, "pat-b")).identifiers
    assert not {one.value for one in ids} & {"Winterbourne", "MRN-501", "Frost"}


def test_nothing_after_an_earlier_as_of_is_said(store: ChartStore) -> None:
    chart = opened(store, "pat-a")
    before = patients.as_of(store, "pat-a")
    assert before is not None
    stay = encounters.encounters(chart)[0]
    assert stay.start is not None
    early = Chart(chart.reader, "pat-a", "test", stay.start, store)
    dated = [fact for fact in cited_facts(early) if fact.when is not None]
    assert dated
    assert all(fact.when <= stay.start for fact in dated if fact.when)


@pytest.mark.sweep
def test_quotes_hold_on_whole_data_sets(shared: Path, tmp_path: Path) -> None:
    store = ChartStore.open(tmp_path / "chart.duckdb", read_only=False)
    sets = [shared / "charts" / name for name in ("synthea_notes", "synthea_bulk_ndjson")]
    mimic = sorted((shared / "eval" / "mimic_demo" / "bundles").iterdir())[:3]
    load_paths(store, [*sets, *mimic], LoadLimits(validate="off"))
    checked = 0
    for patient in patients.all_patients(store):
        chart = opened(store, patient.patient_id)
        for fact in cited_facts(chart)[::20]:
            assert fact.quote in sources.leaves(sources.raw(chart, fact.resource), fact.path)
            checked += 1
    store.close()
    assert checked > 500
