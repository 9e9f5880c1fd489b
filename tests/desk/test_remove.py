"""`remove`: nothing of one patient is left in any table, and nothing of another is touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.charts import labs
from pipelines.desk import load, remove
from pipelines.desk.access import open_chart
from pipelines.desk.house import House, open_house
from pipelines.errors import ChartroomError, NotFound
from tests.charts.fhir_files import dump, note
from tests.contract.charts import bundle, patient, potassium, write
from tests.desk.conftest import READER

GOING = "leaver-7"


def of(ident: str, resource: dict[str, Any]) -> dict[str, Any]:
    """The resource as one of another patient."""
    return {**resource, "subject": {"reference": f"Patient/{ident}"}}


def leavers_chart() -> dict[str, Any]:
    """A chart that fills many tables, one refused entry included."""
    bad = of(GOING, potassium("bad", 4.0, "the other day"))
    return bundle(
        patient(GOING), of(GOING, potassium("l1", 3.1, "2026-11-20T06:00:00-05:00")),
        of(GOING, note("n1", "Seen by the team. Goes home.")), bad,
        {"resourceType": "Encounter", "id": "e1", "status": "finished", "class": {"code": "IMP"},
         "subject": {"reference": f"Patient/{GOING}"},
         "period": {"start": "2026-11-19", "end": "2026-11-21"}},
        {"resourceType": "AllergyIntolerance", "id": "a1", "code": {"text": "Latex"},
         "patient": {"reference": f"Patient/{GOING}"}},
    )  # fmt: skip


def test_no_table_holds_the_patient_and_every_row_of_the_others_stays(
    house: House, tmp_path: Path
) -> None:
    before = dump(house.charts)
    load.load(house, READER, [write(tmp_path / "leaver.json", leavers_chart())])
    newer = bundle(of(GOING, potassium("l1", 3.3, "2026-11-20T06:00:00-05:00")))
    load.load(house, READER, [write(tmp_path / "newer.json", newer)])
    group = {"resourceType": "Group", "id": "g1", "type": "person", "actual": True,
             "member": [{"entity": {"reference": f"Patient/{GOING}"}}]}  # fmt: skip
    load.load(house, READER, [write(tmp_path / "group.json", group)])
    removed = remove.remove(house, READER, GOING)
    after = dump(house.charts)
    assert removed.rows["observation"] == 1
    assert removed.rows["resource"] == removed.resources == 7, "both versions, and the Group"
    assert (removed.refused, removed.files) == (1, 3)
    for table, rows in after.items():
        assert GOING not in repr(rows), table
        if table not in ("load", "file", "code", "migration"):
            assert rows == before[table], table


def test_the_words_of_the_removed_are_not_in_the_file_any_more(
    house: House, tmp_path: Path
) -> None:
    load.load(house, READER, [write(tmp_path / "leaver.json", leavers_chart())])
    remove.remove(house, READER, GOING)
    path = house.settings.store_path
    house.close()
    assert GOING.encode() in path.read_bytes(), "a delete alone leaves them; else this is idle"
    assert remove.give_space_back(house.settings)
    assert GOING.encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    again = open_house(house.settings, writing=True)
    assert [fact.value for fact in labs.results(open_chart(again, READER, "p1", "look"))]
    again.close()


def test_a_store_that_is_open_is_not_written_anew_and_not_harmed(house: House) -> None:
    home = house.settings.home
    before = dump(house.charts)
    assert not remove.give_space_back(house.settings)
    assert dump(house.charts) == before
    assert not list(home.glob("*.new"))


def test_a_removal_is_logged_with_counts_only_and_the_log_stays_whole(
    house: House, tmp_path: Path
) -> None:
    load.load(house, READER, [write(tmp_path / "leaver.json", leavers_chart())])
    entries = len(house.ledger.entries())
    removed = remove.remove(house, READER, f"MRN-{GOING}")
    entry = house.ledger.entries(action="remove")[-1]
    assert len(house.ledger.entries()) == entries + 1
    assert (entry.entry_id, entry.patient, entry.reader) == (removed.log_id, GOING, "resident")
    assert "Marrow" not in json.dumps(dict(entry.payload))
    assert house.ledger.verify().whole


def test_what_cannot_be_logged_is_not_removed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise ChartroomError("The log cannot be written.")

    before = dump(house.charts)
    monkeypatch.setattr(type(house.ledger), "append_with", full)
    with pytest.raises(ChartroomError, match="log"):
        remove.remove(house, READER, "p1")
    assert dump(house.charts) == before


def test_a_load_of_the_same_files_brings_the_patient_back(house: House, tmp_path: Path) -> None:
    path = write(tmp_path / "leaver.json", leavers_chart())
    first = load.load(house, READER, [path])
    remove.remove(house, READER, GOING)
    again = load.load(house, READER, [path])
    assert (again.resources, again.unchanged) == (first.resources, 0)
    assert open_chart(house, READER, GOING, "look").patient_id == GOING


def test_a_file_of_two_patients_brings_back_the_one_that_was_removed(
    house: House, tmp_path: Path
) -> None:
    both = bundle(patient("stays"), *[e["resource"] for e in leavers_chart()["entry"]])
    path = write(tmp_path / "both.json", both)
    load.load(house, READER, [path])
    remove.remove(house, READER, GOING)
    again = load.load(house, READER, [path])
    assert (again.resources, again.unchanged) == (6, 1)


@pytest.mark.parametrize(
    ("subject", "named"),
    [
        pytest.param({"reference": "Patient/p9"}, "Patient/p9", id="an id that is not here"),
        pytest.param({"reference": "urn:uuid:abc"}, "urn:uuid:abc", id="a urn"),
        pytest.param(
            {"identifier": {"system": "urn:x", "value": "77"}}, "identifier:urn:x|77",
            id="an identifier",
        ),
    ],
)  # fmt: skip
def test_orphans_are_removed_by_the_reference_they_carry(
    house: House, tmp_path: Path, subject: dict[str, Any], named: str
) -> None:
    lost = [{**potassium(name, 4.0, "2026-11-20"), "subject": subject} for name in ("o1", "o2")]
    load.load(house, READER, [write(tmp_path / "lost.json", bundle(*lost))])
    assert [group.link for group in load.orphan_groups(house)] == [named]
    assert remove.remove(house, READER, named).resources == 2
    assert load.orphans(house) == ()


def test_who_is_not_here_and_what_fits_two_is_not_removed(house: House, tmp_path: Path) -> None:
    twin = patient("p2", identifier=[{"system": "urn:y", "value": "p1"}])
    load.load(house, READER, [write(tmp_path / "twin.json", twin)])
    before = dump(house.charts)
    for text in ("nobody", "p1", "urn:uuid:none", ""):
        with pytest.raises(NotFound):
            remove.remove(house, READER, text)
    assert dump(house.charts) == before
