"""Which result out of range a reader must see before another.

The order weighs three things: what is measured (`result_weights.toml`, which a clinician can
change), how far the value lies beyond its limit, and how much it changed since the value before.
It never decides whether a result is out of range, and it hides nothing: it only orders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipelines.records.facts import Fact
from pipelines.terms import site

WEIGHTS = Path(__file__).with_name("result_weights.toml")
DEFAULT_WEIGHT = 1.0
WORDED = 1.0  # an abnormal result without numbers, a culture for example, counts as one width


def importance(facts: Sequence[Fact]) -> float:
    """Of a line's results, the deciding one first: higher comes first; 0 where none is flagged."""
    deciding = facts[0]
    if deciding.flag is None:
        return 0.0
    beyond = _beyond_its_limit(deciding)
    change = moved(deciding, facts[1]) if len(facts) > 1 else 0.0
    return weight(deciding) * (beyond + change)


def weight(fact: Fact) -> float:
    """How much this analyte weighs beside another, in range or not."""
    return _weights().get(fact.concept or "", DEFAULT_WEIGHT)


def _beyond_its_limit(fact: Fact) -> float:
    """How far a flagged value lies beyond its limit, in widths of its range."""
    if fact.value is None:
        return WORDED
    limit = _limit(fact)
    width = _width(fact)
    return abs(fact.value - limit) / width if limit is not None and width else 0.0


def moved(latest: Fact, earlier: Fact) -> float:
    """How much a value changed, in widths of its range; 0 where it cannot be told."""
    width = _width(latest)
    if latest.value is None or earlier.value is None or latest.unit != earlier.unit or not width:
        return 0.0
    return abs(latest.value - earlier.value) / width


def _limit(fact: Fact) -> float | None:
    reference = fact.reference_range
    if reference is None:
        return None
    return reference.low if fact.flag in ("L", "LL") else reference.high


def _width(fact: Fact) -> float:
    """The width of the range; the limit itself where the range has one end only."""
    reference = fact.reference_range
    if reference is None:
        return 0.0
    if reference.low is None or reference.high is None:
        return abs(reference.low or reference.high or 0.0)
    return reference.high - reference.low


@site.remembered()
def _weights() -> Mapping[str, float]:
    with site.shaped(WEIGHTS.name):
        return {key: float(value) for key, value in site.table(WEIGHTS)["weight"].items()}
