"""When a result became known: at its issue, else when it was taken.

A briefing of an earlier moment must not know what a laboratory said after it, and a culture taken
two days ago is news in the hour its report came.
"""

from __future__ import annotations

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment


def known(fact: Fact) -> Moment | None:
    """The moment from which this result could be known."""
    return fact.issued or fact.when


def is_known(fact: Fact, as_of: Moment) -> bool:
    """Whether the result had been issued by then."""
    moment = known(fact)
    return moment is None or moment.instant <= as_of.instant
