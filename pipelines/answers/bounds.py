"""Whether a result keeps to a bound: for the gatherer, the writer and the judge alike.

A bound in another unit is converted by the known factor of the analyte; without one no result is
known to keep to it. `<0.5` is below 0.5 and not known to be below 0.3.
"""

from __future__ import annotations

from pipelines.records.answers import Threshold
from pipelines.records.facts import Fact
from pipelines.terms.units import convert, same

OVER_TIME = ("share", "time share", "slope")
"""What is asked of all results in scope together, those that miss a bound among them."""


def no_result_meets(facts: list[Fact], threshold: Threshold) -> bool:
    """Whether every one of these results is known to miss a bound."""
    return all(f.value is not None and not f.comparator for f in facts) and not any(
        meets(f, threshold) for f in facts
    )


def bounds_in(
    threshold: Threshold, unit: str | None, concept: str | None
) -> tuple[float, float | None] | None:
    """The bound's numbers in a result's unit; None where no factor is known."""
    if not threshold.unit or not unit or same(threshold.unit, unit):
        return threshold.value, threshold.upper
    value = convert(threshold.value, threshold.unit, unit, concept)
    if value is None or threshold.upper is None:
        return None if value is None else (value, None)
    upper = convert(threshold.upper, threshold.unit, unit, concept)
    return None if upper is None else (value, upper)


def meets(fact: Fact, threshold: Threshold) -> bool:
    """Whether a result keeps to a bound; `<0.5` is below 0.5 and not known to be below 0.3."""
    if fact.value is None:
        return False
    bounds = bounds_in(threshold, fact.unit, fact.concept)
    if bounds is None:
        return False
    bound, upper = bounds
    least = float("-inf") if (fact.comparator or "").startswith("<") else fact.value
    most = float("inf") if (fact.comparator or "").startswith(">") else fact.value
    return {
        "greater": least > bound or (fact.comparator == ">" and fact.value >= bound),
        "less": most < bound or (fact.comparator == "<" and fact.value <= bound),
        "at_least": least >= bound,
        "at_most": most <= bound,
        "equal": fact.value == bound and not fact.comparator,
        "between": least >= bound and upper is not None and most <= upper,
    }[threshold.relation]


def limits_of(
    bound: Threshold, unit: str | None, concept: str | None
) -> tuple[float, float] | None:
    """The lowest and the highest number that keep to a bound, in the results' unit."""
    numbers = bounds_in(bound, unit, concept)
    if numbers is None or bound.relation == "equal":
        return None
    value, upper = numbers
    if bound.relation in ("greater", "at_least"):
        return value, float("inf")
    if bound.relation in ("less", "at_most"):
        return float("-inf"), value
    return None if upper is None else (value, upper)
