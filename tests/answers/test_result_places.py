"""Which results, by everyday words: from the end, between two ends, since arrival, of a day."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.answers import question
from pipelines.answers.evidence import gather
from pipelines.answers.verify import verify
from pipelines.answers.write_embedded import write
from pipelines.records.answers import Cell, Draft
from pipelines.records.chart import Chart
from tests.answers import question_chart
from tests.answers.question_chart import loaded, observation

GAD = "Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]"
HOURS = ("06", "08", "10", "12", "14", "16")
RATES = (14, 22, 17, 12, 18, 16)


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The chart of `question_chart` (potassium 4.0, then in the stay 5.9, 5.0, 4.4), and more."""
    day = "2026-11-22T{}:00:00-05:00"
    more = [
        *(observation("9279-1", "Respiratory Rate", v, "/min", day.format(h))
          for h, v in zip(HOURS, RATES, strict=True)),
        observation("70274-6", GAD, 6, "{score}", day.format("09")),
        observation("72172-0", "Montreal Cognitive Assessment (MoCA)", 21, "{score}",
                    day.format("09")),
        observation("1975-2", "Bilirubin, total", 1.3, "mg/dL", day.format("09")),
        observation("10535-3", "Digoxin level", 1.1, "ng/mL", day.format("09")),
        observation("4090-7", "Vancomycin level, random", 14.0, "ug/mL", day.format("05")),
        observation("4092-3", "Vancomycin level, trough", 19.0, "ug/mL", day.format("09")),
        observation("4092-3", "Vancomycin level, trough", 17.5, "ug/mL",
                    "2026-11-23T09:00:00-05:00"),
    ]  # fmt: skip
    own = question_chart.resources()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(question_chart, "resources", lambda: [*own, *more])
        folder: Path = tmp_path_factory.mktemp("places")
        return loaded(folder)


def _answer(words: str, chart: Chart) -> tuple[Draft, str]:
    asked = question.understand(words, chart=chart)
    found = gather.gather(chart, asked)
    draft = write.write(asked, found)
    shown = [s for s in verify.verify(draft, found) if s.support != "unverified"]
    assert shown, (words, asked.decline or draft.abstention)
    return draft, " ".join(s.text for s in shown)


@pytest.mark.parametrize(
    ("words", "row"),
    [
        ("next-to-last potassium", (5.0,)),
        ("the potassium just before the latest", (5.0,)),
        ("the potassium value prior to the most recent", (5.0,)),
        ("the last but one potassium", (5.0,)),
        ("potassium reading before last", (5.0,)),
        ("potassium two before the last", (5.9,)),
        ("third potassium from the end", (5.9,)),
        ("third from the end potassium", (5.9,)),
        ("fourth to last potassium", (4.0,)),
        ("last but two potassium", (5.9,)),
        ("range of potassium, lowest and highest", (4.0, 5.9)),
        ("range of potassium this stay (lowest, highest)", (4.4, 5.9)),
        ("between what values did potassium move this stay", (4.4, 5.9)),
        ("potassium ranged from what to what", (4.0, 5.9)),
        ("within what range did potassium vary", (4.0, 5.9)),
        ("peak and nadir of potassium", (5.9, 4.0)),
        ("lowest potassium since she came in", (4.4,)),
        ("lowest potassium since he was admitted on 11/20", (4.4,)),
        ("lowest potassium since she got here", (4.4,)),
        ("lowest potassium from when she arrived", (4.4,)),
        ("lowest potassium since she was admitted in November", (4.4,)),
        ("how many potassium results since coming in", (3,)),
        ("last total bili", (1.3,)),
        ("total bili this stay", (1.3,)),
        ("dig level", (1.1,)),
        ("lanoxin level", (1.1,)),
        ("highest vanc trough", (19.0,)),
        ("vanc trough", (17.5,)),
        ("highest gad-7", (6.0,)),
        ("MoCA score", (21.0,)),
        ("wats her lates potasium", (4.4,)),
        ("frist potasium", (4.0,)),
        ("how high was the respiratory rate on 2026-11-22", (22.0,)),
        ("how low was the respiratory rate on 2026-11-22", (12.0,)),
        ("how high was the last respiratory rate on 2026-11-22", (16.0,)),
    ],
)
def test_the_results_that_the_words_mean(chart: Chart, words: str, row: tuple[Cell, ...]) -> None:
    draft, text = _answer(words, chart)
    assert draft.values == (pytest.approx(row),), text


def test_the_last_of_a_day_with_many_is_never_told_as_if_it_were_the_only_one(chart: Chart) -> None:
    draft, text = _answer("what was the respiratory rate on 2026-11-22", chart)
    assert draft.values == ((16.0,),)
    assert "6 respiratory rate results are recorded in that time" in text
    assert "lowest respiratory rate was 12" in text
    assert "highest respiratory rate was 22" in text


def test_an_arrival_named_by_a_day_counts_from_that_stay(chart: Chart) -> None:
    draft, _ = _answer("how many potassium results since she was admitted on 2025-01-01", chart)
    assert draft.values == ((4,),)
