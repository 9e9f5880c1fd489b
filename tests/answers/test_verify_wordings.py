"""Hundreds of sentences about records, true and false, as a small model writes them.

The false ones are all withheld; of the true ones a few may be, never more than the stated share.
Both shares are printed (`pytest -s`). The sentences were used to tune the judge, so the figures
say what it does with wordings that it knows; the blind key is in `tests/cases/judge`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.answers.verify.verify import verify
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import ReferenceRange
from tests.answers.hand_made import drafted, evidence, fact, lab, note

FOLDER = Path(__file__).parents[1] / "cases"
FILES = ("judge_wordings.toml", "judge_wordings_second.toml")
MOST_WITHHELD = 0.03


def record(told: dict[str, Any]) -> Evidence:
    if told["kind"] == "note":
        made = note(told["text"])
        return replace(made, line=f"Progress note 2026-11-22: {made.line}")
    if told["kind"] != "lab":
        more = {"status": told["status"]} if "status" in told else {}
        return fact(told["kind"], told["name"], told["line"], told.get("when"), **more)
    made = lab(told["name"], told["value"], told.get("unit"), told["when"], told.get("flag"))
    assert made.fact is not None
    ends = told.get("range", [None, None])
    ranged = replace(made.fact, reference_range=ReferenceRange(ends[0], ends[1]))
    return replace(made, fact=ranged)


@dataclass(frozen=True)
class Key:
    """A file's records as one set of evidence, and its sentences with the numbers they cite."""

    chart: EvidenceSet
    shown: tuple[tuple[tuple[int, ...], str], ...]
    withheld: tuple[tuple[tuple[int, ...], str], ...]


@pytest.fixture(scope="module", params=FILES)
def key(request: pytest.FixtureRequest) -> Key:
    told = tomllib.loads((FOLDER / request.param).read_text(encoding="utf-8"))
    numbers = {name: number for number, name in enumerate(told["records"], start=1)}
    rows = {
        verdict: tuple((tuple(numbers[n] for n in cites.split()), text) for cites, text in said)
        for verdict, said in told["sentences"].items()
    }
    return Key(evidence(*map(record, told["records"].values())), **rows)


def is_shown(cites: tuple[int, ...], text: str, chart: EvidenceSet) -> bool:
    judged = verify(drafted(text, *cites), chart)
    return bool(judged) and all(one.support != "unverified" for one in judged)


def test_every_false_sentence_is_withheld(key: Key) -> None:
    shown = [text for cites, text in key.withheld if is_shown(cites, text, key.chart)]
    print(f"false sentences shown: {len(shown)} of {len(key.withheld)}")
    assert shown == []


def test_few_true_sentences_are_withheld(key: Key) -> None:
    withheld = [text for cites, text in key.shown if not is_shown(cites, text, key.chart)]
    print(f"true sentences withheld: {len(withheld)} of {len(key.shown)}")
    assert len(withheld) <= MOST_WITHHELD * len(key.shown), withheld
