"""Numbers in notes against the results on record: a slip of the pen must not be read twice.

A dictated "INR 4.7" beside a recorded 7.8, a value the laboratory withdrew, a figure of another
patient: the note states a result that no record has. A sentence is compared only where it names a
laboratory test right before a plain number, the record has results of that test within two days of
the note, and none of them is that number as it is written. Goals, bounds and ranges are not values.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from pipelines.charts import labs
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact, Passage
from pipelines.terms.concepts import load

NEAR = timedelta(days=2)
HALF = 0.51
SHORTEST = 2
_NOT_COMPARED = re.compile(
    r"\b(?:goal|target|keep|aim|if|when|until|once|less than|more than|above|below|at least|up to"
    r"|replace|replete|give|dose|withdrawn|h[ae]moly[sz]ed|error|wrong|not ours|misread)\b",
    re.IGNORECASE,
)
_NUMBER = r"(?P<number>\d+(?:\.\d+)?)"
_UNIT = r"(?:mg|mcg|g|mEq|mmol|units?|u|mL|L|q\d+h|days?|h|hours?|weeks?)"
_TAIL = rf"(?![\d.]*\d|\s*[/%x*:]|\s*-\s*\d|\s*{_UNIT}\b(?!/))"


@dataclass(frozen=True, slots=True)
class Known:
    """The tests of one chart by every name of theirs, and their results."""

    pattern: re.Pattern[str] | None
    concept_of: Mapping[str, str]
    results: Mapping[str, Sequence[Fact]]


def known_values(chart: Chart) -> Known:
    """What the sentences of this chart's notes are compared with."""
    kinds = [one for one in labs.kinds(chart) if one.kind == "lab" and one.concept]
    concepts = {one.concept for one in kinds if one.concept and one.numeric_count}
    names = {name: concept for concept in concepts for name in _names(concept)}
    if not names:
        return Known(None, {}, {})
    every: dict[str, list[Fact]] = defaultdict(list)
    keys = [one.code_key for one in kinds]
    for fact in labs.results(chart, keys):
        if fact.concept in concepts and fact.value is not None:
            every[fact.concept].append(fact)
    longest = sorted(names, key=len, reverse=True)
    words = "|".join(re.escape(name) for name in longest)
    pattern = re.compile(
        rf"(?<![\w.-])(?P<name>{words})(?:\s*[:=]|\s+(?:was|is|of|at))?\s+{_NUMBER}{_TAIL}",
        re.IGNORECASE,
    )
    return Known(pattern, names, every)


def misstated(known: Known, passage: Passage) -> Fact | None:
    """The recorded result nearest in time that a sentence states another number of."""
    if known.pattern is None or passage.when is None or _NOT_COMPARED.search(passage.text):
        return None
    for match in known.pattern.finditer(passage.text):
        concept = known.concept_of.get(match["name"].lower())
        if concept is None or not _is_written_as_test(match["name"]):
            continue
        every = known.results.get(concept, ())
        near = [fact for fact in every if _is_near(fact, passage)]
        if near and not _is_among(match["number"], every):
            return near[-1]
    return None


def _is_written_as_test(name: str) -> bool:
    """A name of two letters counts only in capitals: "Na 139", not "na 139"."""
    return len(name) > SHORTEST or name[0].isupper()


def _is_near(fact: Fact, passage: Passage) -> bool:
    if fact.when is None or passage.when is None:
        return False
    return abs(fact.when.instant - passage.when.instant) <= NEAR


def _is_among(said: str, facts: Iterable[Fact]) -> bool:
    """Whether any recorded result is this number as it is rounded here."""
    number, digits = float(said), len(said.partition(".")[2])
    return any(
        abs(number - fact.value) <= HALF * 10.0**-digits for fact in facts if fact.value is not None
    )


@lru_cache(maxsize=2048)
def _names(concept: str) -> tuple[str, ...]:
    """Title and other names of a concept, in lower case."""
    one = load().by_key.get(concept)
    if one is None:
        return ()
    return tuple(dict.fromkeys(name.lower() for name in (one.title, *one.names) if name))
