"""A line of a briefing that is made false in one place is refused by what its records say.

The kinds of falsehood and the whole count are `tests/benchmarks/briefing_mutations.py`; here it
runs over one story, so that a line that proves itself word for word is noticed at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from pipelines.briefing.brief import Made
from pipelines.briefing.records_said.drugs import Beside, drug
from pipelines.briefing.window import window_of
from pipelines.charts import medications
from pipelines.charts.load import load_paths
from pipelines.charts.store import ChartStore
from tests.benchmarks.briefing_mutations import is_let_through, mutations
from tests.benchmarks.completeness import LIMITS, briefings
from tests.briefing.conftest import MORNING, NIGHT, MakeChart, heart_rate, order
from tests.sample_data.sample_bundles import SAMPLES

STORY, PATIENT = "dka", "fennimoor"
LEAST_REFUSED = 0.99


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Made]]:
    """The briefings of one story's rounds."""
    store = ChartStore.open(tmp_path_factory.mktemp("one") / "chart.duckdb", read_only=False)
    load_paths(store, [SAMPLES / "bundles"], LIMITS)
    yield [made for _at, made in briefings(store, STORY)]
    store.close()


def test_every_line_that_is_shown_is_borne_out_by_its_own_records(rounds: list[Made]) -> None:
    assert rounds
    for made in rounds:
        for line, _said in made.lines:
            assert is_let_through(made, line), line.text


def test_a_line_with_a_wrong_number_day_name_or_state_is_refused(rounds: list[Made]) -> None:
    tried, passed = Counter[str](), []
    for kind, line, false in mutations(rounds[-1]):
        tried[kind] += 1
        if is_let_through(rounds[-1], false):
            passed.append((kind, line.text, false.text))
    assert {"number", "day", "time", "name", "state"} <= set(tried)
    assert len(passed) <= (1 - LEAST_REFUSED) * sum(tried.values()), passed


@pytest.mark.parametrize(
    ("status", "bears_out", "not_borne_out"),
    [("on-hold", "on hold", "started"), ("draft", "not signed", "started"),
     ("active", "started", "on hold")],
)  # fmt: skip
def test_a_word_of_state_is_told_only_where_the_order_bears_it_out(
    chart_of: MakeChart, status: str, bears_out: str, not_borne_out: str
) -> None:
    chart = chart_of(order("Lisinopril", NIGHT, status), heart_rate(MORNING, 80))
    (one,) = [m for m in medications.medications(chart) if m.name == "Lisinopril"]
    beside = Beside(is_active=False, is_change=False, is_first=False, is_last=False, in_stay=False)
    told = drug(one, window_of(chart, 24), beside)
    assert bears_out in told
    assert not_borne_out not in told
