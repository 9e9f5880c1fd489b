"""Scores answers against a key, by the contract's rules and no others.

Right = as many rows as the key, and every cell of the key in its row; numbers within the
contract's tolerances, times to the minute where the key has one, text whole, case aside. A key
that says null is met by abstaining alone. Evidence is scored over items that name some. What it
does not do: judge how an answer reads, forgive a list that is nearly complete, or take part of a
row for the whole.

A key may add to the contract's form what a narrative answer needs: `contains` (words that it must
hold; a list inside means any of them; with it and no rows the answer's rows are not compared),
`lacks` (words that it must not hold) and `or_abstain` (declining is right as well).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, median

from pipelines.errors import ChartroomError
from pipelines.records.answers import Answer, Cell
from pipelines.records.scores import ItemScore, KeyItem, KindScore, Verdict

ALL = "all"
# Contract, "A key for evaluate": the tolerance of a number by its size.
TOLERANCES = ((100.0, 0.5), (1.0, 0.051), (0.0, 0.006))
MINUTE = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2})?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MINUTE_LENGTH = len("2026-11-22 05:30")

Rows = Sequence[Sequence[Cell]]


def read_key(lines: Iterable[str]) -> tuple[KeyItem, ...]:
    """The items of a key; ChartroomError names the first line that is not one."""
    items = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            items.append(_item(line, number))
    if not items:
        raise ChartroomError("The key has no questions.")
    return tuple(items)


def score(item: KeyItem, answer: Answer) -> ItemScore:
    """What became of one item."""
    recall, precision = evidence_shares(cited(answer), item.evidence)
    return ItemScore(
        item_id=item.item_id,
        kind=item.kind,
        verdict=_verdict(item, answer),
        must_abstain=item.answer is None,
        evidence_recall=recall,
        evidence_precision=precision,
        seconds=answer.seconds,
        log_id=answer.log_id,
    )


def by_kind(scores: Sequence[ItemScore]) -> tuple[KindScore, ...]:
    """A line a kind, in the order of their names, and the line over all of them last."""
    kinds = sorted({one.kind for one in scores})
    parts = [_kind_score(kind, [s for s in scores if s.kind == kind]) for kind in kinds]
    return (*parts, _kind_score(ALL, scores))


def faults(item: KeyItem, answer: Answer) -> list[str]:
    """What is wrong with an answer, a sentence each; empty when it is right."""
    if item.answer is None or (item.or_abstain and answer.status == "abstained"):
        return [*_not_declined(answer), *_forbidden_words(item, answer)]
    if answer.status != "answered":
        return [f"status {answer.status}: {answer.answer or answer.notice}"]
    found = []
    if not (item.contains and not item.answer) and not right(answer.values, item.answer):
        found.append(f"rows {answer.values!r} instead of {item.answer!r}: {answer.answer}")
    text = answer.answer.lower()
    unsaid = [c for c in item.contains if not any(word.lower() in text for word in c)]
    found += [f"does not say {' or '.join(choices)}: {answer.answer}" for choices in unsaid]
    return [*found, *_forbidden_words(item, answer)]


def right(rows: Rows, key: Rows) -> bool:
    """As many rows as the key, and every cell of the key in a row of its own."""
    if len(rows) != len(key):
        return False
    left = list(rows)
    for wanted in key:
        found = next((row for row in left if all(_in(cell, row) for cell in wanted)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def cited(answer: Answer) -> frozenset[str]:
    """The resources that the shown statements cite."""
    shown = (s for s in answer.statements if s.support != "unverified")
    return frozenset(c.resource for s in shown for c in s.citations)


def evidence_shares(
    given: frozenset[str], wanted: Sequence[str]
) -> tuple[float | None, float | None]:
    """Recall and precision of the resources cited; None where the key names none."""
    if not wanted:
        return None, None
    both = given & set(wanted)
    return len(both) / len(set(wanted)), len(both) / len(given) if given else 0.0


def _verdict(item: KeyItem, answer: Answer) -> Verdict:
    if answer.status == "failed":
        return "failed"
    abstained = answer.status == "abstained"
    if not faults(item, answer):
        return "declined" if abstained else "right"
    return "false abstention" if abstained and item.answer is not None else "wrong"


def _not_declined(answer: Answer) -> list[str]:
    if answer.status != "abstained":
        return [f"status {answer.status}: {answer.answer}"]
    found = []
    if cited(answer):
        found.append("an abstention carries a citation")
    if not answer.searched:
        found.append("an abstention does not say what was searched")
    return found


def _forbidden_words(item: KeyItem, answer: Answer) -> list[str]:
    text = answer.answer.lower()
    said = [word for word in item.lacks if word.lower() in text]
    return [f"says {word}: {answer.answer}" for word in said]


def _in(cell: Cell, row: Sequence[Cell]) -> bool:
    return any(_same(cell, other) for other in row)


def _same(wanted: Cell, other: Cell) -> bool:
    if isinstance(wanted, int | float) and isinstance(other, int | float):
        size = abs(wanted)
        tolerance = next(most for least, most in TOLERANCES if size >= least)
        return abs(wanted - other) <= tolerance
    key, given = str(wanted).lower(), str(other).lower()
    if MINUTE.fullmatch(key):
        return key[:MINUTE_LENGTH] == given[:MINUTE_LENGTH]
    if DAY.fullmatch(key):
        return key == given[: len(key)]  # "times to the minute where the key has one"
    return key == given


def _kind_score(kind: str, scores: Sequence[ItemScore]) -> KindScore:
    verdicts = [one.verdict for one in scores]
    answerable = [one.verdict for one in scores if not one.must_abstain]
    refusable = [one.verdict for one in scores if one.must_abstain]
    seconds = sorted(one.seconds for one in scores)
    return KindScore(
        kind=kind,
        items=len(scores),
        accuracy=_share(answerable, "right", "declined"),
        evidence_recall=_mean([s.evidence_recall for s in scores]),
        evidence_precision=_mean([s.evidence_precision for s in scores]),
        abstention=_share(refusable, "declined"),
        false_abstention=_share(answerable, "false abstention"),
        wrong_but_confident=_share(verdicts, "wrong") or 0.0,
        failed=_share(verdicts, "failed") or 0.0,
        p50_ms=1000 * median(seconds),
        p95_ms=1000 * seconds[int(0.95 * (len(seconds) - 1))],
    )


def _share(verdicts: Sequence[Verdict], *counted: Verdict) -> float | None:
    return sum(v in counted for v in verdicts) / len(verdicts) if verdicts else None


def _mean(numbers: Iterable[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return fmean(known) if known else None


def _item(line: str, number: int) -> KeyItem:
    try:
        parsed = json.loads(line)
        return key_item(parsed)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ChartroomError(
            f"Line {number} of the key is not an object with id, question, kind, answer and"
            " evidence."
        ) from error


def key_item(line: Mapping[str, object]) -> KeyItem:
    """An item from its parsed line; ValueError, KeyError or TypeError where it is none."""
    answer, texts = line["answer"], [line["id"], line["question"], line["kind"]]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("id, question and kind are texts")
    return KeyItem(
        item_id=str(line["id"]),
        patient=_text(line.get("patient")),
        question=str(line["question"]),
        kind=str(line["kind"]),
        answer=None if answer is None else tuple(_row(row) for row in _list(answer)),
        evidence=tuple(str(reference) for reference in _list(line.get("evidence", []))),
        thread=_text(line.get("thread")),
        contains=tuple(_choices(words) for words in _list(line.get("contains", []))),
        lacks=tuple(str(word) for word in _list(line.get("lacks", []))),
        or_abstain=bool(line.get("or_abstain", False)),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _list(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise TypeError("a list is wanted here")
    return list(value)


def _row(row: object) -> tuple[Cell, ...]:
    cells = _list(row)
    if not all(isinstance(cell, str | int | float) for cell in cells):
        raise TypeError("a cell is a text or a number")
    return tuple(cell for cell in cells if isinstance(cell, str | int | float))


def _choices(words: object) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(str(word) for word in _list(words))
