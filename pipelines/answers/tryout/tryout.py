"""Ten built-in questions put to a model: is it right, what does the judge withhold, how fast.

The evidence is made up and stands in `questions.toml`, so nothing of a chart is sent and nothing
has to be loaded. Each question goes through the very writer and the very judge of an answer. A
question is right when what the judge let through holds what it must and nothing that it must not,
or when the model abstained where there is no answer. A fault is an answer that is not right.
"""

from __future__ import annotations

import hashlib
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.evidence.items import item, numbered, passage_item, result_item
from pipelines.answers.verify.verify import verify
from pipelines.answers.write_ollama import ModelSettings, write
from pipelines.errors import ModelUnavailable
from pipelines.records.answers import Statement
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import Fact, Passage, ReferenceRange
from pipelines.records.models import Timing, TryItem, TryRun
from pipelines.records.moments import Moment

TABLE = Path(__file__).with_name("questions.toml")
ABSTAINED = "no answer in this evidence"


@dataclass(frozen=True, slots=True)
class TryQuestion:
    """One built-in question: its evidence, and what the checked answer must and must not say."""

    ident: str
    question: str
    evidence: EvidenceSet
    holds: tuple[tuple[str, ...], ...]
    lacks: tuple[str, ...]
    abstains: bool


@lru_cache(maxsize=1)
def questions() -> tuple[TryQuestion, ...]:
    """The questions of the table, in its order."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["question"]
    return tuple(_question(row) for row in rows)


def run(model: ModelSettings, tell: Callable[[int, int], None]) -> TryRun:
    """Ask every question; `tell` hears how many are done, of how many."""
    asked = questions()
    items: list[TryItem] = []
    speeds: list[float] = []
    first: float | None = None
    load: float | None = None
    for done, question in enumerate(asked, 1):
        made, timing = ask(question, model)
        items.append(made)
        if timing.tokens_per_s is not None:
            speeds.append(timing.tokens_per_s)
        first = timing.first_sentence_s if first is None else first
        load = timing.load_s if load is None else load
        tell(done, len(asked))
    speed = sum(speeds) / len(speeds) if speeds else None
    whole = Timing(first_sentence_s=first, load_s=load, tokens_per_s=speed)
    return TryRun(model.model, model.digest, tuple(items), whole)


def ask(question: TryQuestion, model: ModelSettings) -> tuple[TryItem, Timing]:
    """Put one question to the model and judge what it wrote."""
    started = time.monotonic()
    timing = Timing()
    try:
        made = write(question.question, question.evidence, model)
    except ModelUnavailable as fault:
        told: tuple[Statement, ...] = ()
        said, right = fault.user_message, False
    else:
        told = verify(made.draft, question.evidence)
        timing = made.timing or Timing()
        shown = [s.text for s in told if s.support != "unverified"]
        answered = made.draft.answerable and bool(shown)
        said = " ".join(shown) if answered else ABSTAINED
        right = is_right(question, said if answered else None)
    withheld = sum(statement.support == "unverified" for statement in told)
    seconds = time.monotonic() - started
    return TryItem(
        question.ident, question.question, right, withheld, len(told), seconds, said
    ), timing  # fmt: skip


def is_right(question: TryQuestion, said: str | None) -> bool:
    """Whether the checked text (None: it abstained) is the right answer."""
    if said is None or question.abstains:
        return said is None and question.abstains
    low = said.lower()
    held = all(any(word.lower() in low for word in group) for group in question.holds)
    return held and not any(word.lower() in low for word in question.lacks)


def _question(row: Mapping[str, Any]) -> TryQuestion:
    items = [
        *(_result(result) for result in row.get("result", ())),
        *(_record(record) for record in row.get("record", ())),
        *(_note(note, number) for number, note in enumerate(row.get("note", ()))),
    ]
    return TryQuestion(
        ident=row["ident"],
        question=row["question"],
        evidence=EvidenceSet(numbered(items), ("built-in evidence",)),
        holds=tuple(_any_of(said) for said in row.get("holds", ())),
        lacks=tuple(row.get("lacks", ())),
        abstains=row.get("abstains", False),
    )


def _any_of(said: str | Sequence[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def _result(row: Mapping[str, Any]) -> Evidence:
    moment = _moment(row["when"])
    quote = f"{row['value']} {row['unit']}"
    return result_item(
        Fact(
            resource=f"Observation/{row['name'].lower()}-{moment.day}",
            kind="lab", display=row["name"], path="valueQuantity", quote=quote,
            concept=row["name"].lower(), value=float(row["value"]), value_text=str(row["value"]),
            unit=row["unit"], flag=row.get("flag"), flag_source="interpretation",
            reference_range=ReferenceRange(), when=moment,
        )
    )  # fmt: skip


def _record(row: Mapping[str, Any]) -> Evidence:
    fact = Fact(
        resource=f"{row['kind'].title()}/{row['name'].lower().replace(' ', '-')}",
        kind=row["kind"], display=row["name"], path="code.text", quote=row["name"],
        when=_moment(row["when"]),
    )  # fmt: skip
    return item(fact, row["line"])


def _note(row: Mapping[str, Any], number: int) -> Evidence:
    text = row["text"]
    return passage_item(
        Passage(
            passage_id=f"try-{number}", resource=f"DocumentReference/try-{number}", heading=None,
            title=row["title"], author=None, when=_moment(row["when"]), start=0, end=len(text),
            text=text, note_sha256=hashlib.sha256(text.encode()).hexdigest(), path="content",
        )
    )  # fmt: skip


def _moment(written: str) -> Moment:
    return Moment(datetime.fromisoformat(written).replace(tzinfo=None), written)
