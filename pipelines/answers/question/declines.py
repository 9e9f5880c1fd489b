"""Questions that one patient's record cannot answer, told by their topic.

Advice, orders, general knowledge, schedules, costs, other people: the table
`question_declines.toml` names them, with the sentence that says so. It is a first net; the
second is that no question with unexplained words is answered.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipelines.answers.question.text import QuestionText

TABLE = Path(__file__).with_name("question_declines.toml")
OTHER_PATIENT = "The question names another patient; only this patient's chart is read."
SHORTEST_NUMBER = 4
_NUMBERED = re.compile(
    r"\b(?:patient|pt|mrn|subject|subject_id|patient_id|patient\s+id|chart)(?:\s+(?:number|no\.?|id))?"
    r"\s*[#:]?\s*(?P<id>(?!\d+(?:st|nd|rd|th)\b)(?=[a-z0-9/-]*\d)[a-z0-9/-]{2,})"
)
_DOCTOR = re.compile(r"\b(?:dr\.?|doctor)\s+(?!appointment|visit|note)[a-z]+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question is declined; `unless_records`: not where records answer it."""

    says: str
    unless_records: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of question that is declined."""

    name: str
    says: str
    unless_notes: bool
    unless_records: bool
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None

    def declines(self, question: str, *, has_notes: bool) -> bool:
        """Whether this topic declines the question, with notes or without."""
        if self.unless_notes and has_notes:
            return False
        if self.unless is not None and has_notes and self.unless.search(question):
            return False
        return self.pattern.search(question) is not None


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    """The table, in its order."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))["topic"]
    return tuple(
        Topic(
            t["name"],
            t["says"],
            t.get("unless_notes", False),
            t.get("unless_records", False),
            re.compile("|".join(t["patterns"])),
            re.compile(t["unless"]) if "unless" in t else None,
        )
        for t in table
    )


def declined(question: str, *, has_notes: bool) -> Refusal | None:
    """What declines this question by its topics, or None.

    Of several topics one that no record lifts decides: an order to book an appointment is an
    order, whatever appointments the chart has.
    """
    found = [topic for topic in topics() if topic.declines(question, has_notes=has_notes)]
    if not found:
        return None
    return Refusal(found[0].says, all(topic.unless_records for topic in found))


def named_patients(question: str) -> tuple[re.Match[str], ...]:
    """Where the question names a patient by a number."""
    return tuple(_NUMBERED.finditer(question))


def bare_numbers(question: str, own: frozenset[str]) -> tuple[re.Match[str], ...]:
    """Where one of the patient's own numbers stands without the word "patient" before it."""
    numbers = sorted((n for n in own if len(n) >= SHORTEST_NUMBER and re.search(r"\d", n)), key=len)
    if not numbers:
        return ()
    listed = "|".join(map(re.escape, reversed(numbers)))
    return tuple(re.finditer(rf"(?<![\w./-])(?P<id>{listed})(?![\w/-]|\.\d)", question))


def names_another(found: Iterable[re.Match[str]], own: frozenset[str]) -> bool:
    """Whether any of the numbers is not one of this patient's identifiers."""
    return any(match["id"].strip("/-") not in own for match in found)


def names_doctor(question: str) -> bool:
    """Whether a clinician is asked about by name."""
    return _DOCTOR.search(question) is not None


def blank_name(text: QuestionText, question: str, names: frozenset[str]) -> None:
    """The patient's own name, written as a name: a title before it or a capital letter."""
    capitals = {w.lower() for w in re.findall(r"\b[A-Z]\w+", question)} & names
    if capitals:
        title = r"(?:(?:of|for|by)\s+)?(?:(?:mr|mrs|ms|miss|mx)\b\.?\s+)?"
        named = "|".join(map(re.escape, sorted(capitals)))
        text.take_all(re.compile(rf"\b{title}(?:{named})\b(?:[,\s]+(?:{named})\b)*"))
