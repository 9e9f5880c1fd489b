"""What is wanted of results, by all the words that say how: the first rule that holds decides.

A question about results holds words of extremes, sums, changes, bounds and order at once; which
of them is the question and which only says where to look is settled here and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.answers.bounds import OVER_TIME

if TYPE_CHECKING:
    from pipelines.answers.question import Pick
    from pipelines.answers.question.reading import Reading

NORMAL = ("normal", "in range", "ok", "okay", "wnl")


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a question about results that decide what is wanted."""

    extreme: str | None
    total: str | None
    group: str | None
    relation: str | None
    differs: bool
    every: bool
    flag: bool


def wanted(reading: Reading, said: Said) -> str:
    """What is wanted of the results: the first rule of this list that holds."""
    two, bound = len(reading.picks) > 1, reading.threshold is not None
    asked_if = reading.yes_no and not bound
    # "Is the last potassium above 5" checks it; "the last potassium above 5" is one that was.
    picked = "check" if reading.yes_no else "value"
    one_or_all = picked if reading.picks else "exists" if reading.yes_no else "list"
    rules = (
        (said.total in OVER_TIME, said.total),
        (reading.when and bound, "when"),
        (said.relation and asked_if and (two or said.differs), "comparison"),
        (two and said.relation and not said.differs, "comparison"),
        # "Did it drop below 20" asks whether a value was there, not by how much it changed.
        (bound and reading.yes_no and said.differs and not reading.picks, "exists"),
        (
            said.differs and not reading.picks and not said.extreme and _course_asked(reading),
            "trend",
        ),
        (said.differs and (not said.extreme or " and " in said.extreme), "difference"),
        (reading.when, "when"),
        (said.total, said.total),
        (said.extreme, "extreme"),
        (said.flag, "flag"),
        (bound, one_or_all),
        (reading.yes_no and not reading.picks, "exists"),
        (said.every or said.group, "list"),
    )
    return next((ask for holds, ask in rules if holds and ask), "value")


def _course_asked(reading: Reading) -> bool:
    """ "How did it change" asks for the course, "how much did it change" for one number."""
    return re.match(r"(?:so |and )*how (?:did|has|have)\b.*\bchang", reading.text.whole) is not None


def asks_of_flagged(said: Said, when: bool, plural: bool, picks: tuple[Pick, ...]) -> bool:
    """Whether a flag chooses among results: "when was it low", "how often", "which were high"."""
    newest = len(picks) == 1 and picks[0].position == -1 and picks[0].stay is None and when
    one = (
        (picks and not newest) or said.extreme or said.differs or said.total not in (None, "count")
    )
    return not one and (when or plural or said.total == "count")


def flag_word(written: str) -> str:
    """The kind of flag that a word asks for: high, low, normal or abnormal."""
    if "low" in written or "decreased" in written:
        return "low"
    if written == "abnormal" or "out" in written:
        return "abnormal"
    return "normal" if written in NORMAL or "within" in written else "high"
