"""Which sentences of notes are lifted, and which never: the copied, the contradicted, the bare."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.briefing.brief import brief
from pipelines.briefing.sentences import PLAN, sentences
from pipelines.charts import notes as chart_notes
from pipelines.charts import passages
from pipelines.records.facts import Fact, Note, Passage
from tests.briefing.conftest import (
    DAY_BEFORE,
    LAST_WEEK,
    MORNING,
    NIGHT,
    NOTES,
    MakeChart,
    heart_rate,
    lines,
    note,
    observation,
    section,
)
from tests.briefing.made import code_status, device_use, report

OPEN_ITEMS = "Open items"
SAFE = "Plan: stop heparin tonight.\n"


def lifted(chart_of: MakeChart, *made: dict[str, object]) -> str:
    return " ".join(lines(chart_of(*made, heart_rate(MORNING, 80)), NOTES))


def test_recommendations_stand_on_one_line_and_are_exactly_the_notes_text(
    chart_of: MakeChart,
) -> None:
    text = "Reason: oliguria.\n\nRecommend:\n1. Stop vancomycin.\n2. No NSAIDs, no contrast.\n"
    (line,) = section(brief(chart_of(note("Nephrology consult", NIGHT, text)), 24), NOTES).lines
    (citation,) = line.citations
    assert text[citation.start : citation.end] == citation.quote
    assert citation.quote == "Stop vancomycin.\n2. No NSAIDs, no contrast."


def test_a_plan_written_as_a_problem_list_is_not_lost(chart_of: MakeChart) -> None:
    text = "Subjective: Slept well.\n\nAssessment/Plan:\n# AKI: past its peak, hold lisinopril.\n"
    assert "AKI: past its peak, hold lisinopril." in lifted(
        chart_of, note("Progress note", NIGHT, text)
    )


def test_what_an_earlier_note_already_said_gives_way_to_what_is_new(chart_of: MakeChart) -> None:
    copied = "Plan: continue ceftriaxone for 7 days.\n"
    chart = [
        note("Progress note", DAY_BEFORE, copied),
        note("Progress note", NIGHT, copied + "Start amlodipine 5 mg for blood pressure.\n"),
    ]
    made = brief(chart_of(*chart, heart_rate(MORNING, 80)), 12)
    (line,) = section(made, NOTES).lines
    assert "Start amlodipine" in line.text
    assert "ceftriaxone" not in line.text


@pytest.mark.parametrize(
    ("record", "sentence", "told"),
    [
        pytest.param(code_status("Do not resuscitate", DAY_BEFORE), "Dispo: full code.",
                     "Code status differs", id="code status"),
        pytest.param(device_use("Indwelling urinary catheter", LAST_WEEK, DAY_BEFORE),
                     "Foley in place, plan to watch output.",
                     "Note and record differ on a device", id="a catheter that is out"),
        pytest.param(observation("3151-8", "Oxygen flow", "2026-11-22T00:00:00+00:00", 0, "L/min",
                                 category="vital-signs"),
                     "Plan: continue 4 L NC today.",
                     "Note and record differ on oxygen", id="oxygen on room air"),
        pytest.param(observation("6301-6", "INR", "2026-11-22T00:00:00+00:00", 7.8),
                     "Assessment: coagulopathy, INR 4.7 today.",
                     "Note and record differ on a result", id="a number no result has"),
    ],
)  # fmt: skip
def test_what_the_record_contradicts_is_set_beside_it_and_never_lifted(
    chart_of: MakeChart, record: dict[str, object], sentence: str, told: str
) -> None:
    chart = chart_of(record, note("Progress note", NIGHT, f"{SAFE}\n{sentence}\n"))
    assert sentence not in " ".join(lines(chart, NOTES))
    found = [line for line in section(brief(chart, 24), OPEN_ITEMS).lines if told in line.text]
    assert len(found) == 1
    assert sentence in found[0].text
    assert len({one.resource for one in found[0].citations}) == 2


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        pytest.param(device_use("Indwelling urinary catheter", LAST_WEEK),
                     "Plan: Foley in place, strict output.", id="the catheter is in"),
        pytest.param(observation("6301-6", "INR", "2026-11-22T00:00:00+00:00", 4.74),
                     "Assessment: coagulopathy, INR 4.7 today.", id="rounded as written"),
        pytest.param(observation("6301-6", "INR", LAST_WEEK, 7.8),
                     "Assessment: coagulopathy, INR 4.7 today.", id="no result near the note"),
        pytest.param(observation("6301-6", "INR", "2026-11-22T00:00:00+00:00", 7.8),
                     "Plan: keep INR 2 until the scope.", id="a goal is no value"),
        pytest.param(code_status("Do not resuscitate", DAY_BEFORE),
                     "Plan: code status changed to full code for surgery, discuss again.",
                     id="a change is told"),
    ],
)  # fmt: skip
def test_what_agrees_or_cannot_be_compared_is_lifted(
    chart_of: MakeChart, record: dict[str, object], sentence: str
) -> None:
    assert sentence in lifted(chart_of, record, note("Progress note", NIGHT, f"{sentence}\n"))


def test_a_denied_medicine_that_another_note_reports_is_asked_for(chart_of: MakeChart) -> None:
    chart = chart_of(
        note("History and physical", DAY_BEFORE, f"Denies OTC medications or NSAIDs.\n{SAFE}"),
        note("Nursing note", NIGHT, "Daughter says she took ibuprofen for the knees all week.\n"),
    )
    assert "Denies" not in " ".join(lines(chart, NOTES, 72))
    (line,) = [one for one in lines(chart, OPEN_ITEMS) if one.startswith("Notes differ on NSAIDs")]
    assert "ibuprofen for the knees" in line


def test_a_wish_against_resuscitation_stands_beside_the_full_code_order(
    chart_of: MakeChart,
) -> None:
    chart = chart_of(
        code_status("Full code", DAY_BEFORE),
        note("Nursing note", NIGHT, "Pt asked me not to shock, she said I do not want CPR.\n"),
    )
    (line,) = [one for one in lines(chart, OPEN_ITEMS) if "ask" in one]
    assert "the record says Full code since 2026-11-21 05:00" in line


def test_a_note_saying_no_allergies_does_not_fill_an_empty_allergy_list(
    chart_of: MakeChart,
) -> None:
    chart = chart_of(note("History and physical", NIGHT, f"Allergies: NKDA.\n\n{SAFE}"))
    assert "NKDA" not in " ".join(lines(chart, NOTES))
    assert any("Allergy list and note differ" in one for one in lines(chart, OPEN_ITEMS))


def test_a_report_is_told_by_its_conclusion_and_not_again_as_a_note(chart_of: MakeChart) -> None:
    text = "CT\n\nIMPRESSION:\nPneumonia is likely, follow-up advised.\n"
    assert lifted(chart_of, report("CT", NIGHT, text)) == ""


def test_a_heading_alone_is_no_sentence(chart_of: MakeChart) -> None:
    text = "Chief Complaint\nNo complaints.\n\nAssessment and Plan\nStart iron 325 mg daily.\n"
    said = lifted(chart_of, note("History and physical note", NIGHT, text))
    assert "Start iron 325 mg daily." in said
    assert "Chief Complaint" not in said


def test_a_note_has_few_lines_however_long_it_is(chart_of: MakeChart) -> None:
    plan = "".join(f"Stop drug number {n} today.\n\nSeen by team {n}.\n\n" for n in range(30))
    assert len(lines(chart_of(note("Progress note", NIGHT, f"Plan:\n{plan}")), NOTES)) <= 4


def test_sentences_of_a_stored_note_are_slices_of_its_text(chart_of: MakeChart) -> None:
    text = "S: ok.\n\nA/P:\n# AKI: Cr 2.0. Hold ACE.\n- Stop heparin.\n"
    chart = chart_of(note("Progress note", NIGHT, text))
    (one,) = chart_notes.notes(chart)
    found = sentences(one, passages.passages(chart))
    assert all(text[s.passage.start : s.passage.end] == s.passage.text for s in found)
    assert {"AKI: Cr 2.0.", "Hold ACE."} <= {s.passage.text for s in found if s.part == PLAN}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(
    ["# AKI: better. Hold ACE.", "Plan:", "- Stop heparin.", "", "# ", "1. No contrast."]
), max_size=12))  # fmt: skip
def test_every_sentence_is_a_slice_of_the_note_and_none_overlaps(parts: list[str]) -> None:
    text = "Seen today.\n" + "\n".join(parts)
    fact = Fact(resource="DocumentReference/d", kind="document", display="N", path="id", quote="d")
    made = Note(fact, "N", None, None, None, text, "x")
    first = Passage("d#0", "DocumentReference/d", None, "N", None, None, 0, 11, text[:11], "x", "p")
    found = sorted((one.passage for one in sentences(made, [first])), key=lambda p: p.start)
    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("sentence", "is_lifted"),
    [
        ("Stop vancomycin.", True),
        ("DKA, resolving.", False),
        ("Critical magnesium 0.8 called, dilution error by the laboratory.", False),
    ],
)
def test_a_short_state_and_a_retracted_result_are_not_lifted(
    chart_of: MakeChart, sentence: str, is_lifted: bool
) -> None:
    said = lifted(chart_of, note("Progress note", NIGHT, f"{SAFE}\n\nA/P:\n{sentence}\n"))
    assert (sentence in said) is is_lifted
