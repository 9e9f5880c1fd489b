"""What an address, a search and options mean, and what is no address at all."""

from __future__ import annotations

import pytest

from pipelines.errors import ChartroomError
from pipelines.fetch.plan import Plan, plan
from pipelines.records.fetches import FetchRequest

BASE = "https://a.example/fhir"


@pytest.mark.parametrize(
    ("request_", "meant"),
    [
        pytest.param(FetchRequest(BASE), Plan(BASE, "patients"), id="everyone"),
        pytest.param(FetchRequest(BASE + "/"), Plan(BASE, "patients"), id="a slash at the end"),
        pytest.param(
            FetchRequest("https://a.example/FHIR/R4"),
            Plan("https://a.example/FHIR/R4", "patients"),
            id="capitals in the base",
        ),
        pytest.param(
            FetchRequest("https://a.example/FHIR/R4/Patient/7"),
            Plan("https://a.example/FHIR/R4", "patients", ("7",)),
            id="a patient's address",
        ),
        pytest.param(
            FetchRequest(f"{BASE}/Patient/7/$everything"), Plan(BASE, "patients", ("7",)), id="all"
        ),
        pytest.param(
            FetchRequest(f"{BASE}/Patient?family=X"),
            Plan(BASE, "patients", query="family=X"),
            id="patients found",
        ),
        pytest.param(
            FetchRequest(BASE, search="Observation?patient=1"),
            Plan(BASE, "search", search_type="Observation", query="patient=1"),
            id="a search",
        ),
        pytest.param(
            FetchRequest(f"{BASE}/Observation?patient=1"),
            Plan(BASE, "search", search_type="Observation", query="patient=1"),
            id="a search in the address",
        ),
        pytest.param(
            FetchRequest(BASE, patients=("1", "2", "1")),
            Plan(BASE, "patients", ("1", "2")),
            id="named, each once",
        ),
        pytest.param(FetchRequest(BASE, bulk=True), Plan(BASE, "bulk"), id="bulk"),
        pytest.param(
            FetchRequest(f"{BASE}/Group/9/$export?_typeFilter=x"),
            Plan(BASE, "bulk", level="Group/9/", query="_typeFilter=x"),
            id="bulk in the address",
        ),
        pytest.param(
            FetchRequest(BASE, group="9"), Plan(BASE, "bulk", level="Group/9/"), id="a group"
        ),
    ],
)
def test_each_way_to_ask_is_read(request_: FetchRequest, meant: Plan) -> None:
    assert plan(request_) == meant


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(FetchRequest(f"{BASE}?x=1"), id="a query at the base"),
        pytest.param(FetchRequest(BASE, search="observation"), id="no type"),
        pytest.param(FetchRequest(BASE, search="Observation?a=1\nX: y"), id="a line break"),
        pytest.param(FetchRequest(BASE, search="../Patient"), id="a way out"),
        pytest.param(FetchRequest(BASE, patients=("../1",)), id="an id that is none"),
        pytest.param(FetchRequest(BASE, patients=("1",), search="Patient?x=1"), id="both"),
        pytest.param(FetchRequest(BASE, patients=("1",), bulk=True), id="bulk of one"),
        pytest.param(FetchRequest(BASE, group="a/b"), id="a group that is none"),
        pytest.param(FetchRequest(BASE, types=("x&y",)), id="a type that is none"),
        pytest.param(FetchRequest(BASE, since="yesterday"), id="a time that is none"),
        pytest.param(FetchRequest("https://[/fhir"), id="no address"),
    ],
)
def test_what_makes_no_plan_is_one_sentence(request_: FetchRequest) -> None:
    with pytest.raises(ChartroomError):
        plan(request_)


def test_a_plan_is_told_without_the_values_of_a_search() -> None:
    told = plan(FetchRequest(BASE, search="Patient?family=Marrow&birthdate=1950-02-03")).told
    assert told == "Patient?family=…&birthdate=…"


def test_the_same_plan_is_found_again_and_another_is_not() -> None:
    one, again = plan(FetchRequest(BASE)), plan(FetchRequest(BASE + "/"))
    later = plan(FetchRequest(BASE, since="2026-01-01"))
    assert one.key == again.key != later.key
    assert one.standing_key == later.standing_key
