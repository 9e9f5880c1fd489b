"""The lines of a key for tests: conversations in order, and what is wrong with one answer.

The rules are those of `pipelines.answers.evaluate`, which `chartroom evaluate` scores by.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.answers import evaluate
from pipelines.records.answers import Answer

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
    """What is wrong with an answer, each in one line; empty when it is right.

    Stricter than `evaluate`: evidence that the key names and the answer does not cite is a fault.
    """
    found = evaluate.faults(evaluate.key_item(item), answer)
    if answer.status != "answered":
        return found
    missing = [
        resource for resource in item.get("evidence", ()) if resource not in evaluate.cited(answer)
    ]
    return [*found, *([f"does not cite {', '.join(missing)}"] if missing else [])]
