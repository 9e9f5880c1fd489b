"""Where a model's shown sentences and the embedded reader's give one thing different values."""

from __future__ import annotations

import pytest

from pipelines.answers.verify.differences import differences
from pipelines.answers.verify.verify import verify
from pipelines.records.answers import Computation, Draft, DraftSentence, Statement
from tests.answers.hand_made import (
    EARLIER_POTASSIUM,
    METFORMIN,
    POTASSIUM,
    SODIUM,
    evidence,
    fact,
    lab,
    note,
)

METFORMIN_AT_HOME = fact(
    "medication", "Metformin 1000 mg tablet",
    "Metformin 1000 mg tablet, active, since 2024-03-01", "2024-03-01", status="active",
)  # fmt: skip
CHART = evidence(
    POTASSIUM,
    EARLIER_POTASSIUM,
    SODIUM,
    note("Potassium was 6.4 on 2026-11-22."),
    METFORMIN,
    lab("Glucose", 180.0, "mg/dL", "2026-11-21T06:00:00+00:00"),
    lab("Glucose", 10.0, "mmol/L", "2026-11-21T06:00:00+00:00"),
    METFORMIN_AT_HOME,
)
MEAN = Computation("mean", 5.15, "mmol/L")
LATEST = ("The latest potassium was 5.9 mmol/L on 2026-11-22.", (1,), None)


def judged(*sentences: tuple[str, tuple[int, ...], Computation | None]) -> tuple[Statement, ...]:
    return verify(Draft(True, tuple(DraftSentence(*s) for s in sentences)), CHART)


@pytest.mark.parametrize(
    ("model", "embedded"),
    [
        pytest.param(("Potassium was 6.4 on 2026-11-22.", (4,), None), LATEST, id="note-same-day"),
        pytest.param(("Potassium was 4.4 mmol/L on 2026-11-20.", (2,), None), LATEST,
                     id="another-result-as-the-answer"),
        pytest.param(("Metformin 1000 mg since 2024-03-01.", (8,), None),
                     ("Metformin 500 mg since 2024-03-01.", (5,), None), id="another-dose"),
    ],
)  # fmt: skip
def test_other_value_of_the_same_thing_is_a_difference(
    model: tuple[str, tuple[int, ...], None], embedded: tuple[str, tuple[int, ...], None]
) -> None:
    (found,) = differences(judged(model), judged(embedded), CHART)
    assert (found.model, found.chart) == (model[0], embedded[0])
    assert found.citations == judged(embedded)[0].citations
    assert found.citations


@pytest.mark.parametrize(
    ("model", "embedded"),
    [
        pytest.param(LATEST, LATEST, id="the-same"),
        pytest.param(("Potassium 5.9 mmol/L.", (1,), None), LATEST, id="the-same-otherwise-said"),
        pytest.param(("Sodium was 139 mmol/L.", (3,), None), LATEST, id="another-thing"),
        pytest.param(("Potassium was 6.6 on 2026-11-22.", (4,), None), LATEST, id="unverified"),
        pytest.param(("Glucose was 10 mmol/L.", (7,), None), ("Glucose was 180 mg/dL.", (6,), None),
                     id="another-unit"),
        pytest.param(LATEST, ("The mean potassium was 5.15 mmol/L.", (1, 2), MEAN),
                     id="a-value-and-a-mean"),
        pytest.param(("Metformin 500 mg tablet is active.", (5,), None), LATEST, id="no-result"),
    ],
)  # fmt: skip
def test_what_does_not_contradict_is_no_difference(
    model: tuple[str, tuple[int, ...], Computation | None],
    embedded: tuple[str, tuple[int, ...], Computation | None],
) -> None:
    assert differences(judged(model), judged(embedded), CHART) == ()


def test_an_earlier_result_beside_the_same_answer_is_no_difference() -> None:
    earlier = ("Potassium was 4.4 mmol/L on 2026-11-20.", (2,), None)
    assert differences(judged(LATEST, earlier), judged(LATEST), CHART) == ()


def test_a_pair_of_sentences_is_told_once_and_nothing_is_told_against_no_answer() -> None:
    note_said = ("Potassium was 6.4 on 2026-11-22.", (4,), None)
    told = differences(judged(note_said, note_said), judged(LATEST, LATEST), CHART)
    assert len(told) == 1
    assert differences(judged(note_said), (), CHART) == ()
    assert differences((), judged(LATEST), CHART) == ()
