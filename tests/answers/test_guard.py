"""One word more that narrows, negates or supposes: the question is declined, or honours the word.

`tests/cases/keys/guard.toml` has questions that are answered and what must not be answered the
same; `guard_refusals.jsonl` what no chart answers, half of it with the patient's own number. An
answer that stands although a word of the question was passed over is the fault looked for here.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.answers.question import ChartQuestion, thread
from pipelines.answers.question.guard import guard, lost_word
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from tests.benchmarks.mimic_questions import answer, open_for_test
from tests.conftest import SAMPLES, SHARED

KEYS = Path(__file__).parents[1] / "cases" / "keys"
SYNTHEA = SAMPLES.parent / "synthea"
MIMIC = SHARED / "eval" / "mimic_demo" / "bundles"
MIMIC_PATIENTS = ("10014729", "10020944", "10022017")
STORIES = ("quillfeather", "marrowby")
LEAST_CHANGED = 200
LEAST_REFUSED = 80


@dataclass(frozen=True, slots=True)
class Block:
    """A question that is answered, and changes of it that must not be answered the same."""

    kind: str
    patients: tuple[str, ...]
    asked: str
    changes: tuple[str, ...]
    honours: tuple[str, ...]

    def changed(self) -> tuple[str, ...]:
        """The changed questions, written out."""
        plain = self.asked.rstrip("?")
        return tuple(change.replace("{}", plain) for change in self.changes)


def blocks() -> tuple[Block, ...]:
    """The table of changed questions."""
    table = tomllib.loads((KEYS / "guard.toml").read_text(encoding="utf-8"))
    return tuple(
        Block(
            row["kind"], tuple(row["patients"]), row["asked"], tuple(row["changes"]),
            tuple(row.get("honours", ())),
        )
        for row in table["block"]
    )  # fmt: skip


def refusals() -> list[dict[str, str]]:
    """The questions that no chart answers."""
    lines = (KEYS / "guard_refusals.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


CASES = [
    pytest.param(block, name, id=f"{block.kind}-{name}")
    for block in blocks()
    for name in block.patients
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChartStore]:
    """The charts that the tables ask, as far as they are on this machine."""
    opened = ChartStore.open(tmp_path_factory.mktemp("guard") / "chart.duckdb", read_only=False)
    synthea = (
        SYNTHEA / f"{name}.json.gz" for name in ("heart_failure_died_84", "kidney_disease_59")
    )
    paths = [*SAMPLES.glob("*"), *synthea]
    paths += [p for n in MIMIC_PATIENTS if (p := MIMIC / f"{n}.json.gz").is_file()]
    load_paths(opened, paths, LoadLimits("off", 64, 50_000))
    yield opened
    opened.close()


def told(store: ChartStore, patient: str, question: str) -> str | None:
    """What is answered, or None where the question is declined."""
    try:
        chart = open_for_test(store, patient)
    except IndexError:
        pytest.skip(f"the chart {patient} is not on this machine")
    draft, statements, _ = answer(chart, question)
    shown = [s.text for s in statements if s.support != "unverified"]
    return " ".join(shown) if draft.answerable and shown else None


@pytest.mark.parametrize(("block", "patient"), CASES)
def test_a_question_with_a_narrowing_word_is_not_answered_as_without_it(
    block: Block, patient: str, store: ChartStore
) -> None:
    plain = told(store, patient, block.asked)
    assert plain is not None
    swallowed = []
    for question in block.changed():
        said = told(store, patient, question)
        if said is not None and not any(word in said for word in block.honours):
            swallowed.append((question, said))
    assert swallowed == []


@pytest.mark.parametrize("kind", sorted({item["kind"] for item in refusals()}))
def test_what_no_chart_answers_is_declined(kind: str, store: ChartStore) -> None:
    asked = [i for i in refusals() if i["kind"] == kind]
    assert [i["question"] for i in asked if told(store, i["patient"], i["question"])] == []


def test_there_are_many_of_them_of_many_kinds() -> None:
    assert sum(len(b.changes) * len(b.patients) for b in blocks()) >= LEAST_CHANGED
    refused = refusals()
    own = [item for item in refused if item["patient"] in item["question"]]
    assert len(refused) >= LEAST_REFUSED
    assert len({item["question"] for item in refused}) == len(refused)
    assert LEAST_REFUSED // 2 <= len(own) <= len(refused) * 2 / 3


@pytest.mark.parametrize(
    ("family", "question", "words"),
    [
        ("side", "when was she left the hospital", ()),
        ("side", "blood pressure of the left arm", ("left",)),
        ("negation", "was potassium not given", ("not",)),
        ("negation", "was the last potassium above 5 or not", ()),
        ("negation", "is the potassium not above 5", ()),
        ("event", "sodium before the transplant", ("transplant",)),
        ("event", "when was the hip surgery", ()),
        ("arithmetic", "how many times was propofol given", ()),
        ("arithmetic", "sodium times two", ("times",)),
    ],
)
def test_a_guarded_word_is_seen_and_its_other_sense_is_not(
    family: str, question: str, words: tuple[str, ...]
) -> None:
    (own,) = (f for f in guard().families if f.name == family)
    assert own.said(question) == words


@pytest.mark.parametrize("subject", ["record", "problem", "procedure", "medication"])
def test_a_word_that_what_was_understood_does_not_hold_is_lost_whatever_it_is_about(
    subject: str,
) -> None:
    understood = ChartQuestion("", subject, "when", names=("Lumpectomy",))
    assert lost_word("When was her mother's lumpectomy?", understood) == "mother"
    assert lost_word("When was the lumpectomy?", understood) is None


def test_a_word_that_a_rewriting_takes_away_is_missed_all_the_same(
    store: ChartStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = open_for_test(store, "marrowby")
    asked = "What is the latest potassium of her mother?"
    monkeypatch.setattr(thread, "spoken", lambda _text, _chart: "What is the latest potassium?")
    understood = thread.with_thread(asked, chart, ())
    assert understood.decline is not None
    assert "mother" in understood.decline
