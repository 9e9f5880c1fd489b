"""Whether numbers of a line go with what stands beside them, where several records make the line.

"highest 128 (high, range 50 to 110) 2026-11-09 15:00" is of one record: number, mark, day and time
must stand together in one telling. A span of so many readings is the lowest and the highest of all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.briefing import wording
from pipelines.briefing.records_said.words import link_words, tokens
from pipelines.records.facts import Fact

_MOMENT = r"(?P<when>(?: \d{4}-\d\d-\d\d)?(?: \d\d:\d\d)?)"
_MARKED = re.compile(
    r"(?<![\w.])(?P<value>\d+(?:\.\d+)?)(?P<unit>(?: (?!readings)[^\d\s()→;,]\S*)?) "
    rf"\((?P<mark>[^()]*)\){_MOMENT}"
)
_DATED = re.compile(rf"\b(?:last|highest|lowest) (?P<value>\d+(?:\.\d+)?)(?![-:.\d]){_MOMENT}")
_SPAN = re.compile(
    r"(?<![\w.])(?P<low>\d+(?:\.\d+)?)\u2013(?P<high>\d+(?:\.\d+)?)[^()]* in \d+ readings"
)


def unbound(text: str, facts: Sequence[Fact], tellings: Sequence[str]) -> str | None:
    """The first stretch of a line of several records that no single record bears out."""
    told = [frozenset(tokens(telling)) for telling in tellings]
    for pattern in (_MARKED, _DATED):
        for match in pattern.finditer(text):
            said = set(tokens(" ".join(match.groupdict().values()))) - link_words()
            if not any(said <= one for one in told):
                return match.group()
    span = _SPAN.search(text)
    if span is None:
        return None
    ends = sorted(facts, key=lambda fact: fact.value or 0.0)
    low, high, *_rest = wording.numbers([ends[0], ends[-1], *facts])
    return None if (low, high) == (span["low"], span["high"]) else span.group()
