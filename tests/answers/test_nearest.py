"""What a declined answer names as nearest: a thing and a day of this chart, never a value."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.answers import question
from pipelines.answers.evidence import gather
from pipelines.answers.verify import verify
from pipelines.answers.write_embedded import write
from pipelines.records.answers import Draft, Statement
from pipelines.records.chart import Chart
from tests.answers.question_chart import loaded


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The chart of `question_chart`, in a store of its own."""
    folder: Path = tmp_path_factory.mktemp("nearest")
    return loaded(folder)


def asked(chart: Chart, words: str) -> tuple[Draft, tuple[Statement, ...]]:
    """Draft and verdicts of one question."""
    understood = question.understand(words, chart=chart)
    found = gather.gather(chart, understood)
    draft = write.write(understood, found)
    return draft, verify.verify(draft, found)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(
            "What was the potassium on 2026-11-10?",
            "No potassium result is recorded on 2026-11-10; "
            "the last potassium is of 2026-11-23 05:00.",
            id="outside the window",
        ),
        pytest.param(
            "What was the troponin I?",
            "No troponin I result is in this chart, and no sentence of its notes answers that; "
            "nearest: troponin T, last 2026-11-20.",
            id="a neighbour was measured",
        ),
        pytest.param(
            "What was the glucose?",
            "No glucose result is in this chart, and no sentence of its notes answers that.",
            id="no neighbour was measured",
        ),
        pytest.param(
            "Is she on linezolid?",
            "No medication entry of this chart names linezolid, and no sentence of its notes "
            "answers that; nearest (antibiotic): Vancomycin, last entry 2026-11-20.",
            id="another drug of the class",
        ),
        pytest.param(
            "Is she on warfarin?",
            "No medication entry of this chart names warfarin, and no sentence of its notes "
            "answers that.",
            id="no drug of the class",
        ),
        pytest.param(
            "Show me the operative note",
            "No sentence of this chart's notes answers that; newest notes: Progress note, "
            "2026-11-21.",
            id="another note",
        ),
        pytest.param(
            "Should I give more potassium?",
            "Advice and treatment decisions are not answered here; only what the record says.",
            id="advice has nothing near it",
        ),
    ],
)
def test_a_declined_answer_names_what_lies_nearest(chart: Chart, words: str, said: str) -> None:
    draft, statements = asked(chart, words)
    assert (draft.answerable, statements) == (False, ())
    assert draft.abstention == said


def test_a_no_for_a_stretch_of_time_is_told_with_the_last_before_it(chart: Chart) -> None:
    draft, (none, last) = asked(chart, "Was the potassium measured on 2026-11-10?")
    assert draft.values == ((0,),)
    assert none.text == "No potassium result is recorded on 2026-11-10."
    assert [c.resource for c in none.citations] == ["Patient/p1"]
    assert last.text.startswith("Potassium was 4.4 mmol/L on 2026-11-23 05:00 (")


@pytest.mark.parametrize(
    ("words", "rows", "begins"),
    [
        ("Was the potassium ever high?", ((1,),), "Yes, 1 result: Potassium was 5.9 mmol/L (high)"),
        ("Was the potassium ever low?", ((0,),), "No: the lowest potassium was 4.0 mmol/L"),
        ("Is the potassium high?", ((0,),), "Potassium was 4.4 mmol/L on 2026-11-23"),
        ("What range was given with the last potassium?", ((3.5, 5.1),), "Potassium was 4.4"),
        (
            "What was the reference range of the first potassium?",
            ((3.5, 5.1),),
            "Potassium was 4.0",
        ),
    ],
)
def test_ever_looks_at_every_result_and_a_range_is_the_results_own(
    chart: Chart, words: str, rows: tuple[tuple[float, ...], ...], begins: str
) -> None:
    draft, statements = asked(chart, words)
    assert draft.values == rows
    assert statements[0].support != "unverified"
    assert statements[0].text.startswith(begins)


def test_the_potassium_range_alone_may_mean_two_things_and_is_declined(chart: Chart) -> None:
    assert not asked(chart, "What was the potassium range during the stay?")[0].answerable
