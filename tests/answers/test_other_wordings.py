"""Values, times, counts and comparisons in other wordings: an oracle's key, and made charts.

The oracle (`tests/benchmarks/other_wordings.py`) works from the raw bundles; here it asks a
reduced set of three charts. The tables ask one small chart of ours what is new in kind.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart
from tests.answers.question_chart import loaded
from tests.answers.test_questions import answered
from tests.benchmarks import icu_raw, other_wordings

# The book, the charts it is asked of, its seed and how many questions; the least share right.
BOOKS = [
    pytest.param("wordings.toml", ("10017492", "10018423", "10021312"), (20, 69), 0.95, id="all"),
    pytest.param("wordings_second.toml", ("10017492", "10018423"), (20, 60), 0.95, id="results"),
    pytest.param(
        "wordings_stays.toml", ("10005348", "10018423", "10021312"), (31, 80), 0.93, id="stays"
    ),
]
MOST_WRONG = 0.015


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The chart of `question_chart`, in a store of its own."""
    return loaded(tmp_path_factory.mktemp("wordings"))


@pytest.mark.skipif(not icu_raw.BUNDLES.is_dir(), reason="../shared/eval is not there")
@pytest.mark.parametrize(("book", "charts", "drawn", "least"), BOOKS)
def test_a_book_of_wordings_is_answered_rightly_and_hardly_ever_wrong(
    tmp_path: Path, book: str, charts: tuple[str, ...], drawn: tuple[int, int], least: float
) -> None:
    store = ChartStore.open(tmp_path / "chart.duckdb", read_only=False)
    paths = [icu_raw.BUNDLES / f"{number}.json.gz" for number in charts]
    load_paths(store, paths, LoadLimits("off", 64, 10_000))
    found: Counter[str] = Counter()
    faults = []
    for item in other_wordings.made(*drawn, list(charts), book):
        verdict, rows, _, why = other_wordings.asked_of(store, item)
        found[verdict] += 1
        if verdict != "right":
            faults.append((verdict, item["question"], item["answer"], rows, why))
    store.close()
    assert found.total() == drawn[1]
    assert found["right"] >= least * drawn[1], faults
    assert found["wrong"] <= MOST_WRONG * drawn[1], faults


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        pytest.param("On how many days was the potassium measured?", ((4,),), id="days"),
        pytest.param("How many days had a potassium above 5.5?", ((1,),), id="days-over"),
        pytest.param("How many days had a potassium above 9?", ((0,),), id="days-none-over"),
        pytest.param("How high did the potassium get?", ((5.9,),), id="how-high"),
        pytest.param("what was the last potassium above 4.5?", ((5.0,),), id="last-over"),
        pytest.param("Is the last potassium above 4.5?", ((0,),), id="is-the-last-over"),
        pytest.param("list the last 2 results of potassium", ((4.4,), (5.0,)), id="list-last-two"),
        pytest.param("2nd to last potassium", ((5.0,),), id="2nd-to-last"),
        pytest.param("potassium checked this admission?", ((1,),), id="short-yes-no"),
        pytest.param("admission potassium", ((5.9,),), id="admission-value"),
        pytest.param("K in 11/2026", ((4.4,),), id="month-with-slash"),
        pytest.param("potassium so far, highest", ((5.9,),), id="so-far"),
        pytest.param("last HR", ((82.0,),), id="hr-is-no-hour"),
        pytest.param("change in potassium first to last this admission", ((-1.5,),), id="sign"),
    ],
)
def test_results_are_told_in_other_wordings(
    chart: Chart, words: str, rows: tuple[tuple[object, ...], ...]
) -> None:
    draft, statements, _ = answered(chart, words)
    assert draft.values == rows, draft
    assert all(s.support != "unverified" for s in statements)


@pytest.mark.parametrize(
    "words",
    [
        "How many days between the first and the ninth admission?",
        "Which drugs were given this admission but not on the moon?",
        "What is the marital status?",
    ],
)
def test_what_the_chart_does_not_hold_is_declined(chart: Chart, words: str) -> None:
    draft, _, _ = answered(chart, words)
    assert not draft.answerable
    assert draft.abstention


def test_time_between_stays_is_told_in_the_unit_asked_for(chart: Chart) -> None:
    days, _, _ = answered(chart, "How many days from the first discharge to the second admission?")
    hours, said, _ = answered(
        chart, "How many hours from the first discharge to the second admission?"
    )
    (in_days,), (in_hours,) = days.values[0], hours.values[0]
    assert float(in_hours) == pytest.approx(24 * float(in_days), rel=1e-6)
    assert all(s.support == "computed" and len(s.citations) == 2 for s in said)
