"""What the contract promises of `redact`: offsets, replacements, nothing else changed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.privacy import redactor
from pipelines.privacy.replacements import placeholder
from pipelines.privacy.rescan import rescan
from pipelines.records.exports import ChartIdentifier, ChartIdentifiers, Redaction

KNOWN = ChartIdentifiers(
    (
        ChartIdentifier("NAME", "Mr. Bob965 J. Keeling57", "Patient.name"),
        ChartIdentifier("DATE", "1931-07-08", "Patient.birthDate"),
        ChartIdentifier("ID", "999-12-9623", "Patient.identifier[2].value"),
        ChartIdentifier("PHONE", "555-814-8772", "Patient.telecom[0].value"),
        ChartIdentifier("CITY", "Chelsea", "Patient.address.city"),
        ChartIdentifier("ORGANIZATION", "Hallmark Health System", "Organization.name"),
    ),
    frozenset({"potassium", "warfarin"}),
)
FRAGMENTS = [
    "Keeling",
    "Mr. Keelng",
    "Bob",
    "B.K.",
    "Dr. Maria Lopez",
    "Lopez",
    "7/8/1931",
    "July 8",
    "2026-11-22T05:30:00Z",
    "March 5th, 2021",
    "since November",
    "MRN: 998877",
    "SK-9988776",
    "999129623",
    "555.814.8772",
    "Chelsea",
    "Springfield, IL 62704",
    "jane@mail.example",
    "https://x.example/1",
    "Observation/abc-1",
    "92-year-old",
    "born in 1931",
    "[NAME]",
    "[DATE 2026]",
    "[DATE]",
    "Potassium 5.9 mmol/L",
    "(3.5-5.1)",
    "120/80",
    "2/6 systolic murmur",
    "Parkinson's disease",
    "08:30",
    "SpO2 98%",
    "LOINC 2823-3",
    "\u200b",
    "**",
    "\n",
    "\n\n- ",
    ", ",
    " ",
    " on ",
    " at ",
    "'s",
    "é",
    "e\u0301",
    "\ue000",
    "😀",
    "&nbsp;",
    "<b>",
    "\\_",
    "|",
    "seen by ",
    "[",
    "]",
    "sha256:" + "a1" * 32,
    "from Boston",
    "St. Mary's Hospital",
    "123 Maple Street",
    "10.20.30.40",
    "12345678",
    "x" * 30,
]
TEXTS = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=6)), max_size=14).map(
    "".join
)


def put_together(text: str, redaction: Redaction) -> str:
    """The input with each span replaced, by the spans alone."""
    parts, position = [], 0
    for span in redaction.spans:
        assert span.start >= position, "spans overlap or are out of order"
        assert span.end > span.start
        parts += [text[position : span.start], span.replacement]
        position = span.end
    return "".join([*parts, text[position:]])


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, known=st.sampled_from([None, KNOWN]))
def test_the_text_is_the_input_with_each_span_replaced_and_nothing_else(
    text: str, known: ChartIdentifiers | None
) -> None:
    redaction = redactor.redact(text, known)
    assert put_together(text, redaction) == redaction.text


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, known=st.sampled_from([None, KNOWN]))
def test_redacting_twice_changes_nothing(text: str, known: ChartIdentifiers | None) -> None:
    once = redactor.redact(text, known).text
    again = redactor.redact(once, known)
    assert again.text == once
    assert again.spans == ()


@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_what_was_redacted_is_never_refused_by_the_rescan(text: str) -> None:
    assert rescan(redactor.redact(text, KNOWN).text, KNOWN) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Seen 4/12/2023.", "Seen [DATE 2023].", id="the year stays in the replacement"
        ),
        pytest.param("on March 5th, 2021", "on [DATE 2021]", id="the span covers the year"),
        pytest.param("on 2026-11-22T05:30:00+00:00", "on [DATE 2026]", id="an instant goes whole"),
        pytest.param(
            "at 08:30 on 2026-11-22 05:30",
            "at 08:30 on [DATE 2026] 05:30",
            id="a time of day stays",
        ),
        pytest.param("in 2021 and 5 years", "in 2021 and 5 years", id="a year alone stays"),
        pytest.param("DOB: 04/05/1931", "DOB: [DATE]", id="a birth year over 89 goes"),
        pytest.param("DOB: 04/05/1985", "DOB: [DATE 1985]", id="a birth year under 89 stays"),
        pytest.param("DOB 4/5/31", "DOB [DATE]", id="a short birth year is not guessed"),
        pytest.param("a 92-year-old man", "a [AGE 90+]-year-old man", id="an age over 89"),
        pytest.param("an 89-year-old man", "an 89-year-old man", id="an age of 89 stays"),
        pytest.param("ZIP: 02139", "ZIP: [ZIP]", id="a zip goes whole"),
        pytest.param("lives in Texas", "lives in Texas", id="a state stays"),
        pytest.param("see Observation/abc-1", "see [ID]", id="a FHIR reference"),
        pytest.param("", "", id="nothing"),
        pytest.param(" \n", " \n", id="blanks"),
    ],
)
def test_safe_harbor_keeps_what_may_stay_and_no_more(text: str, expected: str) -> None:
    assert redactor.redact_checked(text, None).text == expected


def test_a_birth_year_of_a_chart_with_shifted_dates_is_judged_by_that_charts_years() -> None:
    text = "DOB 3/2/2045, seen 3/2/2140"
    assert redactor.redact_checked(text, None).text == "DOB [DATE], seen [DATE 2140]"


def test_offsets_count_code_points_of_the_input() -> None:
    text = "😀 e\u0301 Dr. Zoe\u0308 Thistlewood 😀"
    (span,) = redactor.redact(text, None).spans
    assert text[span.start : span.end] == "Dr. Zoe\u0308 Thistlewood"


def test_partly_overlapping_hits_become_one_span_of_the_surest_kind() -> None:
    text = "Dr. Maria Keeling called"
    (span,) = redactor.redact(text, KNOWN).spans
    assert (text[span.start : span.end], span.reason) == (
        "Dr. Maria Keeling",
        "chart: Patient.name",
    )


def test_layers_say_what_is_live() -> None:
    live = {"patterns": True, "rules": True, "names": False, "ner": False}
    assert redactor.live_layers(None) == {**live, "chart": False}
    assert redactor.live_layers(KNOWN) == {**live, "chart": True}


def test_every_replacement_is_known_again_as_redacted() -> None:
    text = " ".join(FRAGMENTS)
    for span in redactor.redact(text, KNOWN).spans:
        assert placeholder().fullmatch(span.replacement)


def test_the_ledgers_head_stays_in_an_export() -> None:
    text = "Ledger head: sha256:" + "0123456789abcdef" * 4 + "\n"
    assert redactor.redact_checked(text, KNOWN).text == text


@pytest.mark.parametrize(
    "known", [pytest.param(None, id="no chart"), pytest.param(KNOWN, id="chart")]
)
def test_a_long_text_takes_time_in_proportion(known: ChartIdentifiers | None) -> None:
    text = "Mr. Keeling was seen on 4/12/2023 with potassium 5.9 mmol/L.\n\n" * 400
    redaction = redactor.redact(text, known)
    assert "Keeling" not in redaction.text
    assert redaction.text.count("[DATE 2023]") == 400
