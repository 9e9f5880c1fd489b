"""The held-out keys hold to the contract's form, and the ICU one is made again to the byte.

A key with an error stays wrong unseen, because nobody reads its failures one by one. So its form
is held here (fields, names used once, rows of one width, ids that can be cited), and the answers
that are one cited result's own value are read a second time, straight from the bundle.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import ROOT, SHARED

KEYS = ROOT / "tests" / "cases" / "keys"
BUNDLES = SHARED / "eval" / "mimic_demo" / "bundles"
NAMES = ("held_out_mimic", "held_out_refusals", "held_out_samples")
NEEDED = {"id", "kind", "question", "answer", "evidence"}
ALLOWED = NEEDED | {"patient", "thread", "contains", "lacks", "or_abstain"}


def key(name: str) -> list[dict[str, Any]]:
    """The lines of a key."""
    lines = (KEYS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("name", NAMES)
def test_every_line_has_the_form_of_a_key(name: str) -> None:
    lines = key(name)
    assert len({line["id"] for line in lines}) == len(lines)
    for line in lines:
        assert set(line) >= NEEDED, line["id"]
        assert set(line) <= ALLOWED, line["id"]
        assert line["question"], line["id"]
        assert line["question"].strip() == line["question"], line["id"]
        assert all(ref.count("/") == 1 for ref in line["evidence"]), line["id"]
        if line["answer"] == []:
            assert line["contains"], line["id"]
        elif line["answer"]:
            assert len({len(row) for row in line["answer"]}) == 1, line["id"]


def test_the_icu_key_is_spread_over_the_patients() -> None:
    lines = key("held_out_mimic")
    assert len(lines) >= 300
    assert len({line["patient"] for line in lines}) >= 60


def test_every_refusal_asks_for_one() -> None:
    assert all(line["answer"] is None and not line["evidence"] for line in key("held_out_refusals"))


@pytest.mark.skipif(not BUNDLES.is_dir(), reason="the shared ICU bundles are not here")
def test_an_answer_that_is_one_result_is_the_number_written_in_it() -> None:
    checked = 0
    for line in key("held_out_mimic"):
        refs = line["evidence"]
        if line["kind"] != "value" or len(refs) != 1 or not refs[0].startswith("Observation/"):
            continue
        with gzip.open(BUNDLES / f"{line['patient']}.json.gz") as file:
            entries = json.load(file)["entry"]
        written = [e["resource"] for e in entries if e["resource"]["id"] == refs[0].split("/")[1]]
        assert [[one["valueQuantity"]["value"]] for one in written] == line["answer"], line["id"]
        checked += 1
    assert checked > 30


@pytest.mark.skipif(not BUNDLES.is_dir(), reason="the shared ICU bundles are not here")
def test_the_icu_key_is_made_again_to_the_byte() -> None:
    before = (KEYS / "held_out_mimic.jsonl").read_bytes()
    made = subprocess.run(
        [sys.executable, str(KEYS / "make_held_out.py"), "-"], capture_output=True, check=True
    )
    assert made.stdout == before
