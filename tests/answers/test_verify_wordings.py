"""Hundreds of sentences about records, true and false, as a small model writes them.

The false ones are all withheld; of the true ones a few may be, never more than the stated share.
Both shares are printed (`pytest -s`). The sentences were used to tune the judge, so the figures
say what it does with wordings that it knows; the blind key is in `tests/cases/judge`.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.answers.verify.verify import verify
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import ReferenceRange
from tests.answers.hand_made import drafted, evidence, fact, lab, note

CASES = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "judge_wordings.toml").read_text(encoding="utf-8")
)
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


NUMBERS = {name: number for number, name in enumerate(CASES["records"], start=1)}


@pytest.fixture(scope="module")
def chart() -> EvidenceSet:
    return evidence(*(record(told) for told in CASES["records"].values()))


def is_shown(cites: str, text: str, chart: EvidenceSet) -> bool:
    numbers = (NUMBERS[name] for name in cites.split())
    judged = verify(drafted(text, *numbers), chart)
    return bool(judged) and all(one.support != "unverified" for one in judged)


def test_every_false_sentence_is_withheld(chart: EvidenceSet) -> None:
    false = CASES["sentences"]["withheld"]
    shown = [text for cites, text in false if is_shown(cites, text, chart)]
    print(f"false sentences shown: {len(shown)} of {len(false)}")
    assert shown == []


def test_few_true_sentences_are_withheld(chart: EvidenceSet) -> None:
    true = CASES["sentences"]["shown"]
    withheld = [text for cites, text in true if not is_shown(cites, text, chart)]
    print(f"true sentences withheld: {len(withheld)} of {len(true)}")
    assert len(withheld) <= MOST_WITHHELD * len(true), withheld
