"""The scorer itself: tolerances of the contract, words, evidence, and quotes that are not there."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from pipelines.records.answers import Answer, Cell, Citation, Statement
from tests.answers.raw_charts import citation_faults
from tests.answers.scoring import faults

NOTE = base64.b64encode("Grüße. Cough since May.".encode()).decode()
FILES: dict[str, dict[str, Any]] = {
    "Observation/k": {"id": "k", "valueQuantity": {"value": "5.90", "unit": "mmol/L"}},
    "DocumentReference/d": {"content": [{"attachment": {"data": NOTE}}]},
}
CITED = Citation(1, "Observation/k", "valueQuantity", "5.90 mmol/L", None, None, None, "Potassium")
LIFTED = Citation(
    1, "DocumentReference/d", "content[0].attachment.data", "Cough", 7, 12, None, "Note"
)


def answer(rows: tuple[tuple[Cell, ...], ...], status: str = "answered", text: str = "") -> Answer:
    """An answer that cites one potassium."""
    statements = (Statement(text, "supported", "", (CITED,)),) if status == "answered" else ()
    return Answer(
        answer_id="a",
        patient="p",
        question="?",
        status=status,  # type: ignore[arg-type]
        answer=text,
        values=rows,
        statements=statements,
        searched=("Observation",),
        notice=None,
        engine="embedded",
        model=None,
        model_digest=None,
        prompt_version=None,
        as_of="",
        log_id="",
        seconds=0.0,
    )


def key(rows: list[list[Cell]] | None, **more: object) -> dict[str, Any]:
    """A line of a key."""
    return {"id": "q", "question": "?", "kind": "k", "answer": rows, "evidence": [], **more}


@pytest.mark.parametrize(
    ("wanted", "given", "right"),
    [
        pytest.param(120, 120.5, True, id="within a half from 100 on"),
        pytest.param(120, 120.6, False, id="more than a half off"),
        pytest.param(5.9, 5.949, True, id="within 0.051 from 1 on"),
        pytest.param(5.9, 5.96, False, id="more than 0.051 off"),
        pytest.param(0.9, 0.9055, True, id="within 0.006 below 1"),
        pytest.param(0.9, 0.91, False, id="more than 0.006 off"),
        pytest.param("2026-11-22 05:30:00", "2026-11-22 05:30:59", True, id="same minute"),
        pytest.param("2026-11-22 05:30:00", "2026-11-22 05:31:00", False, id="another minute"),
        pytest.param("2026-11-22", "2026-11-22 05:30:00", True, id="a key of a day has no time"),
        pytest.param("2026-11-22", "2026-11-23 05:30:00", False, id="another day"),
        pytest.param("2026-11-22 05:30:00", "2026-11-22", False, id="the day is not the time"),
        pytest.param("Positive", "positive", True, id="case aside"),
        pytest.param("<0.5", "0.5", False, id="a comparator is part of the text"),
    ],
)
def test_a_cell_is_right_within_the_tolerance_of_the_contract(
    wanted: Cell, given: Cell, right: bool
) -> None:
    assert (faults(key([[wanted]]), answer(((given,),))) == []) is right


@pytest.mark.parametrize(
    ("item", "given", "fault"),
    [
        pytest.param(key([[1], [2]]), answer(((1,),)), "rows", id="a row is missing"),
        pytest.param(key([[1]]), answer(((1,), (2,))), "rows", id="a row too many"),
        pytest.param(key([[1]]), answer((), "abstained"), "status", id="declined"),
        pytest.param(key(None), answer(((1,),)), "status", id="answered what must be declined"),
        pytest.param(
            key([[1]], evidence=["Observation/x"]), answer(((1,),)), "cite", id="not cited"
        ),
        pytest.param(
            key([], contains=[["ATN", "tubular"]]), answer((), text="None"), "say", id="word absent"
        ),
        pytest.param(
            key([], contains=["rash"], lacks=["no known"]),
            answer((), text="Rash, no known cause"),
            "says",
            id="a word that must not be there",
        ),
    ],
)
def test_what_is_wrong_with_an_answer_is_named(
    item: dict[str, Any], given: Answer, fault: str
) -> None:
    found = faults(item, given)
    assert len(found) == 1
    assert fault in found[0]


@pytest.mark.parametrize(
    ("citation", "right"),
    [
        pytest.param(CITED, True, id="both leaves, as written"),
        pytest.param(replace(CITED, quote="5.90"), True, id="one leaf"),
        pytest.param(replace(CITED, quote="5.9"), False, id="a rounded leaf"),
        pytest.param(replace(CITED, resource="Observation/x"), False, id="no such resource"),
        pytest.param(replace(CITED, path="valueString"), False, id="nothing at that path"),
        pytest.param(replace(CITED, quote=""), False, id="an empty quote"),
        pytest.param(LIFTED, True, id="the words of a note"),
        pytest.param(replace(LIFTED, start=9, end=14), False, id="bytes counted, not characters"),
    ],
)
def test_a_citation_is_held_against_the_file(citation: Citation, right: bool) -> None:
    assert (citation_faults(citation, FILES) == []) is right
