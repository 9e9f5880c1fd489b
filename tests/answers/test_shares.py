"""Shares of readings, time in range and slopes: read, worked out, and done again by the judge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.answers import pipeline, question
from pipelines.answers.evidence import gather
from pipelines.answers.verify import verify
from pipelines.answers.write_embedded import write
from pipelines.records.answers import Cell, Computation, Threshold
from pipelines.records.chart import Chart
from pipelines.settings import Settings
from tests.answers import hand_made
from tests.answers.question_chart import loaded

DAYS = [f"2026-11-{day:02d}T06:00:00+00:00" for day in (18, 19, 20, 21)]
INR = hand_made.evidence(
    *[hand_made.lab("INR", v, None, d) for v, d in zip((1.5, 2.5, 3.5, 2.5), DAYS, strict=True)]
)
ALL = (1, 2, 3, 4)
WITHIN = Threshold("between", 2, None, 3)


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The chart of `question_chart`: potassium 4.0, and in the stay 5.9, 5.0, 4.4."""
    folder: Path = tmp_path_factory.mktemp("shares")
    return loaded(folder)


@pytest.mark.parametrize(
    ("words", "row"),
    [
        pytest.param("What fraction of potassium readings were above 4.8?", (50, 2, 4), id="above"),
        pytest.param("percentage of potassium results below 4.2", (25, 1, 4), id="below"),
        pytest.param("what percent of potassium values were 4.0 to 5.0", (75, 3, 4), id="between"),
        pytest.param(
            "share of heart rates over 90 in the last ICU stay", (100, 2, 2), id="in-a-stay"
        ),
        pytest.param("proportion of potassium at least 5.9 mmol/L", (25, 1, 4), id="with-unit"),
        # 3 days 20 h from first to last of the stay; 5.9 → 5.0 in 20 h, 5.0 → 4.4 in 48 h.
        pytest.param("percent of time potassium was above 5 this admission", (29.412,), id="time"),
        pytest.param("potassium time in range 4.7-5.0 this stay", (35.294,), id="time-in-range"),
        pytest.param("how fast did the potassium fall?", (-0.487,), id="slope-of-the-last-course"),
        pytest.param("slope of heart rate", (-11.286,), id="slope"),
    ],
)
def test_a_share_or_slope_is_a_row_with_all_results_cited(
    chart: Chart, words: str, row: tuple[Cell, ...]
) -> None:
    asked = question.understand(words, chart=chart)
    found = gather.gather(chart, asked)
    draft = write.write(asked, found)
    (statement,) = verify.verify(draft, found)
    assert statement.support == "computed", statement.why
    assert draft.values == (pytest.approx(row, abs=0.001),)
    assert len(statement.citations) == len(found.items)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("what fraction of potassium readings", id="no-bound"),
        pytest.param("percent of time potassium was above 90 ng/L", id="a-unit-without-factor"),
        pytest.param("slope of troponin", id="one-result"),
        pytest.param("percent of troponin results above 0.005", id="may-lie-on-either-side"),
    ],
)
def test_what_cannot_be_worked_out_is_declined(chart: Chart, words: str) -> None:
    asked = question.understand(words, chart=chart)
    assert not write.write(asked, gather.gather(chart, asked)).answerable


@pytest.mark.parametrize(
    ("text", "computation", "support"),
    [
        pytest.param("2 of 4 INR results were 2 to 3 (50 %).",
                     Computation("share", 50, "%", WITHIN), "computed", id="share"),
        pytest.param("3 of 4 INR results were 2 to 3 (75 %).",
                     Computation("share", 75, "%", WITHIN), "unverified", id="wrong-share"),
        pytest.param("3 of 4 INR results were 2 to 3 (50 %).",
                     Computation("share", 50, "%", WITHIN), "unverified", id="wrong-count"),
        pytest.param("2 of 4 INR results were 2 to 4 (50 %).",
                     Computation("share", 50, "%", WITHIN), "unverified", id="wrong-bound"),
        pytest.param("INR was 2 to 3 for 50 % of the 3 days.",
                     Computation("time share", 50, "%", WITHIN), "computed", id="time"),
        pytest.param("INR was 2 to 3 for 60 % of the 3 days.",
                     Computation("time share", 60, "%", WITHIN), "unverified", id="wrong-time"),
        pytest.param("INR was 2 to 3 for 50 % of the 9 days.",
                     Computation("time share", 50, "%", WITHIN), "unverified", id="wrong-days"),
        pytest.param("INR rose by 0.4 a day.", Computation("slope", 0.4), "computed", id="slope"),
        pytest.param("INR rose by 0.5 a day.", Computation("slope", 0.5), "unverified",
                     id="wrong-slope"),
        pytest.param("INR changed by 50 %.", Computation("share", 50, "%"), "unverified",
                     id="no-bound"),
    ],
)  # fmt: skip
def test_the_judge_does_the_arithmetic_again(
    text: str, computation: Computation, support: str
) -> None:
    made = verify.verify(hand_made.drafted(text, *ALL, computation=computation), INR)
    assert hand_made.only(made).support == support


@pytest.mark.parametrize(
    ("bound", "answer"),
    [
        pytest.param("above 4.8", "2 potassium results are above 4.8 mmol/L.", id="above"),
        pytest.param("below 4.2", "1 potassium result is below 4.2 mmol/L.", id="below"),
        pytest.param("at least 5", "2 potassium results are 5 mmol/L or above.", id="at-least"),
        pytest.param("at most 4.4", "2 potassium results are 4.4 mmol/L or below.", id="at-most"),
        pytest.param("between 4 and 5", "3 potassium results are 4 to 5 mmol/L.", id="between"),
    ],
)
def test_a_count_says_its_bound_through_the_whole_pipeline(
    chart: Chart, bound: str, answer: str
) -> None:
    asked = f"How many potassium results were {bound}?"
    settings = replace(Settings(), ollama_url="http://127.0.0.1:9")
    given = pipeline.answer(chart, asked, thread=(), engine="embedded", settings=settings)
    assert given.statements[0].text == answer
    assert given.understood is not None


@pytest.mark.parametrize(
    ("bound", "support"),
    [
        pytest.param(Threshold("at_least", 2.5), "computed", id="holds"),
        pytest.param(Threshold("greater", 2.5), "unverified", id="one-cited-does-not-keep-to-it"),
    ],
)
def test_a_counted_result_must_keep_to_the_bound(bound: Threshold, support: str) -> None:
    counted = Computation("count", 3, None, bound)
    made = hand_made.drafted("3 INR results are 2.5 or above.", 2, 3, 4, computation=counted)
    assert hand_made.only(verify.verify(made, INR)).support == support


def test_a_result_that_is_left_out_is_noticed_by_the_share(chart: Chart) -> None:
    asked = question.understand("percentage of potassium results below 4.2", chart=chart)
    found = gather.gather(chart, asked)
    draft = write.write(asked, found)
    short = replace(draft.sentences[0], cites=draft.sentences[0].cites[:-1])
    (statement,) = verify.verify(replace(draft, sentences=(short,)), found)
    assert statement.support == "unverified"
