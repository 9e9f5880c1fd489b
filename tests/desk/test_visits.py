"""A tab's place is kept by the server, for the session that opened it and no other."""

from __future__ import annotations

from pipelines.desk import visits
from pipelines.desk.house import House
from tests.desk.conftest import READER


def test_a_reload_brings_patient_and_conversation_back(house: House) -> None:
    visit = visits.open_visit(house, "cookie", READER, "p1")
    assert visits.resume(house, "cookie", visit.visit_id) == visit


def test_another_session_cannot_resume_a_visit(house: House) -> None:
    visit = visits.open_visit(house, "cookie", READER, "p1")
    assert visits.resume(house, "another cookie", visit.visit_id) is None
    assert visits.resume(house, "", visit.visit_id) is None


def test_each_choice_is_a_visit_of_its_own(house: House) -> None:
    first = visits.open_visit(house, "cookie", READER, "p1")
    second = visits.new_conversation(house, "cookie", READER, first)
    assert first.thread != second.thread
    assert visits.resume(house, "cookie", first.visit_id) == first


def test_a_visit_id_says_nothing_of_the_patient(house: House) -> None:
    visit = visits.open_visit(house, "cookie", READER, "p1")
    assert "p1" not in visit.visit_id[:2]
    assert len(visit.visit_id) >= 32
