"""A question said back asks the same, and every other reading asks what its label says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.answers.question import ChartQuestion, understand
from pipelines.answers.question.back import canonical
from pipelines.answers.question.follow import is_follow_up
from pipelines.answers.question.reading import read
from pipelines.answers.question.same import asks_the_same
from pipelines.answers.question.understood import understood
from pipelines.charts.store import ChartStore
from pipelines.records.answers import Turn
from pipelines.records.chart import Chart
from pipelines.records.understood import Understood
from tests.answers.question_chart import loaded
from tests.answers.scoring import conversations
from tests.answers.test_questions import WORDS
from tests.benchmarks.mimic_questions import open_for_test
from tests.conftest import SAMPLES

KEYS = sorted((Path(__file__).parents[1] / "cases" / "keys").glob("samples.jsonl"))
STORIES = sorted(SAMPLES.glob("*/questions.jsonl"))
FILES = [*KEYS, *STORIES]
LEAST_SAID = 0.9


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The small chart that is made for questions."""
    return loaded(tmp_path_factory.mktemp("said_back"))


@pytest.fixture(scope="module")
def charts(sample_home: Path) -> Iterator[Callable[[str], Chart]]:
    """A sample chart by its name."""
    store = ChartStore.open(sample_home / "chart.duckdb", read_only=True)

    @cache
    def chart(name: str) -> Chart:
        return open_for_test(store, name)

    yield chart
    store.close()


def asked_in(
    file: Path, charts: Callable[[str], Chart]
) -> Iterator[tuple[str, ChartQuestion, Chart]]:
    """Every question of a key as it is understood in its conversation."""
    for items in conversations(file):
        turns: tuple[Turn, ...] = ()
        for item in items:
            chart = charts(item["patient"])
            yield item["question"], understand(item["question"], chart=chart, thread=turns), chart
            turns = (*turns, Turn(item["question"], ""))


@pytest.mark.parametrize("file", FILES, ids=[f"{f.parent.name}/{f.name}" for f in FILES])
def test_a_keyed_question_said_back_asks_the_same(
    file: Path, charts: Callable[[str], Chart]
) -> None:
    said, silent = 0, []
    for words, asked, chart in asked_in(file, charts):
        if asked.decline is not None:
            continue
        sentence = canonical(asked, chart)
        if sentence is None:
            silent.append(words)
            continue
        said += 1
        assert asks_the_same(understand(sentence, chart=chart), asked), (words, sentence)
        assert not is_follow_up(sentence)
    assert said >= LEAST_SAID * (said + len(silent)), silent


@pytest.mark.parametrize("file", FILES, ids=[f"{f.parent.name}/{f.name}" for f in FILES])
def test_every_other_reading_is_understood_and_is_another_one(
    file: Path, charts: Callable[[str], Chart]
) -> None:
    for words, asked, chart in asked_in(file, charts):
        shown = understood(asked, words, chart)
        for part in shown.parts if shown is not None else ():
            assert len(part.alternatives) <= 4
            for other in part.alternatives:
                again = read(other.question, chart)
                assert again.decline is None, (words, other)
                assert not asks_the_same(again, asked), (words, other)
                same = asked.subject in (again.subject, again.relation)
                assert same or part.name == "where", (words, other)
                assert not is_follow_up(other.question), other


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.lists(WORDS, max_size=12).map(" ".join), st.text(max_size=60)))
def test_any_words_said_back_ask_the_same_or_nothing_is_said(made: Chart, words: str) -> None:
    asked = understand(words, chart=made)
    sentence = canonical(asked, made)
    if sentence is not None:
        assert asks_the_same(understand(sentence, chart=made), asked), sentence
        if asked.subject == "note":
            return  # the own words of a search may go on from an earlier turn; no press asks them
        before = (Turn("What was the highest heart rate in 2025?", ""),)
        assert asks_the_same(understand(sentence, chart=made, thread=before), asked), sentence


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("latest potasium", "What is the latest potassium?"),
        ("latest K", "What is the latest K?"),
        ("highest potassium this admission", "What was the highest potassium in the last stay?"),
        ("potassium on admission", "What is the potassium on admission?"),
        ("all potassium values over 5 mmol/l since 2026-11-20",
         "Show all potassium values above 5 mmol/l since 2026-11-20"),
        ("is she on metoprolol", "Is the patient on Metoprolol 25 mg tablet?"),
        ("date of birth?", "What is the date of birth?"),
        ("Should I give potassium?", None),
    ],
)  # fmt: skip
def test_a_question_is_said_back_plainly(made: Chart, words: str, sentence: str | None) -> None:
    assert canonical(understand(words, chart=made), made) == sentence


def parts(shown: Understood | None) -> dict[str, Any]:
    """What is said of each part, with the labels of its other readings."""
    assert shown is not None
    return {p.name: (p.said, [a.label for a in p.alternatives]) for p in shown.parts}


def test_the_defaults_that_nobody_typed_are_said_and_can_be_changed(made: Chart) -> None:
    shown = parts(understood(understand("potasium", chart=made), "potasium", made))
    assert shown["what"] == ("Potassium (typed “potasium”)", ["Potassium, Whole Blood"])
    assert shown["which"] == ("latest", ["highest", "lowest", "first", "all values"])
    others = ["last hospital stay", "last ICU stay", "last 24 hours"]
    assert shown["when"] == ("whole chart", others)
    assert shown["where"] == ("results", ["search the notes"])


@pytest.mark.parametrize(
    ("words", "reading", "subject"),
    [
        ("systolic blood pressure", "Non Invasive Blood Pressure systolic", "result"),
        ("Is she on metoprolol?", "when ordered", "medication"),
        ("Does she have hypertension?", "since when", "problem"),
        ("potassium in 2025", "whole chart", "result"),
    ],
)
def test_a_reading_of_each_kind_is_offered(
    made: Chart, words: str, reading: str, subject: str
) -> None:
    shown = understood(understand(words, chart=made), words, made)
    assert shown is not None
    offered = {one.label: one.question for one in shown.alternatives}
    assert read(offered[reading], made).subject == subject


def test_words_that_were_not_understood_are_met_with_names_of_this_chart(made: Chart) -> None:
    words = "How fast did the metoprollol drip upside down?"
    shown = understood(understand(words, chart=made), words, made)
    assert shown is None or all("etoprolol" in one.question for one in shown.nearest)


def test_another_person_is_never_met_with_this_charts_names(made: Chart) -> None:
    words = "What was the strange potassium of Henrietta Copperwick?"
    shown = understood(understand(words, chart=made), words, made)
    assert shown is None or (not shown.nearest and shown.parts)


def test_json_of_what_was_understood_is_read_back(made: Chart) -> None:
    from pipelines.desk.contract import understood_from, understood_json

    shown = understood(understand("latest potassium", chart=made), "latest potassium", made)
    assert shown is not None
    again = json.loads(json.dumps(understood_json(shown)))
    assert understood_from(again) == shown
    assert again["line"] == "Potassium · latest · whole chart"
