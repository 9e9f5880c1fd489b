"""Ten and more questions of different kinds a set, asked through the desk, are answered rightly.

The keys in `tests/cases/keys` were worked out from the raw JSON, not by the pipelines. Every
question goes the way of a reader: `desk.ask`, embedded engine, logged. Rows, evidence and status
follow the contract; every citation is looked up in the files as they lie on disk. The outside
sets skip where they are not on this machine; the samples always run. An item with `open` (its
reason) may be declined, never answered wrongly. Nothing here says how well the engine answers
questions outside these keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from pipelines.desk import load
from pipelines.desk.ask import AskRequest, ask, new_thread
from pipelines.desk.house import House, open_house
from pipelines.records.chart import Reader
from pipelines.settings import Settings
from tests.answers.raw_charts import Raw, citation_faults, read
from tests.answers.scoring import Item, conversations, faults
from tests.benchmarks.mimic_questions import answer, open_for_test
from tests.conftest import SAMPLES, SHARED

KEYS = Path(__file__).parents[1] / "cases" / "keys"
SETS = {
    "samples": SAMPLES,
    "synthea_bundles": SHARED / "charts" / "synthea_bundles",
    "synthea_notes": SHARED / "charts" / "synthea_notes",
    "synthea_bulk_ndjson": SHARED / "charts" / "synthea_bulk_ndjson",
    "mimic": SHARED / "eval" / "mimic_demo" / "bundles",
}
FOLDERS = {**SETS, "sample_synthea": SAMPLES.parent / "synthea"}
READER = Reader("resident")
CASES = [
    pytest.param(name, items, id=items[0]["id"])
    for name in SETS
    for items in conversations(KEYS / f"{name}.jsonl")
]


@dataclass(frozen=True, slots=True)
class LoadedSet:
    """A set in a home of its own, and the same files read again by other means."""

    house: House
    resources: dict[str, Raw]


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], LoadedSet]]:
    """Loads a set the first time it is asked for; skips where its files are not there."""
    houses: list[House] = []

    @cache
    def of(name: str) -> LoadedSet:
        home = tmp_path_factory.mktemp(name) / "home"
        settings = Settings.read(home, {"CHARTROOM_OLLAMA_URL": "http://127.0.0.1:9"})
        house = open_house(settings, writing=True)
        houses.append(house)
        report = load.load(house, READER, [FOLDERS[name]], validate="off")
        assert not report.refused
        return LoadedSet(house, read(FOLDERS[name]))

    def of_files_there(name: str) -> LoadedSet:
        if not FOLDERS[name].is_dir():
            pytest.skip(f"the set {name} is not on this machine")
        return of(name)

    yield of_files_there
    for house in houses:
        house.close()


def found_wrong(chart_set: LoadedSet, item: Item, thread: str | None) -> list[str]:
    """All that is wrong with the answer to one line of a key, its citations included."""
    request = AskRequest(item["patient"], item["question"], thread=thread, engine="embedded")
    answer = ask(chart_set.house, READER, request)
    shown = [s for s in answer.statements if s.support != "unverified"]
    cited = [citation for statement in shown for citation in statement.citations]
    # What is known to be open may be declined; it may never be answered wrongly.
    declined = item.get("open") is not None and answer.status == "abstained"
    wrong = [] if declined else faults(item, answer)
    wrong += [s.text for s in shown if not s.citations]
    for citation in cited:
        wrong += citation_faults(citation, chart_set.resources)
    return [f"{item['question']} -> {fault}" for fault in wrong]


@pytest.mark.parametrize(("name", "items"), CASES)
def test_a_question_is_answered_rightly_with_citations_that_exist(
    name: str, items: list[Item], loaded: Callable[[str], LoadedSet]
) -> None:
    chart_set = loaded(name)
    thread = new_thread() if len(items) > 1 else None
    assert [fault for item in items for fault in found_wrong(chart_set, item, thread)] == []


@pytest.mark.parametrize("name", SETS)
def test_a_key_asks_at_least_ten_questions_of_at_least_ten_kinds(name: str) -> None:
    items = [item for items in conversations(KEYS / f"{name}.jsonl") for item in items]
    assert len(items) >= 10
    assert len({item["kind"] for item in items}) >= 10
    assert len({item["id"] for item in items}) == len(items)


def test_each_sample_patient_has_the_offered_questions_and_more() -> None:
    asked: dict[str, int] = {}
    for items in conversations(KEYS / "samples.jsonl"):
        for item in items:
            asked[item["patient"]] = asked.get(item["patient"], 0) + 1
    assert len(asked) == 7
    assert min(asked.values()) >= 9


def answered(chart_set: LoadedSet, item: Item) -> bool:
    """Whether a question gets an answer, asked without the desk and its ledger."""
    store = chart_set.house.store
    assert store is not None
    chart = open_for_test(store, item["patient"])
    draft, statements, _ = answer(chart, item["question"])
    return draft.answerable and any(s.support != "unverified" for s in statements)


@pytest.mark.parametrize("name", ["samples", "sample_synthea", "mimic"])
@pytest.mark.parametrize(
    ("key", "wanted"), [("must_decline", False), ("must_answer", True)], ids=["declined", "twins"]
)
def test_what_no_chart_answers_is_declined_and_its_near_twin_is_not(
    key: str, wanted: bool, name: str, loaded: Callable[[str], LoadedSet]
) -> None:
    items = [i for line in conversations(KEYS / f"{key}.jsonl") for i in line if i["set"] == name]
    chart_set = loaded(name)
    otherwise = [i["question"] for i in items if answered(chart_set, i) is not wanted]
    known_open = {i["question"] for i in items if i.get("open")}
    assert items
    assert [q for q in otherwise if q not in known_open] == []


def test_the_keys_of_what_is_declined_are_of_many_kinds_and_patients() -> None:
    declined, twins = (
        [item for line in conversations(KEYS / f"{key}.jsonl") for item in line]
        for key in ("must_decline", "must_answer")
    )
    assert len(declined) >= 150
    assert len(twins) >= 60
    assert len({item["kind"] for item in declined}) >= 10
    assert len({item["patient"] for item in declined}) >= 10
