"""The evidence that the judge's cases cite: made by the real gathering, then frozen.

    python -m tests.benchmarks.judge_evidence STORE    (a store with the sample charts)

The cases name items by number, so the evidence they are about must not move when gathering
learns to find more. It is what `gather` found for the questions of `cases/judge/sets.toml`, kept
one item a line with every field that the judge can read. Notes that talk to software, which no
sample chart holds, stand in `planted.toml` and become items as gathering makes them today.
"""

from __future__ import annotations

import json
import sys
import tomllib
from dataclasses import asdict, fields, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.answers.evidence.items import passage_item
from pipelines.records.answers import Computation, Threshold
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import Fact, Passage, ReferenceRange
from pipelines.records.moments import Moment
from tests.answers.hand_made import note

FOLDER = Path(__file__).parents[1] / "cases" / "judge"
FROZEN = FOLDER / "evidence.jsonl"
KNOWN = {field.name for field in fields(EvidenceSet)}
MOMENTS = ("when", "issued")


def main() -> None:
    """Gather the sets anew from the store named, and write them down."""
    named = tomllib.loads((FOLDER / "sets.toml").read_text(encoding="utf-8"))
    lines = [line for name, made in named.items() for line in _frozen(name, made, sys.argv[1])]
    FROZEN.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    sys.stdout.write(f"{len(named)} sets, {len(lines) - len(named)} items\n")


@cache
def sets() -> dict[str, EvidenceSet]:
    """Every set by its name."""
    items: dict[str, list[Evidence]] = {}
    extent: dict[str, dict[str, bool]] = {}
    for line in FROZEN.read_text(encoding="utf-8").splitlines():
        kept = json.loads(line)
        name = kept.pop("set")
        if "extent" in kept:
            extent[name] = {key: kept["extent"][key] for key in kept["extent"] if key in KNOWN}
        else:
            items.setdefault(name, []).append(_thawed(kept))
    found = {name: EvidenceSet(tuple(items[name]), (name,), **extent[name]) for name in items}
    return {**found, **_planted(found)}


def _planted(found: dict[str, EvidenceSet]) -> dict[str, EvidenceSet]:
    """A set of a chart with notes of bad will behind its own items."""
    made = tomllib.loads((FOLDER / "planted.toml").read_text(encoding="utf-8"))
    whole: dict[str, EvidenceSet] = {}
    for name, entry in made.items():
        behind = found[entry["behind"]]
        notes = (note(text, start=100 * n) for n, text in enumerate(entry["notes"], start=1))
        items = [*behind.items, *(passage_item(n.passage) for n in notes if n.passage)]
        numbered = tuple(replace(item, number=n) for n, item in enumerate(items, start=1))
        whole[name] = replace(behind, items=numbered)
    return whole


def _frozen(name: str, made: dict[str, Any], store_path: str) -> list[str]:
    from pipelines.answers import question
    from pipelines.answers.evidence import gather
    from pipelines.answers.evidence.computed_items import with_computed
    from pipelines.answers.verify import verify
    from pipelines.answers.write_embedded import write
    from pipelines.charts.store import ChartStore
    from tests.benchmarks.mimic_questions import open_for_test

    store = ChartStore.open(Path(store_path), read_only=True)
    chart = open_for_test(store, made["patient"])
    understood = question.understand(made["question"], chart=chart, thread=())
    found = gather.gather(chart, understood)
    if made.get("computed"):
        draft = write.write(understood, found)
        found = with_computed(found, draft, verify.verify(draft, found))
    store.close()
    if not found.items:
        raise SystemExit(f"nothing found for {name}")
    told = {field.name: getattr(found, field.name) for field in fields(found)}
    extent = {key: value for key, value in told.items() if isinstance(value, bool)}
    rows = ({"extent": extent}, *(_plain(item) for item in found.items))
    return [json.dumps({"set": name, **row}, ensure_ascii=False) for row in rows]


def _plain(item: Evidence) -> dict[str, Any]:
    return {
        key: _said(getattr(item, key), key)
        for key in (field.name for field in fields(item))
        if getattr(item, key) not in (None, ())
    }


def _said(value: object, key: str) -> object:
    if isinstance(value, Computation):
        return asdict(value)
    if key not in ("fact", "passage"):
        return value
    assert isinstance(value, Fact | Passage)
    plain = {k: v for k, v in asdict(value).items() if v not in (None, ())}
    for name in MOMENTS:
        if name in plain:
            plain[name] = [plain[name]["instant"].isoformat(), plain[name]["written"]]
    return plain


def _thawed(kept: dict[str, Any]) -> Evidence:
    if "fact" in kept:
        fact = _dated(kept["fact"])
        if "reference_range" in fact:
            fact["reference_range"] = ReferenceRange(**fact["reference_range"])
        kept["fact"] = Fact(**fact)
    if "passage" in kept:
        passage = _dated(kept["passage"])
        kept["passage"] = Passage(**{"heading": None, "author": None, "when": None} | passage)
    if "computation" in kept:
        bound = kept["computation"].pop("bound")
        made = Threshold(**bound) if bound else None
        kept["computation"] = Computation(**kept["computation"], bound=made)
        kept["inputs"] = tuple(kept["inputs"])
    return Evidence(**{"date": None} | kept)


def _dated(kept: dict[str, Any]) -> dict[str, Any]:
    for name in MOMENTS:
        if name in kept:
            instant, written = kept[name]
            kept[name] = Moment(datetime.fromisoformat(instant), written)
    return kept


if __name__ == "__main__":
    main()
