"""Conversations whose last question means a whole one that is written beside it.

`tests/cases/follow_ups.jsonl` holds them: the chart, the turns, and `means`, the question that the
last turn stands for, or null where it must be declined. Both are answered and must say the same,
word for word. Each is read twice: going on from the sentence that the ledger keeps of the turn
before, and from the words of the turns alone, as entries of earlier versions have them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipelines.answers import question
from pipelines.answers.evidence import gather
from pipelines.answers.question.back import canonical
from pipelines.answers.question.same import asks_the_same
from pipelines.answers.question.understood import understood
from pipelines.answers.verify import verify
from pipelines.answers.write_embedded import write
from pipelines.charts.store import ChartStore
from pipelines.records.answers import Cell, Turn
from pipelines.records.chart import Chart
from tests.answers.question_chart import loaded
from tests.benchmarks.mimic_questions import open_for_test

CASES = Path(__file__).parents[1] / "cases" / "follow_ups.jsonl"
LINES: list[dict[str, Any]] = [json.loads(line) for line in CASES.read_text().splitlines()]
MADE = "made"
Told = tuple[bool, tuple[tuple[Cell, ...], ...], tuple[str, ...], str | None]
STANDING = (
    "What is the latest potassium?", "What was the highest heart rate?",
    "Is the patient on metoprolol?", "What allergies are there?", "How old is the patient?",
    "When was the patient discharged?", "What are the active problems?",
    "What was the average potassium in the last hospital stay?",
)  # fmt: skip


@pytest.fixture(scope="module")
def charts(
    sample_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Chart]]:
    """A chart by its name: the one that is made for questions, or a sample story."""
    store = ChartStore.open(sample_home / "chart.duckdb", read_only=True)
    made = loaded(tmp_path_factory.mktemp("follow_ups"))

    @cache
    def chart(name: str) -> Chart:
        return made if name == MADE else open_for_test(store, name)

    yield chart
    store.close()


def told(chart: Chart, *turns: str, kept: bool = False) -> Told:
    """Whether the last question is answered, its rows and sentences, or why it is not."""
    asked = question.understand(turns[-1], chart=chart, thread=thread(chart, turns[:-1], kept=kept))
    found = gather.gather(chart, asked)
    draft = write.write(asked, found)
    said = tuple(s.text for s in verify.verify(draft, found) if s.support != "unverified")
    return draft.answerable, draft.values, said, draft.abstention


def thread(chart: Chart, turns: tuple[str, ...], *, kept: bool) -> tuple[Turn, ...]:
    """The earlier turns as the desk hands them on; `kept` = with what the ledger keeps."""
    before: tuple[Turn, ...] = ()
    for words in turns:
        asked = question.understand(words, chart=chart, thread=before)
        before = (*before, Turn(words, "", canonical(asked, chart) if kept else None))
    return before


# Read from words alone is slower and seldom another reading: one of three, all in `make test-full`.
FROM_WORDS = LINES if os.environ.get("CHARTROOM_SWEEP") == "full" else LINES[::3]
READ = [(line, kept) for kept, lines in ((True, LINES), (False, FROM_WORDS)) for line in lines]
HOW = {True: "from-the-ledger", False: "from-words"}


@pytest.mark.parametrize(
    ("line", "kept"), READ, ids=[f"{line['id']}-{HOW[kept]}" for line, kept in READ]
)
def test_a_follow_up_is_answered_as_the_whole_question_it_means(
    charts: Callable[[str], Chart], line: dict[str, Any], kept: bool
) -> None:
    chart = charts(line["chart"])
    answered = told(chart, *line["turns"], kept=kept)
    if line["means"] is None:
        assert not answered[0], answered
        assert answered[3]
    else:
        assert answered == told(chart, line["means"])


def test_the_table_holds_long_conversations_and_ones_that_are_declined() -> None:
    assert len(LINES) >= 60
    assert sum(len(line["turns"]) >= 3 for line in LINES) >= 10
    assert sum(line["means"] is None for line in LINES) >= 15
    assert len({(line["chart"], *line["turns"]) for line in LINES}) == len(LINES)


@pytest.mark.parametrize("standing", STANDING)
@pytest.mark.parametrize("before", [*STANDING, "Should I give potassium?", "the one before?"])
def test_a_whole_question_takes_nothing_from_the_conversation(
    charts: Callable[[str], Chart], standing: str, before: str
) -> None:
    chart = charts(MADE)
    alone = question.understand(standing, chart=chart)
    later = question.understand(standing, chart=chart, thread=(Turn(before, ""),))
    assert asks_the_same(alone, later)


@pytest.mark.parametrize(
    ("turns", "offered"),
    [
        pytest.param(("What was the average potassium?", "is that normal?"),
                     "Is the latest Potassium normal?", id="which-result"),
        pytest.param(("Why was lisinopril held?", "and potassium?"),
                     "What is the potassium?", id="after-a-note"),
    ],
)  # fmt: skip
def test_what_is_not_clear_is_declined_with_what_it_could_mean(
    charts: Callable[[str], Chart], turns: tuple[str, ...], offered: str
) -> None:
    chart = charts(MADE)
    asked = question.understand(turns[-1], chart=chart, thread=thread(chart, turns[:-1], kept=True))
    shown = understood(asked, turns[-1], chart)
    assert asked.decline is not None
    assert shown is not None
    assert offered in [one.question for one in shown.nearest]
    for one in shown.nearest:
        assert told(chart, one.question)[0]
