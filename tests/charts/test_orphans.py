"""What belongs to nobody is kept and listed, and no answer, briefing, list or search shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.charts import orphans, passage_groups
from pipelines.charts.store import ChartStore
from pipelines.desk import access, ask, brief, contract, load, look
from pipelines.desk.house import House, open_house
from pipelines.errors import NotFound
from pipelines.records.chart import Reader
from pipelines.records.trends import TrendChoice
from pipelines.settings import Settings
from tests.charts.fhir_files import bundle, note, observation, patient, write
from tests.charts.fhir_files import load as loaded

LINKS: dict[str, dict[str, Any]] = {
    "Patient/p9": {"reference": "Patient/p9"},
    "urn:uuid:nobody": {"reference": "urn:uuid:nobody"},
    "identifier:urn:x|77": {"identifier": {"system": "urn:x", "value": "77"}},
    "Patient?identifier=7": {"reference": "Patient?identifier=7"},
}
EYE = "Zebrafish retinopathy"
QUESTIONS = (
    "latest potassium", "was the potassium ever above 6?", "any zebrafish?",
    "how many potassium results are there?", "what do the notes say?",
)  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Patient p1 with one result and one note; of each kind of link a result and a note more."""
    lost = []
    for number, link in enumerate(LINKS.values()):
        value = {"value": 6.9, "unit": "mmol/L"}
        lost += [
            {**observation(f"lost{number}"), "subject": link, "valueQuantity": value},
            {**note(f"lost{number}", f"{EYE} was found."), "subject": link},
        ]
    path = write(tmp_path / "in.json", bundle(patient(), observation("mine"), note("mine"), *lost))
    settings = Settings.read(tmp_path / "home", {"CHARTROOM_OLLAMA_URL": "http://127.0.0.1:9"})
    opened = open_house(settings, writing=True)
    load.load(opened, Reader("resident"), [path])
    return opened


def test_each_orphan_is_listed_with_its_link_file_and_load(house: House, tmp_path: Path) -> None:
    listed = orphans.orphans(house.charts)
    assert {item.link for item in listed} == set(LINKS)
    assert len(listed) == 2 * len(LINKS)
    assert {item.type for item in listed} == {"Observation", "DocumentReference"}
    assert {item.file for item in listed} == {str(tmp_path / "in.json")}
    assert all(item.loaded_at for item in listed)
    groups = orphans.orphan_groups(house.charts)
    assert {group.link: group.resources for group in groups} == dict.fromkeys(LINKS, 2)
    assert groups[0].by_type == {"DocumentReference": 1, "Observation": 1}


@pytest.mark.parametrize("link", LINKS)
def test_no_chart_of_an_orphan_can_be_opened(house: House, link: str) -> None:
    reader = Reader("resident")
    for name in (link, orphans.of_link(link)):
        with pytest.raises(NotFound):
            access.open_chart(house, reader, name, "look")
        with pytest.raises(NotFound):
            look.find_patient(house, name)
    answer = ask.ask_by_name(house, reader, ask.AskRequest(link, "latest potassium"))
    assert (answer.status, answer.statements) == ("failed", ())


def test_no_answer_briefing_list_or_search_shows_an_orphan(house: House) -> None:
    reader = Reader("resident")
    assert [row.patient.patient_id for row in look.patients(house, reader)] == ["p1"]
    chart = access.open_chart(house, reader, "p1", "look")
    assert passage_groups.search(chart, [["zebrafish"], ["retinopathy"]]) == ()
    shown = [contract.briefing_json(brief.brief(house, reader, "p1", 10**6))]
    for question in QUESTIONS:
        answer = ask.ask(house, reader, ask.AskRequest("p1", question))
        shown.append(contract.answer_json(answer))
    said = repr([{k: v for k, v in item.items() if k != "question"} for item in shown])
    assert "lost" not in said
    assert "6.9" not in said
    assert EYE not in said
    trend = look.trend(house, reader, "p1", TrendChoice(("http://loinc.org|2823-3",)))
    assert [fact.resource for fact in trend.facts] == ["Observation/mine"]


def test_an_orphan_joins_its_chart_once_the_patient_comes(tmp_path: Path) -> None:
    store = ChartStore.open(tmp_path / "home" / "chart.duckdb", read_only=False)
    loaded(store, write(tmp_path / "o.json", observation("late", subject="Patient/p9")))
    assert [item.resource for item in orphans.orphans(store)] == ["Observation/late"]
    loaded(store, write(tmp_path / "p.json", patient("p9")))
    assert orphans.orphans(store) == ()
    store.close()


def test_what_names_no_patient_is_no_orphan(tmp_path: Path) -> None:
    store = ChartStore.open(tmp_path / "home" / "chart.duckdb", read_only=False)
    doctor = {"resourceType": "Practitioner", "id": "d1", "name": [{"family": "Arzt"}]}
    loaded(store, write(tmp_path / "d.json", doctor))
    assert orphans.orphans(store) == ()
    store.close()
