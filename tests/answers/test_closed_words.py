"""Questions about stays, the person, doses and diagnoses, whose every word is a known one.

The book (`tests/cases/keys/wordings_stays.toml`) is asked of the raw ICU bundles; the tables ask
one small chart of ours what must be read in any order, and what must not be read at all.
"""

from __future__ import annotations

import pytest

from pipelines.answers import question
from pipelines.records.chart import Chart
from tests.answers.question_chart import loaded
from tests.answers.test_questions import answered


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The chart of `question_chart`, in a store of its own."""
    return loaded(tmp_path_factory.mktemp("closed"))


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        pytest.param("When did the last ICU stay come to an end?", None, id="icu-end"),
        pytest.param("m or f?", (("f",),), id="sex"),
        pytest.param("How many separate hospitalizations are on file?", ((2,),), id="count"),
        pytest.param("start of the first hospital stay", None, id="start"),
    ],
)
def test_words_are_read_in_any_order(
    chart: Chart, words: str, rows: tuple[tuple[object, ...], ...] | None
) -> None:
    draft, statements, _ = answered(chart, words)
    assert draft.answerable, draft.abstention
    assert all(s.support != "unverified" for s in statements)
    assert rows is None or draft.values == rows
    assert draft.values


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("How many readmissions were there?", id="readmissions-are-fewer"),
        pytest.param("Was she readmitted to the ICU?", id="readmitted"),
        pytest.param("When will she leave the hospital?", id="future"),
        pytest.param("How many days in total has she spent in hospital?", id="sum-of-stays"),
        pytest.param("How many days since the last discharge?", id="since"),
        pytest.param("How many elective hospital stays were there?", id="narrowed"),
        pytest.param("Did she die during the last hospital stay?", id="died-there"),
        pytest.param("Has the patient coded?", id="coded"),
        pytest.param("first and last admission dates", id="two-at-once"),
        pytest.param("Who transferred her to the ICU?", id="who"),
        pytest.param("How old was her husband at admission?", id="somebody-else"),
    ],
)
def test_a_word_that_narrows_is_never_passed_over(chart: Chart, words: str) -> None:
    asked = question.understand(words, chart=chart)
    draft, _, _ = answered(chart, words)
    assert not draft.answerable or asked.note is not None, draft.sentences
    assert not draft.values


def test_whether_a_stay_still_runs_is_no_yes(chart: Chart) -> None:
    draft, _, _ = answered(chart, "Is she still in the ICU?")
    assert draft.values != ((1,),)
    assert "to 20" in draft.sentences[0].text
