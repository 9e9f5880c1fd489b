"""Scores the embedded engine on a key by the contract's rules, and prints it by kind.

    python -m tests.benchmarks.mimic_questions STORE [--key qa.jsonl] [--refusals FILE]
        [--part dev|held-out|all] [--own-id] [--wrong] [--verbose]

STORE is a loaded `chart.duckdb`. Right = as many rows as the key and every cell of the key in its
row, with the contract's tolerances. A third of the items (by a hash of the id) is held out and
never looked at while developing. `--own-id` asks the refusals with the patient's own number put
in place of the one they name, so that they cannot be refused for naming somebody else.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from pipelines.answers import question
from pipelines.answers.evaluate import Rows, evidence_shares, right
from pipelines.answers.evidence import gather
from pipelines.answers.verify import verify
from pipelines.answers.write_embedded import write
from pipelines.charts import patients
from pipelines.charts.store import ChartStore
from pipelines.records.answers import Draft, Statement
from pipelines.records.chart import Chart, Reader

EVAL = Path(__file__).parents[3] / "shared" / "eval" / "mimic_demo"
REFUSED_OF = "10014729"


def main() -> None:
    """Run what the arguments say and print the scores."""
    asked = _arguments()
    store = ChartStore.open(Path(asked.store), read_only=True)
    if asked.only != "refusals":
        _answers(store, asked)
    if asked.only != "answers":
        _refusals(store, asked)
    store.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store")
    parser.add_argument("--key", default=str(EVAL / "qa.jsonl"))
    parser.add_argument("--refusals", default=str(EVAL / "unanswerable.jsonl"))
    parser.add_argument("--part", default="all", choices=("dev", "held-out", "all"))
    parser.add_argument("--only", default=None, choices=("answers", "refusals"))
    parser.add_argument("--own-id", action="store_true")
    parser.add_argument("--wrong", action="store_true", help="print the items that fail")
    return parser.parse_args()


def is_held_out(item_id: str) -> bool:
    """Whether an item belongs to the third that is kept aside."""
    return int(hashlib.sha256(item_id.encode()).hexdigest(), 16) % 3 == 0


def items(path: str, part: str) -> Iterator[dict[str, Any]]:
    """The items of a key that belong to a part."""
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if part == "all" or is_held_out(item["id"]) == (part == "held-out"):
            yield item


def open_for_test(store: ChartStore, name: str) -> Chart:
    """A chart without the desk: this script measures the answers alone."""
    found = patients.find(store, name)[0].patient_id
    as_of = patients.as_of(store, found)
    if as_of is None:
        raise SystemExit(f"{name} has no dated record")
    return Chart(Reader("benchmark"), found, "benchmark", as_of, store)


def answer(chart: Chart, asked: str) -> tuple[Draft, tuple[Statement, ...], float]:
    """Draft and verdicts of one question, and the seconds that took."""
    started = time.perf_counter()
    understood = question.understand(asked, chart=chart, thread=())
    gathered = gather.gather(chart, understood)
    draft = write.write(understood, gathered)
    statements = verify.verify(draft, gathered)
    return draft, statements, time.perf_counter() - started


def _answers(store: ChartStore, asked: argparse.Namespace) -> None:
    score: dict[str, list[tuple[str, float, float | None, float | None]]] = defaultdict(list)
    for item in items(asked.key, asked.part):
        chart = open_for_test(store, item["patient"])
        draft, statements, seconds = answer(chart, item["question"])
        shown = [s for s in statements if s.support != "unverified"]
        verdict = _verdict(draft, shown, item["answer"])
        recall, precision = _evidence(shown, item["evidence"])
        score[item["kind"]].append((verdict, seconds, recall, precision))
        if asked.wrong and verdict != "right":
            reason = draft.abstention or [s.why for s in statements if s.support == "unverified"]
            _say(
                f"{verdict} | {item['question']} | key {item['answer']} | {draft.values} | {reason}"
            )
    _print(score)


def _verdict(draft: Draft, shown: list[Statement], key: Rows | None) -> str:
    if not draft.answerable or not shown:
        return "right" if key is None else "abstained"
    if key is not None and right(draft.values, key):
        return "right"
    return "wrong"


def _evidence(shown: list[Statement], key: list[str]) -> tuple[float | None, float | None]:
    return evidence_shares(frozenset(c.resource for s in shown for c in s.citations), key)


def _print(score: dict[str, list[tuple[str, float, float | None, float | None]]]) -> None:
    _say(
        f"{'kind':12} {'n':>4} {'right':>6} {'abst.':>6} {'wrong':>6} "
        f"{'recall':>7} {'prec.':>7} {'p50 ms':>7} {'p95 ms':>7}"
    )
    everything = [row for rows in score.values() for row in rows]
    for kind, rows in [*sorted(score.items()), ("all", everything)]:
        verdicts = [row[0] for row in rows]
        seconds = sorted(row[1] for row in rows)
        recall = [row[2] for row in rows if row[2] is not None]
        precision = [row[3] for row in rows if row[3] is not None]
        _say(
            f"{kind:12} {len(rows):4} {_share(verdicts, 'right'):6.3f} "
            f"{_share(verdicts, 'abstained'):6.3f} {_share(verdicts, 'wrong'):6.3f} "
            f"{_mean(recall):7.3f} {_mean(precision):7.3f} "
            f"{1000 * median(seconds):7.1f} {1000 * seconds[int(0.95 * (len(seconds) - 1))]:7.1f}"
        )


def _refusals(store: ChartStore, asked: argparse.Namespace) -> None:
    chart = open_for_test(store, REFUSED_OF)
    refused, seconds, total = 0, [], 0
    for item in items(asked.refusals, asked.part):
        text = item["question"]
        if asked.own_id:
            text = re.sub(r"(?<=patient )\d+", REFUSED_OF, text)
        draft, statements, took = answer(chart, text)
        answered = draft.answerable and any(s.support != "unverified" for s in statements)
        refused += not answered
        total += 1
        seconds.append(took)
        if asked.wrong and answered:
            _say(f"answered | {text} | {draft.values} | {[s.text for s in statements][:2]}")
    seconds.sort()
    _say(
        f"refused {refused}/{total} = {refused / max(total, 1):.3f}, "
        f"p50 {1000 * median(seconds):.1f} ms, p95 {1000 * seconds[int(0.95 * (total - 1))]:.1f} ms"
    )


def _share(verdicts: list[str], name: str) -> float:
    return verdicts.count(name) / max(len(verdicts), 1)


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else float("nan")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
