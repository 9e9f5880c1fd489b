"""A result's value and the ends of its reference range, which are not to be told as each other.

Promises: of a result with a number the sentence's own number is that value; an end of the range
counts only where the sentence speaks of a range or limit, the lower one as the lower. A value
with more than two decimals may be said with fewer, to no less than three figures; a value may be
called "about" what it rounds to.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from pipelines.answers.verify.items import Item
from pipelines.answers.verify.numbers import Quantity, same_unit
from pipelines.answers.verify.reading import Reading

_RANGE_WORD = re.compile(
    r"\b(?:range|ranges|reference|ref|limits?|interval|normal|bounds?|cutoff)\b"
)
_UPPER = re.compile(r"\b(?:upper|maximum|high|up to|above|exceed\w*|over|greater)\b")
_LOWER = re.compile(r"\b(?:lower|minimum|low|below|under|at least|less)\b")
_BETWEEN = re.compile(r"\s*(?:to|and|-|\u2013|\u2014)\s*")
MOST_DECIMALS = 2
LEAST_FIGURES = 3
ABOUT = "~"


def wrong_value(sentence: Reading, item: Item) -> str | None:
    """Why a number of the sentence is not the result's value, or None."""
    fact = item.fact
    if fact is None or not item.is_measured or fact.value is None or not sentence.quantities:
        return None
    ends = {q for q in sentence.quantities if is_of_range(q, sentence, item)}
    value = Decimal(str(fact.value))
    rest = [q for q in sentence.quantities if q not in ends]
    if not rest or any(q.value == value or rounds_to(q, item) for q in rest):
        return None
    return f"{rest[0].value.normalize():f} is not the value of the cited result"


def is_of_range(stated: Quantity, sentence: Reading, item: Item) -> bool:
    """Whether the number is an end of the cited range, said as that end."""
    fact = item.fact
    own = fact.reference_range if fact is not None else None
    if own is None:
        return False
    word = _last(_RANGE_WORD, sentence.low, stated.start)
    if word is None and _RANGE_WORD.match(sentence.low[stated.end :].lstrip(" )")) is None:
        return False
    if stated.unit and fact and fact.unit and not same_unit(stated.unit, fact.unit, item.names):
        return False
    paired = _paired(stated, sentence)
    if paired is not None:
        end = own.low if paired == "low" else own.high
        return end is not None and Decimal(str(end)) == stated.value
    near = sentence.low[max(0, (word or 0) - 30) : stated.start]
    upper, lower = _UPPER.search(near) is not None, _LOWER.search(near) is not None
    ends = [own.low] if lower and not upper else [own.low, own.high]
    ends = [own.high] if upper and not lower else ends
    return any(end is not None and Decimal(str(end)) == stated.value for end in ends)


def _paired(stated: Quantity, sentence: Reading) -> str | None:
    """Which end the number is where two are written as one range (“3.5 to 5.1”)."""
    for one, other in pairwise(sentence.quantities):
        between = sentence.low[one.end : other.start]
        if _BETWEEN.fullmatch(between) and stated in (one, other):
            return "low" if stated is one else "high"
    return None


def _last(pattern: re.Pattern[str], low: str, end: int) -> int | None:
    found = [match.start() for match in pattern.finditer(low, 0, end)]
    return found[-1] if found and end - found[-1] <= 60 else None


def rounds_to(stated: Quantity, item: Item) -> bool:
    """Whether the cited result, rounded as it is said, is this number in the same unit."""
    fact = item.fact
    if fact is None or fact.value is None or fact.comparator or stated.second is not None:
        return False
    if stated.unit and not (fact.unit and same_unit(stated.unit, fact.unit, item.names)):
        return False
    value = Decimal(str(fact.value))
    places, own = _decimals(stated.value), _decimals(value)
    fits = own > MOST_DECIMALS and _figures(stated.value) >= LEAST_FIGURES
    if stated.comparator:
        fits = stated.comparator == ABOUT and (fits or places >= own - 1)
    step = Decimal(1).scaleb(-places)
    return fits and value.quantize(step, ROUND_HALF_UP) == stated.value


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _figures(value: Decimal) -> int:
    return len(value.as_tuple().digits)
