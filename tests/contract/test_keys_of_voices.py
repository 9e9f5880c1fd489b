"""The keys written in ten voices hold to the contract's form, and their thirds are what they say.

`tests/cases/keys/voices_{icu,samples,charts}.jsonl` were written from raw FHIR JSON by authors who
saw neither the app nor its tests. A third of each (`third`, by the digest of thread or id) was read
while mending, a second later on; of the last only totals were ever looked at.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from pipelines.answers.evaluate import read_key
from tests.conftest import ROOT

KEYS = ROOT / "tests" / "cases" / "keys"
NAMES = ("voices_icu", "voices_samples", "voices_charts")
VOICES, LEAST = 8, 250


def lines(name: str) -> list[str]:
    return (KEYS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_one_of_a_key_and_in_the_third_of_its_digest(name: str) -> None:
    items: list[dict[str, Any]] = [json.loads(line) for line in lines(name)]
    assert len(read_key(lines(name))) == len(items) >= LEAST
    assert len({item["id"] for item in items}) == len(items)
    for item in items:
        told = f"s13{item.get('thread') or item['id']}"
        number = int(hashlib.sha256(told.encode()).hexdigest(), 16) % 3
        assert item["third"] == "ABC"[number], item["id"]
        assert item["answer"] != [] or item["contains"], item["id"]
        assert (item["answer"] is None) == (item["kind"] == "unanswerable"), item["id"]


@pytest.mark.parametrize("name", NAMES)
def test_the_questions_are_of_many_voices_and_many_kinds(name: str) -> None:
    items = [json.loads(line) for line in lines(name)]
    assert len({item["voice"] for item in items}) >= VOICES
    assert len({item["kind"] for item in items}) >= VOICES
    refusals = sum(item["answer"] is None for item in items)
    assert refusals >= len(items) / 10
