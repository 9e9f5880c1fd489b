"""Asides of a sentence, checked by themselves: how long ago ("3 h ago"), and a result's range.

Promises: a distance from the chart's end is taken out of a sentence before it is judged only
where it directly follows a date, and only when the distance from that date to the chart's as-of
is what it says, rounded or in completed units; a wrong one refuses the sentence. A phrase with no
date before it is left in, so that the cited words must carry it: "fell 2 days ago" of a note
counts from the note's day. A range at the end of a sentence is the first cited result's own, both
ends, or the sentence is refused; in other words than these it is judged like any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from pipelines.answers.verify.items import Item
from pipelines.answers.verify.numbers import DateMention, dates_in
from pipelines.records.moments import Moment
from pipelines.terms.dates import local_clock

SECONDS = {
    "min": 60, "minute": 60, "h": 3_600, "hour": 3_600, "day": 86_400, "week": 604_800,
    "month": 2_629_800, "year": 31_557_600,
}  # fmt: skip
DAY = 86_400
WRONG = "“{said}” is not how far that date is from the chart's last entry"
OTHER_RANGE = "the range is not that of the cited result"
_END = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(
    rf"; range (?:(?P<low>{_END}) to (?P<high>{_END})|up to (?P<most>{_END})"
    rf"|from (?P<least>{_END}))"
    r"(?=[.;]?\s*$|;)"
)
_UNIT = r"(?P<unit>min|minutes?|h|hours?|days?|weeks?|months?|years?)"
_PHRASE = re.compile(
    rf"(?P<open>\s*\(|,\s)(?P<said>same day|yesterday|(?P<n>\d+) {_UNIT} ago"
    r"|in (?P<m>\d+) (?P<ahead>min|minutes?|h|hours?|days?|weeks?|months?|years?))"
)


def without_asides(text: str, items: Sequence[Item], as_of: Moment | None) -> tuple[str, str]:
    """The text without asides that hold, and why one does not (empty when all do)."""
    bare, refusal = _without_range(text, items)
    return (bare, refusal) if refusal else _without_distances(bare, items, as_of)


def _without_range(text: str, items: Sequence[Item]) -> tuple[str, str]:
    said = _RANGE.search(text)
    fact = items[0].fact if items else None
    if said is None or fact is None:
        return text, ""
    own = fact.reference_range
    stated = (said["low"] or said["least"], said["high"] or said["most"])
    recorded = (own.low, own.high) if own is not None else (None, None)
    if tuple(float(end) if end else None for end in stated) != recorded:
        return text, OTHER_RANGE
    return text[: said.start()] + text[said.end() :], ""


def _without_distances(text: str, items: Sequence[Item], as_of: Moment | None) -> tuple[str, str]:
    """The text without its right distances, and why it is refused (empty when it is not)."""
    if as_of is None:
        return text, ""
    kept, end = [], 0
    for mention in dates_in(text.lower()):
        phrase = _PHRASE.match(text, mention.end)
        if phrase is None or mention.day is None or mention.year is None:
            continue
        stop = phrase.end()
        if "(" in phrase["open"]:
            if text[stop : stop + 1] != ")":
                continue
            stop += 1
        if not _holds(phrase, mention, items, as_of):
            return text, WRONG.format(said=phrase["said"])
        kept.append(text[end : mention.end])
        end = stop
    return "".join((*kept, text[end:])), ""


def _holds(
    phrase: re.Match[str], mention: DateMention, items: Sequence[Item], as_of: Moment
) -> bool:
    seconds = _elapsed(mention, items, as_of)
    written = datetime(mention.year or 1, mention.month or 1, mention.day or 1)
    days = (local_clock(as_of).date() - written.date()).days
    if phrase["n"] is None and phrase["m"] is None:
        return days == (0 if phrase["said"] == "same day" else 1)
    ahead = phrase["m"] is not None
    stated = int(phrase["m"] or phrase["n"])
    unit = (phrase["ahead"] or phrase["unit"]).removesuffix("s")
    if (seconds is None and SECONDS[unit] < DAY) or ((days < 0) != ahead and days != 0):
        return False
    calendar = abs(days) * DAY / SECONDS[unit]
    exact = abs(seconds) / SECONDS[unit] if seconds is not None else calendar
    if seconds is not None and seconds != 0 and (seconds < 0) != ahead:
        return False
    close = {round(exact), int(exact)}
    if SECONDS[unit] >= DAY:
        close |= {round(calendar), int(calendar)}
    return stated in close and stated > 0


def _elapsed(mention: DateMention, items: Sequence[Item], as_of: Moment) -> float | None:
    """Seconds from the date to the as-of, by the record's own instant where it is the same."""
    if mention.clock is None or not as_of.has_time:
        return None
    hour, minute = (int(part) for part in mention.clock.split(":")[:2])
    local = datetime(mention.year or 1, mention.month or 1, mention.day or 1, hour, minute)
    clock = f"{local:%Y-%m-%d %H:%M}"
    for item in items:
        when = item.fact.when if item.fact is not None else None
        if when is not None and when.clock == clock:
            return (as_of.instant - when.instant).total_seconds()
    return (local_clock(as_of) - local).total_seconds()
