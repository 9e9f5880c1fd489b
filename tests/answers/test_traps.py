"""A key of traps: slips, telegraph style, brands, false premises, withdrawn values, follow-ups.

`tests/cases/keys/traps.jsonl` was written before the readers it tries were read: answers computed
from the raw JSON or read by hand. A third of it, by a hash of the id, is held out: whoever mends
the engine sees its totals and never its failures, so this test prints no question of that part.
It holds floors and no single answer; the counts are in the message of a failure.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.answers import pipeline
from pipelines.charts import patients
from pipelines.desk import load
from pipelines.desk.house import House, open_house
from pipelines.records.answers import Turn
from pipelines.records.chart import Chart, Reader
from pipelines.settings import Settings
from tests.answers.scoring import Item, conversations, faults
from tests.benchmarks.mimic_questions import is_held_out
from tests.conftest import SAMPLES, SHARED

KEY = Path(__file__).parents[1] / "cases" / "keys" / "traps.jsonl"
SYNTHEA = SAMPLES.parent / "synthea"
SYNTHEA_FILES = (
    "kidney_disease_59",
    "heart_failure_died_84",
    "diabetes_lipids_65",
    "pregnancy_20",
)
OUTSIDE = SHARED / "charts" / "synthea_bundles"
OUTSIDE_FILES = ("052cbcf47b53", "07f3b825ff21", "02ad2becf188")
MIMIC = SHARED / "eval" / "mimic_demo" / "bundles"
MIMIC_FILES = ("10000032", "10001217", "10001725", "10002428", "10002495")
READER = Reader("resident")
LEAST_RIGHT = {"dev": 0.97, "held-out": 0.9}
MOST_WRONG = {"dev": 0.02, "held-out": 0.07}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Every chart that the key asks about and that is on this machine, in one home.

    `make test` loads the sample charts alone; the outside ones come in `make test-full`.
    """
    home = tmp_path_factory.mktemp("traps") / "home"
    settings = Settings.read(home, {"CHARTROOM_OLLAMA_URL": "http://127.0.0.1:9"})
    paths = [SAMPLES, *(SYNTHEA / f"{name}.json.gz" for name in SYNTHEA_FILES)]
    if SHARED.is_dir() and os.environ.get("CHARTROOM_SWEEP") == "full":
        paths += [found for name in OUTSIDE_FILES for found in OUTSIDE.glob(f"{name}*")]
        paths += [MIMIC / f"{name}.json.gz" for name in MIMIC_FILES]
    opened = open_house(settings, writing=True)
    load.load(opened, READER, paths, validate="off")
    yield opened
    opened.close()


def _chart(house: House, name: str) -> Chart | None:
    found = patients.find(house.store, name)
    as_of = patients.as_of(house.store, found[0].patient_id) if found else None
    if as_of is None:
        return None
    return Chart(READER, found[0].patient_id, "traps", as_of, house.store)


def _verdicts(house: House, items: list[Item]) -> Iterator[str]:
    """`right`, `declined` or `wrong` of each line of one conversation; nothing of absent charts."""
    chart = _chart(house, items[0]["patient"])
    turns: tuple[Turn, ...] = ()
    for item in items if chart is not None else ():
        assert chart is not None
        answer = pipeline.answer(
            chart, item["question"], thread=turns, engine="embedded", settings=house.settings
        )
        turns = (*turns, Turn(answer.question, answer.answer))
        found = faults(item, answer)
        yield "right" if not found else "declined" if answer.status == "abstained" else "wrong"


def _part(items: list[Item]) -> str:
    first = items[0]
    thread = first.get("thread")
    named = f"{first['patient']}{thread}" if thread else first["id"]
    return "held-out" if is_held_out(named) else "dev"


@pytest.fixture(scope="module")
def score(house: House) -> dict[str, Counter[str]]:
    """How many of each verdict the two parts of the key have."""
    counted = {"dev": Counter[str](), "held-out": Counter[str]()}
    for items in conversations(KEY):
        counted[_part(items)].update(_verdicts(house, items))
    return counted


@pytest.mark.parametrize("part", ["dev", "held-out"])
def test_traps_are_answered_rightly_or_declined(part: str, score: dict[str, Counter[str]]) -> None:
    counts = score[part]
    assert counts["right"] >= LEAST_RIGHT[part] * counts.total(), counts
    assert counts["wrong"] <= MOST_WRONG[part] * counts.total(), counts


def test_the_key_has_enough_questions_of_enough_kinds() -> None:
    items = [item for items in conversations(KEY) for item in items]
    assert len(items) >= 280
    assert len({item["kind"] for item in items}) >= 40
    assert len({item["id"] for item in items}) == len(items)
