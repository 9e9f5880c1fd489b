"""The records of which every word of a question is held, and the kind that holds them best.

Names and wordings of several words are taken before cues, cues before single words. A word that
no record of a kind holds rules the kind out; where several kinds hold all of them, the one that
was named, then the one whose own names hold more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.answers.question.names import doubting, is_about
from pipelines.answers.question.text import QuestionText, any_of, key, phrase, tokens
from pipelines.answers.question.word_scope import in_scope
from pipelines.answers.question.words_asked import (
    FREELY,
    MONEY,
    OF_A_VISIT,
    OF_BILLS,
    Asked,
    Scope,
    kinds_of,
    said_in,
    table,
    take_cues,
    yes_or_no,
)
from pipelines.answers.question.words_held import (
    LONGEST_RUN,
    Held,
    Records,
    by_names_alone,
    held,
    root,
)
from pipelines.charts.question_names import thing_names
from pipelines.records.chart import Chart
from pipelines.records.plain import ACTIVE, PlainRecord

MOST_RECORDS = 60
# Kinds of which the chart's names are known without their records.
LISTED = {
    "immunization": "immunization", "procedure": "procedure",
    "problem": "condition", "allergy": "allergy",
}  # fmt: skip
DENYING = frozenset(("no", "without", "not", "absence", "negative", "denies"))
# A visit or a bill is found by what it was for; anything else by its own name.
BY_WHAT_IS_BESIDE = frozenset(("visit", "bill", "decision", "plan", "team", "coverage"))
MARKED = re.compile(r"\b(?:active|current|currently|still|running|ongoing|in force|in effect)\b")
_INACTIVE = re.compile(r"\binactive\b")


@dataclass(frozen=True, slots=True)
class Found:
    """The records of one kind that hold every word, with what is wanted of them."""

    kind: str
    records: tuple[PlainRecord, ...]
    asked: Asked
    score: tuple[int, int, int]


def best(chart: Chart, text: QuestionText, scope: Scope) -> Found | None:
    """The kind of which the records hold the words best; None where none holds them all."""
    plain = Asked(copy(text))
    take_cues(plain)
    kinds = [k for k in kinds_of(plain) if k in plain.nouns or _may_hold(chart, k, text)]
    found = [_of_kind(chart, kind, text, scope) for kind in kinds]
    held_all = [one for one in found if one is not None]
    return max(held_all, key=lambda one: one.score, default=None)


def _may_hold(chart: Chart, kind: str, text: QuestionText) -> bool:
    """Whether a name of this kind has any word of the question; lists alone are looked at."""
    listed = LISTED.get(kind)
    if listed is None:
        return True
    own = by_names_alone(thing_names(chart).get(listed, ()))
    if not own.displays:
        return False
    asked = _taken(text, own)
    return asked.strong > 0 or any(
        own.by_name(word) or own.by_root(word, names_only=True) or own.by_spelling(word)[1]
        for word in asked.text.left()
    )


def _taken(text: QuestionText, own: Held) -> Asked:
    """Names, wordings and cues taken out of the text, in the order in which they count."""
    asked = Asked(copy(text))
    _take_phrases(asked, own, several=True)
    _take_runs(asked, own)
    take_cues(asked)
    _take_phrases(asked, own, several=False)
    return asked


def _of_kind(chart: Chart, kind: str, text: QuestionText, scope: Scope) -> Found | None:
    """The records of one kind that hold every word of the question."""
    own = held(chart, kind)
    if not own.records:
        return None
    asked = _taken(text, own)
    asked.text.take_all(said_in("harmless"))
    if not _take_singles(asked, own) or not _is_enough(asked, kind, scope):
        return None
    numbers = frozenset.intersection(*asked.sets) if asked.sets else range(len(own.records))
    records = [own.records[n] for n in sorted(numbers)]
    records = [r for r in records if _is_meant(r, asked)]
    records = in_scope(chart, records, scope.window, scope.stays)
    records = _with_what_is_wanted(records, asked)
    if not records or len(records) > MOST_RECORDS:
        return None
    named = int(kind in asked.nouns or (kind in OF_BILLS and "bill" in asked.nouns))
    order = -FREELY.index(kind) if kind in FREELY else -len(FREELY)
    return Found(kind, tuple(records), asked, (named, asked.strong, order))


def _is_enough(asked: Asked, kind: str, scope: Scope) -> bool:
    """Whether the words name records of this kind, not only something that stands beside them."""
    named = kind in asked.nouns or (kind in OF_BILLS and bool(asked.wanted & MONEY))
    if kind == "visit":
        placed = bool(asked.sets or scope.window or scope.stays or scope.picks)
        return placed and (named or bool(asked.wanted & OF_A_VISIT and asked.strong))
    if kind in BY_WHAT_IS_BESIDE and (
        named or "payer" in asked.wanted or "activity" in asked.wanted
    ):
        return True
    scoped = bool(asked.wanted or scope.window or scope.stays)
    return asked.strong > 0 or (named and scoped)


def _is_meant(record: PlainRecord, asked: Asked) -> bool:
    """Whether a name says the thing itself: not denied, not another's, not done for it."""
    said, whole = tuple(asked.said), asked.text.whole
    if not said:
        return True
    name = record.names[0]
    told = " ".join((whole, *said))
    if record.kind == "problem":
        return not (_is_denied(name, said) or (_doubts(name) - set(key(told).split())))
    if record.kind == "procedure":
        return not is_about(name, said, told) and not _is_denied(name, said)
    return True


def _is_denied(name: str, said: tuple[str, ...]) -> bool:
    """Whether a word that denies stands before what was said ("no diabetic retinopathy")."""
    words = key(name).split()
    first = next((n for n, w in enumerate(words) if w in DENYING), len(words))
    wanted = {root(w) for text in said for w in key(text).split()}
    return any(root(w) in wanted for w in words[first:]) and not any(
        root(w) in wanted for w in words[:first]
    )


def _doubts(name: str) -> set[str]:
    return set(doubting() & set(key(name).split()))


def _take_runs(asked: Asked, own: Held) -> None:
    """Several words that the vocabulary knows as one name ("ear infection")."""
    for length in range(LONGEST_RUN, 1, -1):
        said = tokens(asked.text.text)
        for first in range(len(said) - length + 1):
            run = said[first : first + length]
            start, end = run[0][1], run[-1][2]
            name = " ".join(w for w, _, _ in run)
            if key(asked.text.text[start:end]) != name:
                continue
            _hold(asked, own.by_name(name), (name, start, end), length)


def _hold(asked: Asked, found: Records, run: tuple[str, int, int], strong: int) -> bool:
    """The records of one run of words as one more thing that must hold; False where none does."""
    said, start, end = run
    if not found:
        return False
    asked.sets.append(found)
    asked.said.append(said)
    asked.strong += strong
    asked.text.blank(start, end)
    return True


@lru_cache(maxsize=2)
def _phrases(several: bool) -> tuple[tuple[re.Pattern[str], Mapping[str, Any], bool], ...]:
    """Deeds and other wordings: of several words, or of one."""
    made = []
    for section in ("otherwise", "deed"):
        for one in table()[section]:
            said = [s for s in one["said"] if (" " in s or "-" in s) == several]
            if said:
                made.append((phrase(any_of(said)), one, section == "deed"))
    return tuple(made)


def _take_phrases(asked: Asked, own: Held, *, several: bool) -> None:
    """Words that charts write otherwise, and deeds that have records of their own."""
    for pattern, one, is_deed in _phrases(several):
        match = asked.text.find(pattern)
        if match is None:
            continue
        strong, found = _any_of_means(own, one["means"], both=one.get("place", False))
        if is_deed and not one.get("hard"):
            against = frozenset().union(*(own.by_root(w, names_only=True) for w in one["against"]))
            found = found or frozenset(range(len(own.records)))
            asked.text.take_all(pattern)
            asked.sets.append(found - against)
            continue
        if found:
            asked.text.take_all(pattern)
            asked.sets.append(found)
            asked.strong += strong
            asked.said += [match.group(), *one["means"]]


def _any_of_means(own: Held, means: Iterable[str], *, both: bool) -> tuple[int, Records]:
    """The records that hold any of the wordings, in their names where one does.

    A place may stand in a name or beside it alike (`both`).
    """
    for names_only in (True, False):
        several = [_holding(own, said, names_only=names_only) for said in means]
        found = frozenset().union(*several)
        if both and names_only:
            found |= frozenset().union(*(_holding(own, said, names_only=False) for said in means))
            found |= _beside(own, means)
        if found:
            return int(names_only and not both), found
    return 0, frozenset()


def _holding(own: Held, said: str, *, names_only: bool) -> Records:
    words = said.replace("-", " ").split()
    return frozenset.intersection(*(own.by_root(w, names_only=names_only) for w in words))


def _beside(own: Held, means: Iterable[str]) -> Records:
    roots = (root(word) for said in means for word in said.split())
    return frozenset().union(*(own.beside.get(r, frozenset()) for r in roots))


def _take_singles(asked: Asked, own: Held) -> bool:
    """Every word that is left, by the records that hold it; False where one is held by none."""
    left = set(asked.text.left())
    for word, start, end in tokens(asked.text.text):
        if word not in left:
            continue
        name = own.by_name(word) | own.by_root(word, names_only=True)
        beside = frozenset() if name else own.by_root(word)
        found = name or beside
        strong = 0 if beside else 1
        if not found:
            meant_word, found = own.by_spelling(word)
            asked.said += [meant_word] if meant_word else []
        if not _hold(asked, found, (word, start, end), strong):
            return False
    return True


def _with_what_is_wanted(records: list[PlainRecord], asked: Asked) -> list[PlainRecord]:
    """Without records of another state than is asked for, and those that cannot say it."""
    whole = asked.text.whole
    if "status" in asked.wanted and not yes_or_no(whole) and not asked.strong:
        if _INACTIVE.search(whole):
            records = [r for r in records if r.status not in ACTIVE]
        elif MARKED.search(whole):
            records = [r for r in records if r.status in ACTIVE]
    if "why" in asked.wanted:
        records = [r for r in records if r.reason or (r.kind != "procedure" and r.visit)]
    if "when" in asked.wanted:
        records = [r for r in records if r.begun is not None]
    # Where none of them has an end, another kind of record may have it.
    over = asked.wanted & {"ended", "left"} and "begun" not in asked.wanted
    return records if not over or any(r.ended for r in records) else []
