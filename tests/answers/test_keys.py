"""The keys hold against the raw files: ids exist, values are worked out again from what is cited.

No pipeline takes part. Latest, first, highest, lowest, average and count are computed anew from
the valid results of the same code and patient; other cells must be words of a cited resource.
Narrative lines and must-abstain lines are only checked for their form.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

import pytest

from tests.answers.raw_charts import Raw, read
from tests.answers.scoring import Item
from tests.answers.test_real_sets import KEYS, SETS

VOID = {"entered-in-error", "cancelled"}
COUNTS = {"count", "allergy count", "encounter count", "immunization count", "med count"}
PICK: dict[str, Callable[[list[Raw]], list[Raw]]] = {
    "latest lab": lambda results: sorted(results, key=_moment)[-1:],
    "first lab": lambda results: sorted(results, key=_moment)[:1],
    "highest lab": lambda results: sorted(results, key=_value)[-1:],
    "lowest lab": lambda results: sorted(results, key=_value)[:1],
}


def _moment(result: Raw) -> float:
    return datetime.fromisoformat(result["effectiveDateTime"]).timestamp()


def _value(result: Raw) -> float:
    return float(result["valueQuantity"]["value"])


@lru_cache(maxsize=8)
def resources(name: str) -> dict[str, Raw]:
    """A set as it lies on disk."""
    if not SETS[name].is_dir():
        pytest.skip(f"the set {name} is not on this machine")
    return read(SETS[name])


def items(name: str) -> list[Item]:
    """The lines of a key."""
    return [json.loads(line) for line in (KEYS / f"{name}.jsonl").read_text().splitlines()]


def alike(result: Raw, found: dict[str, Raw]) -> list[Raw]:
    """Every valid numeric result of the same name and patient."""
    return [
        r
        for r in found.values()
        if r["resourceType"] == "Observation"
        and r.get("code") == result["code"]
        and r.get("subject") == result["subject"]
        and r.get("status") not in VOID
        and "valueQuantity" in r
    ]


def worked_out(item: Item, found: dict[str, Raw]) -> float | None:
    """The answer of an item from what it cites; None where only words can be compared."""
    cited = [found[resource] for resource in item["evidence"]]
    if item["kind"] in PICK and "valueQuantity" in cited[0]:
        return _value(PICK[item["kind"]](alike(cited[0], found))[0])
    if item["kind"] == "average":
        return sum(map(_value, cited)) / len(cited)
    return len(cited) if item["kind"] in COUNTS else None


@pytest.mark.parametrize("name", SETS)
def test_every_cited_resource_is_in_the_files_and_valid(name: str) -> None:
    found = resources(name)
    cited = {resource for item in items(name) for resource in item["evidence"]}
    assert cited <= set(found)
    assert [resource for resource in cited if found[resource].get("status") in VOID] == []


@pytest.mark.parametrize("name", SETS)
def test_values_come_out_again_from_the_raw_results(name: str) -> None:
    found = resources(name)
    wrong = []
    for item in items(name):
        if not item["answer"] or not item["evidence"]:
            continue
        again = worked_out(item, found)
        if again is not None and abs(again - item["answer"][0][0]) > 1e-6:
            wrong.append(f"{item['id']}: {item['answer'][0][0]} is {again}")
    assert wrong == []


@pytest.mark.parametrize("name", SETS)
def test_words_and_times_of_a_key_stand_in_what_it_cites(name: str) -> None:
    found = resources(name)
    wrong = []
    for item in items(name):
        text = json.dumps([found[r] for r in item["evidence"]], ensure_ascii=False).lower()
        cells = [cell for row in item["answer"] or [] for cell in row if isinstance(cell, str)]
        for cell in cells if item["evidence"] else []:
            looked = cell.replace(" ", "t") if cell[:4].isdigit() else cell
            if looked.lower() not in text:
                wrong.append(f"{item['id']}: {cell}")
    assert wrong == []
