"""Scores one answer against one line of a key, by the contract's rules and no others.

Rows are matched by the same function as the benchmark (`tests.benchmarks.mimic_questions.right`).
A key line may add what the contract's form has no room for: `contains` (words that a narrative
answer must hold; a list inside it means any of them), `lacks` (words that it must not hold) and
`or_abstain` (declining is right as well). With `contains` and no rows the answer's own rows are
not compared. It does not judge how an answer reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.records.answers import Answer
from tests.benchmarks.mimic_questions import right

Item = dict[str, Any]


def conversations(path: Path) -> Iterator[list[Item]]:
    """The lines of a key, those of one patient's thread together and in order."""
    threads: dict[tuple[str, str], list[Item]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        item: Item = json.loads(line)
        thread = item.get("thread")
        if thread is None:
            yield [item]
        else:
            threads.setdefault((item["patient"], thread), []).append(item)
    yield from threads.values()


def faults(item: Item, answer: Answer) -> list[str]:
    """What is wrong with an answer, each in one line; empty when it is right."""
    if item["answer"] is None or (item.get("or_abstain") and answer.status == "abstained"):
        return [*_not_declined(answer), *_forbidden_words(item, answer)]
    if answer.status != "answered":
        return [f"status {answer.status}: {answer.answer or answer.notice}"]
    found = []
    if not _rows_right(item, answer):
        found.append(f"rows {answer.values!r} instead of {item['answer']!r}: {answer.answer}")
    return [*found, *_wrong_words(item, answer), *_missing_evidence(item, answer)]


def _not_declined(answer: Answer) -> list[str]:
    if answer.status != "abstained":
        return [f"status {answer.status}: {answer.answer}"]
    found = []
    if any(s.citations for s in answer.statements if s.support != "unverified"):
        found.append("an abstention carries a citation")
    if not answer.searched:
        found.append("an abstention does not say what was searched")
    return found


def _rows_right(item: Item, answer: Answer) -> bool:
    if not item["answer"] and item.get("contains"):
        return True
    return right([list(row) for row in answer.values], item["answer"])


def _wrong_words(item: Item, answer: Answer) -> list[str]:
    text = answer.answer.lower()
    found = []
    for wanted in item.get("contains", ()):
        choices = wanted if isinstance(wanted, list) else [wanted]
        if not any(choice.lower() in text for choice in choices):
            found.append(f"does not say {' or '.join(choices)}: {answer.answer}")
    return [*found, *_forbidden_words(item, answer)]


def _forbidden_words(item: Item, answer: Answer) -> list[str]:
    text = answer.answer.lower()
    said = [word for word in item.get("lacks", ()) if word.lower() in text]
    return [f"says {word}: {answer.answer}" for word in said]


def _missing_evidence(item: Item, answer: Answer) -> list[str]:
    cited = {
        c.resource for s in answer.statements for c in s.citations if s.support != "unverified"
    }
    missing = [resource for resource in item["evidence"] if resource not in cited]
    return [f"does not cite {', '.join(missing)}"] if missing else []
