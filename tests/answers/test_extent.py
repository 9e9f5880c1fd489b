"""How much of a chart a set of evidence holds, and what the judge lets be said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.answers import question
from pipelines.answers.evidence.gather import gather
from pipelines.answers.verify.verify import verify
from pipelines.records.chart import Chart
from pipelines.records.evidence import EvidenceSet
from tests.answers.hand_made import drafted, only
from tests.answers.question_chart import observation
from tests.answers.record_chart import loaded

# Twenty days: 4.0 on the first, one more tenth each day, but for a low of 2.9 on the tenth.
VALUES = [4.0 + day / 10 for day in range(20)]
VALUES[9] = 2.9


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    folder: Path = tmp_path_factory.mktemp("extent")
    found = [
        observation(
            "2823-3", "Potassium", round(value, 1), "mmol/L", f"2026-11-{day:02d}T06:00:00Z"
        )
        for day, value in enumerate(VALUES, start=1)
    ]
    found.append(observation("2951-2", "Sodium", 139.0, "mmol/L", "2026-11-05T06:00:00Z"))
    return loaded(folder, found)


def found(chart: Chart, asked: str) -> EvidenceSet:
    return gather(chart, question.understand(asked, chart=chart))


@pytest.mark.parametrize(
    ("asked", "whole", "latest", "first"),
    [
        ("What is the latest potassium?", False, True, False),
        ("What was the first potassium?", False, False, True),
        ("What was the highest potassium?", True, True, True),
        ("What is the latest sodium?", True, True, True),
        ("What was the highest potassium on 2026-11-05?", False, False, False),
    ],
)
def test_a_set_says_which_end_of_the_results_it_holds(
    chart: Chart, asked: str, whole: bool, latest: bool, first: bool
) -> None:
    said = found(chart, asked)
    assert (said.is_whole, said.has_latest, said.has_first) == (whole, latest, first)


@pytest.mark.parametrize(
    ("asked", "claim", "verdict"),
    [
        ("What is the latest potassium?", "latest", "supported"),
        ("What is the latest potassium?", "highest", "unverified"),
        ("What was the highest potassium?", "highest", "supported"),
        ("What was the highest potassium on 2026-11-05?", "highest", "unverified"),
        ("What was the highest potassium on 2026-11-05?", "latest", "unverified"),
        ("What was the first potassium?", "only", "unverified"),
    ],
)
def test_superlative_of_a_cut_set_is_withheld(
    chart: Chart, asked: str, claim: str, verdict: str
) -> None:
    over = found(chart, asked)
    fact = over.items[0].fact
    assert fact is not None
    text = f"The {claim} potassium was {fact.value} mmol/L."
    statement = only(verify(drafted(text, 1), over))
    assert statement.support == verdict, statement.why
