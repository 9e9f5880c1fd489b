"""Devices, appointments, open orders, bills, coverage, screenings: answered from their records."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.answers import question
from pipelines.answers.question.declines import topics
from pipelines.records.answers import Turn
from pipelines.records.chart import Chart
from tests.answers.record_chart import everything, loaded
from tests.answers.test_structured import told
from tests.charts.small_store import SmallStore, at


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The chart of `record_chart`."""
    return loaded(tmp_path_factory.mktemp("records"), everything())


@pytest.mark.parametrize(
    ("words", "cited"),
    [
        pytest.param(
            "When was the Foley catheter removed?",
            ["DeviceUseStatement/use-foley-1", "DeviceUseStatement/use-foley-2"],
            id="removed-and-placed-again",
        ),
        pytest.param(
            "When was the first Foley removed?", ["DeviceUseStatement/use-foley-1"], id="first"
        ),
        pytest.param(
            "When was the central line removed?", ["DeviceUseStatement/use-cvc"], id="own-line"
        ),
        pytest.param(
            "Which lines are in place?", ["DeviceUseStatement/use-piv-l"], id="lines-now"
        ),
        pytest.param(
            "Which appointments were missed?", ["Appointment/a1", "Appointment/a4"], id="missed"
        ),
        pytest.param("Which visits did she miss in 2026?", ["Appointment/a4"], id="missed-in-year"),
        pytest.param("Which appointments were cancelled?", ["Appointment/a2"], id="cancelled"),
        pytest.param("When is the next appointment?", ["Appointment/a5"], id="next"),
        pytest.param("When is the nephrology appointment?", ["Appointment/a6"], id="named"),
        pytest.param("When is the next nephrology visit?", ["Appointment/a6"], id="next-named"),
        pytest.param(
            "What is pending?", ["ServiceRequest/o1", "ServiceRequest/o4"], id="pending"
        ),
        pytest.param("Which tests are still open?", ["ServiceRequest/o1"], id="open-tests"),
        pytest.param("Is the digoxin level pending?", ["ServiceRequest/o1"], id="one-test"),
        pytest.param(
            "Does she have any implants?", ["DeviceUseStatement/use-icd"], id="implants-only"
        ),
        pytest.param("Which diagnosis was billed as principal?", ["Claim/c1"], id="principal"),
        pytest.param(
            "Which diagnoses were billed?", ["Claim/c1", "Claim/c1"], id="claim-and-benefit-once"
        ),
        pytest.param("Why was the claim denied?", ["ExplanationOfBenefit/b1"], id="denied"),
        pytest.param(
            "Which insurance does she have?", ["Coverage/new", "Coverage/old"], id="insurance"
        ),
        pytest.param(
            "Which insurance did she have in 2020?", ["Coverage/old"], id="insurance-then"
        ),
        pytest.param(
            "Is she at risk of food insecurity?", ["Observation/s2", "Observation/s1"],
            id="latest-screening-first",
        ),
        pytest.param(
            "Was she at risk of food insecurity in 2025?", ["Observation/s1"], id="screening-then"
        ),
        pytest.param("Who is on the care team?", ["CareTeam/t1"], id="team"),
        pytest.param("What are the goals?", ["Goal/g1"], id="goals"),
    ],
)  # fmt: skip
def test_a_record_answers_and_no_other(chart: Chart, words: str, cited: list[str]) -> None:
    assert told(chart, words)[2] == cited


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        pytest.param("Is the Foley still in?", ((1,),), id="in"),
        pytest.param("Is the central line still in place?", ((0,),), id="out"),
        pytest.param("Was a central line in place on 2026-11-16?", ((1,),), id="in-then"),
        pytest.param("Was a central line in place on 2026-11-19?", ((0,),), id="out-then"),
        pytest.param("Was the right forearm IV removed?", ((1,),), id="by-its-place"),
        pytest.param("Was the left forearm IV removed?", ((0,),), id="other-place"),
        pytest.param("When was the central line placed?", (("2026-11-15 10:00:00",),), id="placed"),
        pytest.param("Does she have an ICD?", ((1,),), id="icd"),
        pytest.param("Does she use a wheelchair?", (), id="no-time-of-use"),
        pytest.param("How many visits were missed?", ((2,),), id="count-missed"),
        pytest.param("Did she miss any appointments in 2020?", ((0,),), id="none-missed"),
        pytest.param("Is she insured?", ((1,),), id="insured"),
        pytest.param("Was the claim paid?", (), id="a-decision-is-told-not-judged"),
    ],
)
def test_a_yes_a_no_or_a_time_rests_on_the_period(
    chart: Chart, words: str, rows: tuple[tuple[object, ...], ...]
) -> None:
    assert told(chart, words)[0] == rows


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Does she have a pacemaker?", id="another-device"),
        pytest.param("When was the chest tube removed?", id="no-such-device"),
        pytest.param("Which pacemaker devices does she have?", id="no-such-sort-of-devices"),
        pytest.param("Can the Foley be removed?", id="allowed"),
        pytest.param("Does she need a wheelchair?", id="needed"),
        pytest.param("Is the defibrillator on?", id="working"),
        pytest.param("Is the central line the source of the fever?", id="source"),
        pytest.param("Which appointments were not missed?", id="negated"),
        pytest.param("Which appointment was missed before the bleed?", id="unknown-scope"),
        pytest.param("Book an appointment with nephrology", id="task"),
        pytest.param("How much did the stay cost?", id="cost"),
        pytest.param("Are any blood cultures pending?", id="another-test"),
        pytest.param("What does the patient claim?", id="says"),
        pytest.param("Is she at risk of a stroke?", id="prediction"),
    ],
)
def test_what_no_record_answers_cites_none(chart: Chart, words: str) -> None:
    values, text, cited = told(chart, words)
    assert (values, cited) == ((), [])
    assert text


def test_an_end_after_the_as_of_is_not_known(chart: Chart) -> None:
    before = replace(chart, as_of=at("2026-11-16T12:00:00+00:00"))
    values, text, _ = told(before, "Is the central line still in?")
    assert values == ((1,),)
    assert "2026-11-17" not in text


def test_open_orders_are_not_told_of_an_earlier_moment(chart: Chart) -> None:
    before = replace(chart, as_of=at("2026-11-18T12:00:00+00:00"))
    assert told(before, "What is pending?")[1].endswith("latest status only.")


@pytest.mark.parametrize(
    "words",
    [
        "Which devices does she have?", "Which appointments were missed?", "What is pending?",
        "Which insurance does she have?", "What are the goals?", "Who is on the care team?",
        "Which claims were denied?", "Is she at risk of food insecurity?",
    ],
)  # fmt: skip
def test_a_chart_without_such_records_says_that_none_is_recorded(
    tmp_path: Path, words: str
) -> None:
    values, text, cited = told(loaded(tmp_path / "bare", []), words)
    assert (values, cited) == ((), [])
    assert text.startswith("No ")
    assert "recorded" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("Foley in. R IJ catheter removed 14:00.", None, id="another-line"),
        pytest.param(
            "R IJ CVC removed 14:00. Foley removed 14:30.",
            "Progress note 2026-11-22: Foley removed 14:30.",
            id="own",
        ),
    ],
)
def test_a_note_on_another_line_does_not_answer_for_the_foley(text: str, said: str | None) -> None:
    store = SmallStore()
    store.add_patient()
    store.add_note("n1", text)
    _, answer, cited = told(store.chart(), "When was the Foley catheter removed?")
    assert (answer if cited else None) == said


@pytest.mark.parametrize(
    ("first", "then", "names"),
    [
        pytest.param("Is the central line still in?", "When was it removed?", "central", id="it"),
        pytest.param("Is the Foley still in?", "And the central line?", "central", id="another"),
    ],
)
def test_a_follow_up_stays_with_the_device(chart: Chart, first: str, then: str, names: str) -> None:
    asked = question.understand(then, chart=chart, thread=(Turn(first, ""),))
    assert asked.subject == "device"
    assert [names in name.lower() for name in asked.names] == [True]


def test_no_declining_sentence_says_what_the_record_lacks() -> None:
    assert not [t.name for t in topics() if "not part of" in t.says or "record does not" in t.says]
