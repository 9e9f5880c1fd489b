"""What components write on the page: four allergy states, signs with colours, nothing rendered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components import (
    answer_view,
    flags,
    prose,
    redaction_review,
    safe_text,
    source_view,
    times,
    verdict,
)
from components.banner import allergy_bar, identity, incomplete, merged
from components.opened import Opened
from components.ward_cells import abnormal
from components.worklist_table import matching
from pipelines.records.exports import Span
from pipelines.records.facts import AllergyList, Fact
from pipelines.records.patients import PatientLink, WorklistRow
from pipelines.records.results import EarlierResult
from pipelines.records.views import SourceField, SourceView
from tests.pages.made import (
    allergy,
    answer,
    banner,
    citation,
    moment,
    result,
    statement,
    ward_row,
)

NASTY = "<img src=x onerror=alert(1)> [a](http://evil.example) ![b](http://evil.example/x.png)"
NONE = AllergyList("not recorded", ())


@pytest.mark.parametrize(
    ("state", "listed", "sign", "word"),
    [
        pytest.param("known", (allergy("Latex"),), "⚠", "ALLERGIES (1): Latex", id="known"),
        pytest.param("none known", (allergy("No known allergy", is_no_known=True),), "✓",
                     "NO KNOWN ALLERGIES", id="none known"),
        pytest.param("not recorded", (), "?", "ALLERGIES NOT RECORDED", id="not recorded"),
        pytest.param("unavailable", (allergy("Latex"),), "✕", "ALLERGIES UNAVAILABLE",
                     id="unavailable"),
        pytest.param("", (), "✕", "ALLERGIES UNAVAILABLE", id="anything else"),
    ],
)  # fmt: skip
def test_each_allergy_state_has_its_own_word_and_sign(
    state: str, listed: tuple, sign: str, word: str
) -> None:
    drawn = allergy_bar(AllergyList(state, listed))
    assert f"{sign} {word}" in drawn


def test_an_unavailable_list_still_names_what_is_recorded() -> None:
    assert "Recorded: Latex" in allergy_bar(AllergyList("unavailable", (allergy("Latex"),)))


def test_a_refuted_allergy_is_not_counted_and_says_that_it_is_none() -> None:
    past = allergy("Penicillin", verification_status="refuted", clinical_status="inactive",
                   reactions=("Rash",), is_past=True)  # fmt: skip
    gone = allergy("Dust", clinical_status="resolved", is_past=True)
    drawn = allergy_bar(AllergyList("known", (past, allergy("Shellfish"), gone)))
    assert "ALLERGIES (1): Shellfish" in drawn
    assert "no longer: Penicillin (refuted); Dust (resolved)" in drawn


def test_reactions_severity_and_criticality_stand_with_the_allergy() -> None:
    item = allergy("Penicillin G", reactions=("Anaphylaxis",), severity="severe",
                   criticality="high")  # fmt: skip
    drawn = allergy_bar(AllergyList("known", (item,)))
    assert "(Anaphylaxis, severe, high criticality)" in drawn


def test_the_banner_names_who_how_old_and_as_of_when() -> None:
    drawn = identity(banner(NONE))
    for words in ("ROSSI, Maria T.", "68 y · F", "DOB 14-Mar-1958", "MRN 00482913",
                  "Data as of 2026-11-22 06:00"):  # fmt: skip
        assert words in drawn


def test_a_chart_with_refused_entries_says_how_many() -> None:
    assert "3 entries were refused" in incomplete(banner(NONE, refused=3))
    assert incomplete(banner(NONE)) == ""


def test_a_patient_with_another_record_is_said_to_have_one() -> None:
    linked = replace(banner(NONE), links=(PatientLink(1, "replaced-by", "Patient/<b>9", None),))
    assert "it was merged into Patient/&lt;b&gt;9." in merged(linked)
    assert merged(banner(NONE)) == ""


def test_markup_in_names_stays_letters() -> None:
    drawn = identity(banner(NONE, family=NASTY)) + allergy_bar(
        AllergyList("known", (allergy(NASTY),))
    )
    assert "<img" not in drawn.lower()


def test_a_label_escapes_what_markdown_would_read() -> None:
    made = safe_text.label(NASTY + " :red[x] $y$ www.evil.example")
    assert "![" not in made
    assert "](" not in made.replace("\\]\\(", "")
    assert ":red" not in made.replace("\\:red", "")
    assert "www." not in made.replace("w\u2060ww", "").replace("\\.", ".")


@pytest.mark.parametrize(
    "unseen", ["\u202e", "\u2066", "\u200b", "\u200f", "\ufeff", "\x1b", "\x00"]
)
def test_what_cannot_be_seen_cannot_turn_or_hide_what_can(unseen: str) -> None:
    text = f"Potassium {unseen}5.9"
    view = SourceView("DocumentReference/1", "DocumentReference", "Note", None, None, text, 10, 14,
                      (), "{}", "", 1, True)  # fmt: skip
    drawn = [
        safe_text.escape(text),
        safe_text.label(text).replace("\\", ""),
        prose.lines([statement(text)], None)[0]["text"],
        "".join(part["text"] for part in source_view.parts(view)),
    ]
    assert drawn == ["Potassium 5.9"] * 4


def test_line_ends_tabs_and_the_joiners_of_other_scripts_stay() -> None:
    text = "a\n\tb\r\n \u0645\u06cc\u200c\u062e"
    assert safe_text.visible(text) == text


def test_markup_in_a_statement_travels_as_data_not_as_html() -> None:
    (line,) = prose.lines([statement(NASTY)], None)
    assert line["text"] == NASTY
    assert "innerHTML" not in prose.JS + source_view.JS


def test_arithmetic_shows_the_deciding_record_and_how_many_more() -> None:
    told = [
        statement("Mean was 4.2", "computed", tuple(range(1, 19))),
        statement("Next", cites=(19,)),
    ]
    first, second = prose.lines(told, is_open=18)
    assert [chip["label"] for chip in first["chips"]] == ["[1]", "+17 more"]
    assert [(chip["index"], chip["open"]) for chip in second["chips"]] == [(18, True)]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        pytest.param("Potassium 5.9 mmol/L (high)", "▲ H", id="high"),
        pytest.param("Digoxin 2.2 ng/mL (critical high, range 0.5)", "▲▲ HH", id="critical"),
        pytest.param("Hemoglobin 6.1 g/dL (critical low)", "▼▼ LL", id="critical low"),
        pytest.param("Sodium 136 mmol/L (in range)", "·", id="in range"),
        pytest.param("Highest creatinine was 1.1", "·", id="a word that is no flag"),
    ],
)
def test_a_flag_said_in_words_is_also_a_sign(text: str, mark: str) -> None:
    assert prose.lines([statement(text)], None)[0]["mark"] == mark


def test_the_verdict_line_counts_names_and_dates() -> None:
    given = answer(statement("a"), statement("b", "computed"), statement("c", "unverified"))
    drawn = verdict.badge(given)
    for words in ("✓ 2 of 3 statements verified, 1 by arithmetic", "? 1 not verified",
                  "as of 2026-11-22 06:25", "embedded engine", "log 01234567"):  # fmt: skip
        assert words in drawn


def test_an_abstention_says_so_and_what_was_searched() -> None:
    given = answer(status="abstained", searched=("notes: 'falls'", "<b>x</b>"))
    assert "NOT ANSWERED" in verdict.badge(given)
    drawn = answer_view.searched(given)
    assert "notes: &#x27;falls&#x27;" in drawn
    assert "<b>" not in drawn


def test_a_source_says_whether_its_quote_was_found_and_marks_it() -> None:
    fields = (SourceField("valueQuantity.value", "5.9", True), SourceField("id", NASTY, False))
    view = SourceView("Observation/1", "Observation", "Potassium", None, None, None, None, None,
                      fields, "{}", "sha256:" + "a" * 64, 2, False)  # fmt: skip
    current = Opened("s", (citation(1),))
    assert "quote NOT found" in source_view.proof(view, current)
    drawn = source_view.fields(view, current)
    assert '<tr class="cr-marked"><td class="p">valueQuantity.value</td><td>5.9</td></tr>' in drawn
    assert "<img" not in drawn


def test_a_source_tells_what_each_version_before_it_said() -> None:
    before = EarlierResult(1, 0, "Potassium", "preliminary", 4.5, "4.5", "<", NASTY, moment(1),
                           None, moment(2), "valueQuantity", "4.5")  # fmt: skip
    part = replace(before, part=2, version=2, comparator=None, unit=None, updated=None)
    view = SourceView("Observation/1", "Observation", "Potassium", None, None, None, None, None,
                      (), "{}", "sha256:" + "a" * 64, 3, True, (part, before))  # fmt: skip
    drawn = source_view.fields(view, Opened("s", (citation(1),)))
    assert "Version 1 said: <b>&lt;4.5 &lt;img" in drawn
    assert "(preliminary), taken 2026-11-20 07:00, written 2026-11-20 08:00</div>" in drawn
    assert "Version 2 said: <b>Potassium 4.5</b> (preliminary), taken 2026-11-20 07:00<" in drawn
    assert "<img" not in drawn


def test_the_cited_slice_of_a_note_is_cut_by_characters() -> None:
    view = SourceView("DocumentReference/1", "DocumentReference", "Note", None, None,
                      "Käse: creatinine rose.", 6, 21, (), "{}", "", 1, True)  # fmt: skip
    cut = [(part["text"], part["cited"]) for part in source_view.parts(view)]
    assert cut == [("Käse: ", False), ("creatinine rose", True), (".", False)]


def test_each_redaction_is_marked_with_its_kind_and_nothing_is_rendered() -> None:
    text = "Seen by Ann <b>x</b>"
    span = Span(8, 11, "PERSON", "chart: Patient.name", 1.0, "[NAME]")
    before = redaction_review.marked_original(text, (span,))
    after = redaction_review.marked_redacted(text, (span,))
    assert "Ann<small>PERSON</small></mark>" in before
    assert "[NAME]</mark>" in after
    assert "Ann" not in after
    assert "<b>" not in before + after


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("1958-03-14", "14-Mar-1958", id="a day"),
        pytest.param("1958", "1958", id="a year alone"),
        pytest.param(None, "not recorded", id="nothing"),
    ],
)
def test_birth_dates_cannot_be_misread(written: str | None, shown: str) -> None:
    assert times.birth_date(written) == shown


def test_distance_is_counted_from_the_as_of() -> None:
    assert times.ago(moment(0), moment(6)) == "6 h before"
    assert times.ago(moment(0), moment(72)) == "3 d before"


def test_search_finds_by_words_of_name_number_and_birth_date() -> None:
    row = WorklistRow(banner(NONE).patient, 68, None, None, None, 0, (), 0)
    assert matching([row], "rossi 1958") == [row]
    assert matching([row], "14-Mar") == [row]
    assert matching([row], "0048") == [row]
    assert matching([row], "smith") == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        pytest.param((), "⚠ 2 refused · none flagged by record or site policy",
                     id="nothing flagged"),
        pytest.param((result(1, 6.4, flag="H"),), "⚠ 2 refused · ▲ H Potassium 6.4 mmol/L",
                     id="a flagged result"),
    ],
)  # fmt: skip
def test_the_worklist_says_that_a_chart_is_in_part_before_what_is_abnormal_in_it(
    found: tuple[Fact, ...], said: str
) -> None:
    row = WorklistRow(banner(NONE).patient, None, None, None, None, 0, found, 2)
    assert " · ".join(part["text"] for part in abnormal(ward_row(row))) == said


def test_the_worklist_says_which_abnormal_result_is_preliminary() -> None:
    found = (result(1, 6.4, flag="H", status_word="preliminary", is_final=False),
             result(2, 2.9, flag="L"))  # fmt: skip
    row = WorklistRow(banner(NONE).patient, None, None, None, None, 0, found, 0)
    assert [part["text"] for part in abnormal(ward_row(row))] == [
        "▲ H Potassium 6.4 mmol/L (preliminary)",
        "▼ L Potassium 2.9 mmol/L",
    ]


@pytest.mark.parametrize("flag", ["H", "L", "HH", "LL", "A", "AA"])
def test_every_flag_has_a_sign_a_letter_and_a_tone(flag: str) -> None:
    assert flags.sign(flag) != flag
    assert flags.sign(flag).endswith(f" {flag}")
    assert flags.tone(flag)
    assert (flags.severity(flag) == 0) is (len(flag) == 2)
