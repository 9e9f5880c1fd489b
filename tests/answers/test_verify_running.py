"""The judge one sentence at a time, and where a sentence ends."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.answers.verify.reading import sentences
from pipelines.answers.verify.running import Judge
from pipelines.answers.verify.verify import verify
from pipelines.records.answers import Draft, DraftSentence
from tests.answers.hand_made import (
    EARLIER_POTASSIUM,
    METFORMIN,
    POTASSIUM,
    drafted,
    evidence,
    note,
)

CHART = evidence(POTASSIUM, EARLIER_POTASSIUM, METFORMIN, note("Denies pain. Eats well."))
TEXTS = (
    "Potassium was 5.9 mmol/L.",
    "Potassium was 5.9 mmol/L. The patient has kidney failure.",
    "Metformin 500 mg is active.",
    "Eats well.",
    "Denies pain. Eats well.",
    "The first potassium was 4.4 mmol/L.",
    "",
)
SENTENCES = st.builds(
    DraftSentence, st.sampled_from(TEXTS), st.lists(st.integers(0, 5), max_size=3).map(tuple)
)


@settings(max_examples=80, deadline=None)
@given(st.lists(SENTENCES, max_size=6))
def test_one_by_one_gives_what_the_whole_gives(drafts: list[DraftSentence]) -> None:
    judge = Judge(CHART)
    singly = tuple(made for drafted in drafts for made in judge.statement(drafted))
    assert singly == verify(Draft(True, tuple(drafts)), CHART)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Potassium was 5.9 mmol/L. The patient is well.", 2),
        ("Sodium was 139 mEq/L. Potassium was 5.9 mmol/L. Glucose was 182 mg/dL.", 3),
        ("Oxygen at 2 L. Sodium was 139.", 2),
        ("Cells per L. Rash seen.", 2),
        ("Given vitamin K. The patient is well.", 2),
        ("The answer is no. The patient is well.", 2),
        ("Seen by J. Smith today. No falls.", 2),
        ("Seen by Dr. Lee and Mary J. Smith.", 1),
        ("Moved to room No. 5 today.", 1),
    ],
)
def test_a_full_stop_after_a_unit_ends_a_sentence_and_an_initial_does_not(
    text: str, count: int
) -> None:
    assert len(sentences(text)) == count


def test_false_sentence_does_not_hide_behind_a_unit() -> None:
    first, second = verify(drafted("Potassium was 5.9 mmol/L. The patient is well.", 1), CHART)
    assert (first.support, second.support) == ("supported", "unverified")
