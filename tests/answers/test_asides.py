"""How long ago and the range: what a short answer adds, and that the judge counts it again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.answers.verify.verify import verify
from pipelines.answers.write_embedded.dates import ago, with_distances
from pipelines.records.answers import Computation, Draft, DraftSentence
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import ReferenceRange
from pipelines.terms.dates import moment
from tests.answers.hand_made import drafted, evidence, fact, lab, note, only

AS_OF = moment("2026-11-22T08:30:00-05:00")


def ranged(item: Evidence, low: float | None, high: float | None) -> Evidence:
    """The item with its result's own range."""
    assert item.fact is not None
    return replace(item, fact=replace(item.fact, reference_range=ReferenceRange(low, high)))


def at(item: Evidence, written: str) -> Evidence:
    """The item with a time that has a zone, its instant reckoned by it."""
    assert item.fact is not None
    return replace(item, fact=replace(item.fact, when=moment(written)))


POTASSIUM = at(
    ranged(lab("Potassium", 5.9, "mmol/L", "2026-11-22T05:30:00-05:00", "H"), 3.5, 5.1),
    "2026-11-22T05:30:00-05:00",
)
TROPONIN = ranged(lab("Troponin I", "<0.5", "ng/mL", "2026-11-20T06:00:00-05:00"), None, 0.5)
FALL = note("Fell 2 days ago at home.", when="2026-10-01T08:00:00+00:00")
METFORMIN = fact(
    "medication", "Metformin 500 mg tablet", "Metformin 500 mg tablet, started 2024-03-01.",
    "2024-03-01", status="active",
)  # fmt: skip
CHART = replace(evidence(POTASSIUM, TROPONIN, FALL, METFORMIN), as_of=AS_OF)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-11-22T08:30:00-05:00", None),
        ("2026-11-22T08:12:00-05:00", "18 min ago"),
        ("2026-11-22T05:30:00-05:00", "3 h ago"),
        ("2026-11-22T12:30:00+00:00", "1 h ago"),
        ("2026-11-21T05:30:00-05:00", "27 h ago"),
        ("2026-11-20T05:30:00-05:00", "2 days ago"),
        ("2026-11-22", "same day"),
        ("2026-11-21", "1 day ago"),
        ("2026-08-22", "3 months ago"),
        ("2024-03-01", "2 years ago"),
        ("2026-12-14T13:00:00-05:00", "in 22 days"),
        ("2026-11-23", "in 1 day"),
    ],
)
def test_a_date_is_told_from_the_end_of_the_chart(written: str, said: str | None) -> None:
    assert ago(moment(written), AS_OF) == said


@pytest.mark.parametrize(
    ("text", "cites"),
    [
        ("Potassium was 5.9 mmol/L (high) on 2026-11-22 05:30 (3 h ago).", 1),
        ("Potassium was 5.9 mmol/L on 2026-11-22 05:30, 3 hours ago.", 1),
        ("Potassium was 5.9 mmol/L on 2026-11-22 05:30 (180 min ago).", 1),
        ("Potassium was 5.9 mmol/L on 2026-11-22 (same day).", 1),
        ("Potassium was 5.9 mmol/L on 2026-11-22 05:30 (3 h ago); range 3.5 to 5.1.", 1),
        ("Troponin I was <0.5 ng/mL on 2026-11-20 (2 days ago); range up to 0.5.", 2),
        ("Fell 2 days ago at home.", 3),
        ("Metformin 500 mg tablet, started 2024-03-01 (2 years ago).", 4),
    ],
)
def test_an_aside_that_holds_leaves_the_sentence_as_it_is(text: str, cites: int) -> None:
    statement = only(verify(drafted(text, cites), CHART))
    assert (statement.support, statement.text) == ("supported", text), statement.why


@pytest.mark.parametrize(
    ("text", "cites", "why"),
    [
        ("Potassium was 5.9 mmol/L on 2026-11-22 05:30 (4 h ago).", 1, "4 h ago"),
        ("Potassium was 5.9 mmol/L on 2026-11-22 05:30 (3 days ago).", 1, "3 days ago"),
        ("Potassium was 5.9 mmol/L on 2026-11-22 05:30 (in 3 h).", 1, "in 3 h"),
        ("Potassium was 5.9 mmol/L on 2026-11-22 (yesterday).", 1, "yesterday"),
        ("Potassium was 5.9 mmol/L on 2026-11-21 05:30 (27 h ago).", 1, "2026-11-21"),
        ("Potassium was 5.9 mmol/L; range 3.5 to 5.5.", 1, "range"),
        ("Potassium was 5.9 mmol/L; range up to 5.1.", 1, "range"),
        ("Troponin I was <0.5 ng/mL; range 0.1 to 0.5.", 2, "range"),
        ("Potassium was 5.8 mmol/L on 2026-11-22 05:30 (3 h ago); range 3.5 to 5.1.", 1, "5.8"),
        ("Fell 2026-10-01 (2 days ago) at home.", 3, "2 days ago"),
        ("Metformin 500 mg tablet, started 2024-03-01 (2 months ago).", 4, "2 months ago"),
    ],
)
def test_an_aside_that_does_not_hold_refuses_the_sentence(text: str, cites: int, why: str) -> None:
    statement = only(verify(drafted(text, cites), CHART))
    assert statement.support == "unverified"
    assert why in statement.why


def test_arithmetic_beside_a_wrong_distance_is_refused_and_beside_a_right_one_computed() -> None:
    highest = Computation("maximum", 5.9, "mmol/L")
    text = "The highest potassium was 5.9 mmol/L on 2026-11-22 05:30 ({}); range 3.5 to 5.1."
    support = [
        only(verify(drafted(text.format(said), 1, computation=highest), CHART)).support
        for said in ("3 h ago", "5 h ago")
    ]
    assert support == ["computed", "unverified"]


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        pytest.param(
            ["Potassium was 5.9 mmol/L (high) on 2026-11-22 05:30."],
            "Potassium was 5.9 mmol/L (high) on 2026-11-22 05:30 (3 h ago); range 3.5 to 5.1.",
            id="a value",
        ),
        pytest.param(
            ["Potassium (high, seen 2026-11-22 05:30)."],
            "Potassium (high, seen 2026-11-22 05:30, 3 h ago).", id="inside brackets",
        ),
        pytest.param(
            ["Potassium from 2026-11-20 to 2026-11-22."],
            "Potassium from 2026-11-20 to 2026-11-22.",
            id="two dates",
        ),
        pytest.param(
            ["Potassium was 5.9 mmol/L on 2026-11-22 05:30."] * 4,
            "Potassium was 5.9 mmol/L on 2026-11-22 05:30.", id="a list",
        ),
    ],
)  # fmt: skip
def test_a_short_answer_says_how_long_ago_and_a_list_does_not(texts: list[str], told: str) -> None:
    draft = Draft(True, tuple(DraftSentence(text, (1,)) for text in texts), ((5.9,),))
    made = with_distances(draft, CHART)
    assert made.sentences[0].text == told
    assert made.values == draft.values


def test_without_the_end_of_the_chart_nothing_is_added() -> None:
    alone = EvidenceSet(CHART.items, CHART.searched)
    draft = drafted("Potassium was 5.9 mmol/L (high) on 2026-11-22 05:30.", 1)
    assert with_distances(draft, alone) == draft
