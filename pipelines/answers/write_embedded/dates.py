"""How long ago, and the range of the result: what a short answer adds to a value and its date.

`2026-11-22 05:30 (3 h ago)` counts back from the chart's as-of, never from the wall clock; a
date without a time is told in days, months or years. The range is the one that the result itself
carries. Only an answer of few sentences with one date each is told so: in a list or a course the
additions would bury the values. Values and citations stay what they are, and the judge counts
every "ago" again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from pipelines.answers.evidence.items import shown_value
from pipelines.answers.write_embedded.flags import range_words
from pipelines.records.answers import Draft, DraftSentence
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.moments import Moment
from pipelines.terms import dates

MOST_DATED = 3
MOST_RANGED = 2
MEASURED = ("lab", "vital", "observation")
DATED = frozenset(MEASURED) | {"medication", "condition", "procedure", "immunization"}
DATED |= {"appointment", "encounter", "context result", "past medication", "past problem"}
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?(?![\d-])")
_MINUTES, _HOURS, _DAYS = 60, 48, 60
_SECONDS_OF_HOUR = 3_600
_DAYS_OF_MONTH, _DAYS_OF_YEAR = 30.4375, 365.25


def with_distances(draft: Draft, evidence: EvidenceSet) -> Draft:
    """The draft with "3 h ago" after single dates, and the range after single results."""
    few = len(draft.sentences) <= MOST_DATED
    if not draft.answerable or evidence.as_of is None or not few:
        return draft
    numbered = {item.number: item for item in evidence.items}
    told = [_dated(s, numbered, evidence.as_of) for s in draft.sentences]
    if len(told) <= MOST_RANGED:
        told = [_ranged(s, numbered) for s in told]
    return replace(draft, sentences=tuple(told))


def ago(when: Moment, as_of: Moment) -> str | None:
    """`3 h ago`, `2 days ago`, `in 3 weeks`; None at the chart's last entry itself."""
    days = (dates.local_clock(as_of).date() - dates.local_clock(when).date()).days
    if not when.has_time or not as_of.has_time:
        return "same day" if days == 0 else _said(*_long(abs(days)), ahead=days < 0)
    seconds = (as_of.instant - when.instant).total_seconds()
    minutes = round(abs(seconds) / 60)
    if minutes < 1:
        return None
    if minutes < _MINUTES:
        return _said(minutes, "min", ahead=seconds < 0)
    hours = round(abs(seconds) / _SECONDS_OF_HOUR)
    if hours < _HOURS:
        return _said(hours, "h", ahead=seconds < 0)
    return _said(*_long(abs(days)), ahead=seconds < 0)


def _long(days: int) -> tuple[int, str]:
    """Days as days, months or years, completed ones."""
    if days < _DAYS:
        return days, "day" if days == 1 else "days"
    if days < 2 * _DAYS_OF_YEAR:
        return int(days / _DAYS_OF_MONTH), "months"
    return int(days / _DAYS_OF_YEAR), "years"


def _said(count: int, unit: str, *, ahead: bool) -> str:
    return f"in {count} {unit}" if ahead else f"{count} {unit} ago"


def _dated(
    sentence: DraftSentence, numbered: Mapping[int, Evidence], as_of: Moment
) -> DraftSentence:
    first = numbered.get(sentence.cites[0]) if sentence.cites else None
    found = list(_DATE.finditer(sentence.text))
    if first is None or first.fact is None or first.kind not in DATED or len(found) != 1:
        return sentence
    written = found[0].group()
    when = first.fact.when
    if when is None or when.clock != written:
        when = dates.moment(written.replace(" ", "T"))
    distance = ago(when, as_of)
    if distance is None:
        return sentence
    before, after = sentence.text[: found[0].end()], sentence.text[found[0].end() :]
    inside = before.count("(") > before.count(")")
    said = f", {distance}" if inside else f" ({distance})"
    return replace(sentence, text=f"{before}{said}{after}")


def _ranged(sentence: DraftSentence, numbered: Mapping[int, Evidence]) -> DraftSentence:
    """The sentence with its result's range, where it tells that one result and nothing after."""
    first = numbered.get(sentence.cites[0]) if sentence.cites else None
    if first is None or first.fact is None or first.fact.kind != "lab":
        return sentence
    said = range_words(first.fact)
    told = said is not None and first.fact.value is not None
    if not told or ";" in sentence.text or sentence.text.count(shown_value(first.fact)) != 1:
        return sentence
    return replace(sentence, text=f"{sentence.text.rstrip('.')}; {said}.")
