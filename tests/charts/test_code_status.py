"""The code status: what the record states, where, and never more than it states."""

from __future__ import annotations

import pytest

from pipelines.charts import code_status, consents
from tests.charts.small_store import SmallStore

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/consentcategorycodes"
FOR, NOT, STATUS = f"{SNOMED}|304252001", f"{SNOMED}|304253006", f"{SNOMED}|304251008"
CPR, IN_PLACE = f"{SNOMED}|89666000", f"{LOINC}|81351-9"


@pytest.fixture
def store() -> SmallStore:
    made = SmallStore()
    for key in (FOR, NOT, STATUS, CPR, IN_PLACE, f"{CATEGORY}|dnr", f"{CATEGORY}|acd",
                "http://hl7.org/fhir/sid/icd-10-cm|Z66", f"{SNOMED}|450476008"):  # fmt: skip
        system, _, code = key.partition("|")
        made.add("code", code_key=key, system=system, code=code)
    return made


def observe(
    store: SmallStore, text: str | None, when: str = "2026-11-01", **columns: object
) -> None:
    row: dict[str, object] = {
        "resource": f"Observation/{when}", "patient": "p1", "part": 0, "code_key": STATUS,
        "display": "Resuscitation status", "status": "final", "effective_at": when,
        "value_kind": "string", "value_text": text, "path": "valueString", "quote": text,
    }  # fmt: skip
    store.add("observation", **(row | columns))


def flag(store: SmallStore, key: str = NOT, **columns: object) -> None:
    row = {"resource": "Flag/1", "patient": "p1", "code_key": key, "display": "A flag",
           "status": "active", "start_at": "2026-11-02", "path": "code.text",
           "quote": "A flag"}  # fmt: skip
    store.add("flag", **(row | columns))


def order(store: SmallStore, key: str = NOT, **columns: object) -> None:
    row = {"resource": "ServiceRequest/1", "patient": "p1", "code_key": key, "display": "An order",
           "status": "active", "intent": "order", "authored_at": "2026-11-03",
           "path": "code.text", "quote": "An order"}  # fmt: skip
    store.add("service_request", **(row | columns))


def consent(store: SmallStore, **columns: object) -> None:
    row = {"resource": "Consent/1", "patient": "p1", "number": 0, "display": "DNR consent",
           "status": "active", "category_keys": [f"{CATEGORY}|dnr"], "stated_at": "2026-11-04",
           "path": "category[0].text", "quote": "DNR consent"}  # fmt: skip
    store.add("consent", **(row | columns))


def state(store: SmallStore, as_of: str = "2026-12-31") -> tuple[str, str | None]:
    found = code_status.code_status(store.chart(as_of=as_of))
    return found.state, found.label


def test_a_chart_that_says_nothing_is_not_recorded_and_no_full_code(store: SmallStore) -> None:
    found = code_status.code_status(store.chart())
    assert (found.state, found.label, found.current, found.earlier) == (
        "not recorded",
        None,
        (),
        (),
    )


def test_a_refused_consent_makes_silence_unavailable(store: SmallStore) -> None:
    store.add("refused", patient="p1", resource_type="Consent", resolved=False)
    assert state(store) == ("unavailable", None)


@pytest.mark.parametrize(
    ("answer", "columns", "wanted"),
    [
        pytest.param("Full code", {}, "Full code", id="MIMIC: full code"),
        pytest.param("DNR / DNI", {}, "DNR/DNI", id="MIMIC: both"),
        pytest.param("DNR (do not resuscitate)", {}, "DNR", id="MIMIC: DNR"),
        pytest.param("DNI (do not intubate)", {}, "DNI", id="MIMIC: DNI"),
        pytest.param("Comfort measures only", {}, "Comfort care", id="MIMIC: comfort"),
        pytest.param("Full code", {"code_key": "x|1", "display": "Code Status"}, "Full code",
                     id="asked by name"),
        pytest.param("true", {"code_key": IN_PLACE, "value_kind": "boolean"}, "DNR",
                     id="a DNR order is in place"),
        pytest.param("false", {"code_key": IN_PLACE, "value_kind": "boolean"},
                     "No DNR order in place", id="no DNR order is in place, which is no full code"),
        pytest.param("true", {"code_key": NOT, "value_kind": "boolean"}, "DNR", id="the finding"),
        pytest.param(None, {"code_key": NOT, "value_kind": None}, "DNR", id="the bare finding"),
        pytest.param("no pressors, see note", {}, "no pressors, see note", id="own words"),
        pytest.param("not DNR", {}, "not DNR", id="part of an answer is no answer"),
    ],
)  # fmt: skip
def test_an_observation_says_what_it_answers(
    store: SmallStore, answer: str | None, columns: dict[str, object], wanted: str
) -> None:
    observe(store, answer, **columns)
    assert state(store) == ("recorded", wanted)


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"code_key": "x|1", "display": "Potassium"}, id="another question"),
        pytest.param({"status": "entered-in-error"}, id="entered in error"),
        pytest.param({"patient": "p2"}, id="another patient"),
        pytest.param({"effective_at": "2027-01-01"}, id="after the as-of"),
        pytest.param({"value_kind": "absent", "value_text": "unknown"}, id="no answer"),
    ],
)
def test_what_states_no_code_status_is_not_read_as_one(
    store: SmallStore, columns: dict[str, object]
) -> None:
    observe(store, "Full code", **columns)
    assert state(store) == ("not recorded", None)


def test_a_coded_answer_is_read_by_its_code_whatever_it_is_called(store: SmallStore) -> None:
    store.add_resource({
        "resourceType": "Observation", "id": "2026-11-01",
        "valueCodeableConcept": {"text": "Nicht reanimieren", "coding": [
            {"system": "urn:own", "code": "1"}, {"system": SNOMED, "code": "304253006"}]},
    })  # fmt: skip
    observe(store, "Nicht reanimieren", value_kind="codeable", path="valueCodeableConcept.text")
    assert state(store) == ("recorded", "DNR")


def test_a_newer_observation_replaces_an_older_one(store: SmallStore) -> None:
    observe(store, "Full code", "2026-11-01")
    observe(store, "DNR", "2026-11-05")
    found = code_status.code_status(store.chart())
    assert (found.state, found.label) == ("recorded", "DNR")
    assert [one.fact.resource for one in found.earlier] == ["Observation/2026-11-01"]
    assert state(store, as_of="2026-11-03") == ("recorded", "Full code")


def test_sources_that_contradict_each_other_are_a_conflict_and_none_is_chosen(
    store: SmallStore,
) -> None:
    observe(store, "Full code", "2026-11-01")
    flag(store)
    found = code_status.code_status(store.chart())
    assert (found.state, found.label) == ("conflict", None)
    assert [(one.source, one.state) for one in found.current] == [
        ("flag", "DNR"), ("observation", "full code"),
    ]  # fmt: skip


def test_limits_that_fit_together_are_no_conflict(store: SmallStore) -> None:
    observe(store, "DNI", "2026-11-01")
    flag(store)
    assert state(store) == ("recorded", "DNR; DNI")


def test_two_answers_of_one_moment_that_differ_are_a_conflict(store: SmallStore) -> None:
    observe(store, "Full code")
    observe(store, "DNR", resource="Observation/2")
    assert state(store)[0] == "conflict"


def test_an_answer_in_own_words_beside_a_known_one_is_a_conflict(store: SmallStore) -> None:
    observe(store, "see note")
    flag(store)
    assert state(store)[0] == "conflict"


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        pytest.param({}, ("recorded", "DNR"), id="active"),
        pytest.param({"status": "inactive"}, ("no longer in force", None), id="inactive"),
        pytest.param({"end_at": "2026-11-20"}, ("no longer in force", None), id="ended"),
        pytest.param({"end_at": "2027-11-20"}, ("recorded", "DNR"), id="ends later"),
        pytest.param({"code_key": "x|1", "display": "DNACPR"}, ("recorded", "DNR"), id="by name"),
        pytest.param({"code_key": f"{SNOMED}|450476008"}, ("recorded", "DNR"), id="not for CPR"),
        pytest.param({"code_key": "x|1", "display": "Fall risk"}, ("not recorded", None),
                     id="another flag"),
    ],
)  # fmt: skip
def test_a_flag_counts_while_it_is_up(
    store: SmallStore, columns: dict[str, object], wanted: tuple[str, str | None]
) -> None:
    flag(store, **columns)
    assert state(store) == wanted


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        pytest.param({}, ("recorded", "DNR"), id="active order"),
        pytest.param({"status": "revoked"}, ("no longer in force", None), id="revoked"),
        pytest.param({"intent": "proposal"}, ("no longer in force", None), id="proposal"),
        pytest.param({"code_key": CPR, "is_do_not_perform": True}, ("recorded", "DNR"),
                     id="do not perform CPR"),
        pytest.param({"code_key": CPR}, ("not recorded", None), id="CPR ordered"),
        pytest.param({"code_key": FOR, "is_do_not_perform": True},
                     ("recorded", "Do not perform: An order"), id="do not: for resuscitation"),
        pytest.param({"code_key": FOR}, ("recorded", "Attempt CPR"), id="for resuscitation"),
    ],
)  # fmt: skip
def test_an_order_counts_while_it_is_one(
    store: SmallStore, columns: dict[str, object], wanted: tuple[str, str | None]
) -> None:
    order(store, **columns)
    assert state(store) == wanted


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        pytest.param({}, ("recorded", "DNR"), id="by category"),
        pytest.param({"provision_keys": [FOR]}, ("recorded", "Attempt CPR"), id="by provision"),
        pytest.param({"provision_keys": [CPR], "provision_type": "deny"}, ("recorded", "DNR"),
                     id="CPR denied"),
        pytest.param({"provision_keys": [CPR], "provision_type": "permit"},
                     ("recorded", "Attempt CPR"), id="CPR permitted"),
        pytest.param({"status": "rejected"}, ("no longer in force", None), id="rejected"),
        pytest.param({"start_at": "2027-01-01"}, ("no longer in force", None), id="from later on"),
        pytest.param({"category_keys": [f"{CATEGORY}|acd"]}, ("not recorded", None),
                     id="a directive that says nothing here"),
    ],
)  # fmt: skip
def test_a_consent_says_what_its_provision_says_else_its_category(
    store: SmallStore, columns: dict[str, object], wanted: tuple[str, str | None]
) -> None:
    consent(store, **columns)
    assert state(store) == wanted


def test_a_diagnosis_coded_for_a_stay_does_not_hold_for_the_next(store: SmallStore) -> None:
    row = {"resource": "Condition/1", "patient": "p1", "display": "Do not resuscitate",
           "code_key": "http://hl7.org/fhir/sid/icd-10-cm|Z66", "recorded_at": "2026-11-01",
           "path": "code.text", "quote": "Do not resuscitate"}  # fmt: skip
    store.add("condition", **row)
    assert state(store) == ("no longer in force", None)
    store.add("condition", **(row | {"resource": "Condition/2", "clinical_status": "active"}))
    assert state(store) == ("recorded", "DNR")


def test_advance_directives_are_told_apart_from_what_they_say(store: SmallStore) -> None:
    consent(store, category_keys=[f"{CATEGORY}|acd"])
    consent(store, resource="Consent/2", category_keys=["x|research"])
    found = consents.advance_directives(store.chart())
    assert [one.fact.resource for one in found] == ["Consent/1"]


def test_every_state_that_codes_and_words_name_is_one_we_can_compare() -> None:
    rules = consents.rules()
    named = {*rules["codes"].values(), *rules["words"].values(),
             *rules["consent_categories"].values()}  # fmt: skip
    named |= {said for one in rules["questions"].values() for said in one.values()}
    assert named <= rules["states"].keys()
    assert all(len(one) > 1 for one in rules["states"].values())
    assert [word for word in rules["words"] if word != word.lower()] == []
