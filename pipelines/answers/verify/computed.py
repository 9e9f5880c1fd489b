"""Arithmetic stated by a writer, done again from the cited records.

Promises: minimum, maximum, mean, median, sum, count, difference, exists, elapsed and compare are
recomputed from the facts behind the citations alone; the stated result must agree to its last
written digit, in one unit (converted only by a known factor), and the sentence must say it. A
value with `<` or `>` spoils a mean or a sum, and an extreme that it could change. Which records
belong in is the gatherer's word; that the deciding one stands first is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from statistics import median

from pipelines.answers.bounds import meets
from pipelines.answers.note_sides import denied_word, disagree, says
from pipelines.answers.verify.code_status import broken_code_status
from pipelines.answers.verify.conflicts import broken_conflict
from pipelines.answers.verify.items import Case, Item
from pipelines.answers.verify.numbers import same_unit
from pipelines.answers.verify.reading import Reading
from pipelines.answers.verify.shares import AGAIN, bound_numbers, said_else
from pipelines.records.answers import Cell, Computation
from pipelines.records.facts import Fact
from pipelines.terms.units import convert

SECONDS = {
    "second": 1, "minute": 60, "min": 60, "hour": 3600, "h": 3600, "day": 86400, "d": 86400,
    "week": 604800, "month": 2629746, "year": 31556952,
}  # fmt: skip
YES = frozenset({"1", "yes", "true"})
NO = frozenset({"0", "no", "false"})


def broken_computation(
    computation: Computation, sentence: Reading, items: Sequence[Item], case: Case
) -> str | None:
    """Why the stated result is not what the cited records give, or None."""
    if computation.operation == "code status":
        return broken_code_status(computation, sentence, items, case)
    if computation.operation in AGAIN:
        return _over_time(computation, sentence, items)
    recompute = _OPERATIONS.get(computation.operation)
    if recompute is None:
        return f"the operation {computation.operation} is not known"
    reason = recompute(computation, items, case)
    return reason or _unsaid(computation, sentence, items)


def _over_time(computation: Computation, sentence: Reading, items: Sequence[Item]) -> str | None:
    again = AGAIN[computation.operation](computation, items)
    if again is None:
        return "the cited results do not allow this arithmetic"
    value, told = again
    return _differs(computation, value) or said_else(sentence, value, told)


Numbers = list[tuple[Fact, Decimal]]
DIFFERENT_UNITS = "the cited results have different units"


def _numbers(computation: Computation, items: Sequence[Item]) -> Numbers | None:
    """The cited numbers in one unit, the stated or the first; None where no factor is known."""
    facts = [item.fact for item in items if item.fact is not None and item.fact.value is not None]
    target = computation.unit or next((fact.unit for fact in facts if fact.unit), None)
    found: Numbers = []
    for fact in facts:
        value = _in_unit(fact, target)
        if value is None:
            return None
        found.append((fact, value))
    return found


def _in_unit(fact: Fact, target: str | None) -> Decimal | None:
    value = fact.value or 0.0
    if not target or not fact.unit or same_unit(target, fact.unit, _names(fact)):
        return Decimal(str(value))
    converted = convert(value, fact.unit, target, fact.concept)
    return None if converted is None else Decimal(str(converted))


def _names(fact: Fact) -> frozenset[str]:
    return frozenset({fact.display.lower(), fact.concept or ""})


def _agrees(result: Cell, value: Decimal) -> bool:
    stated = _decimal(result)
    if stated is None:
        return False
    exponent = stated.as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return abs(stated - value) <= Decimal(5) * Decimal(10) ** (-digits - 1)


def _decimal(result: Cell) -> Decimal | None:
    try:
        return Decimal(str(result))
    except InvalidOperation:
        return None


def _extreme(computation: Computation, items: Sequence[Item], sign: int) -> str | None:
    numbers = _numbers(computation, items)
    if not numbers:
        return DIFFERENT_UNITS if numbers is None else "no cited record has a number"
    first_fact, first = numbers[0]
    best = max(sign * value for _, value in numbers)
    # Whatever `<3.2` was, it may be less than a minimum of 3.1; it cannot exceed a maximum.
    beyond = "<" if sign < 0 else ">"
    open_ended = [fact for fact, _ in numbers if (fact.comparator or "")[:1] == beyond]
    unsure = bool(open_ended) and first_fact not in open_ended
    if sign * first != best or unsure:
        return "another cited result lies beyond the one named"
    return _differs(computation, first, exact=True)


def _differs(computation: Computation, value: Decimal, *, exact: bool = False) -> str | None:
    stated = _decimal(computation.result)
    same = stated == value if exact else _agrees(computation.result, value)
    return None if same else "the arithmetic over the cited records gives another result"


def _mean(computation: Computation, items: Sequence[Item], _case: Case) -> str | None:
    numbers = _numbers(computation, items)
    if not numbers or any(fact.comparator for fact, _ in numbers):
        return DIFFERENT_UNITS if numbers is None else "the cited results cannot be averaged"
    total = sum((value for _, value in numbers), Decimal(0))
    return _differs(computation, total / len(numbers))


def _median(computation: Computation, items: Sequence[Item], _case: Case) -> str | None:
    numbers = _numbers(computation, items)
    if not numbers or any(fact.comparator for fact, _ in numbers):
        return DIFFERENT_UNITS if numbers is None else "the cited results have no median"
    return _differs(computation, median(value for _, value in numbers))


def _sum(computation: Computation, items: Sequence[Item], _case: Case) -> str | None:
    numbers = _numbers(computation, items)
    if not numbers or any(fact.comparator for fact, _ in numbers):
        return DIFFERENT_UNITS if numbers is None else "the cited results cannot be added"
    total = sum((value for _, value in numbers), Decimal(0))
    return _differs(computation, total)


def _count(computation: Computation, items: Sequence[Item], _case: Case) -> str | None:
    counted = [item for item in items if not _is_patient(item)]
    bound = computation.bound
    if bound is not None and not all(i.fact and meets(i.fact, bound) for i in counted):
        return "a cited result does not keep to the bound"
    return _differs(computation, Decimal(len(counted)), exact=True)


def _days(computation: Computation, items: Sequence[Item], _case: Case) -> str | None:
    whens = [item.fact.when for item in items if item.fact is not None and not _is_patient(item)]
    if any(when is None for when in whens):
        return "a cited record has no day"
    return _differs(computation, Decimal(len({when.day for when in whens if when})), exact=True)


def _difference(computation: Computation, items: Sequence[Item], _case: Case) -> str | None:
    numbers = _numbers(computation, items)
    if numbers is None or len(numbers) != 2 or any(fact.comparator for fact, _ in numbers):
        return "a difference needs two cited results with plain numbers"
    gap = numbers[0][1] - numbers[1][1]
    if not (_agrees(computation.result, gap) or _agrees(computation.result, -gap)):
        return "the arithmetic over the cited records gives another result"
    return None


def _exists(computation: Computation, items: Sequence[Item], case: Case) -> str | None:
    said = str(computation.result).lower()
    present = [item for item in items if not _is_patient(item)]
    if said in YES:
        return None if present else "nothing that is cited shows it"
    if said not in NO:
        return "an existence is yes or no"
    if present or not items:
        return "a “no” cites the patient's record alone"
    # The gatherer found nothing else on the matter: any other fact would contradict the "no".
    others = [
        item
        for item in case.items.values()
        if not _is_patient(item) and item.fact and not item.evidence.kind.startswith("context")
    ]
    return "the evidence shows what is denied" if others else None


def _elapsed(computation: Computation, items: Sequence[Item], _case: Case) -> str | None:
    moments = [item.fact.when for item in items if item.fact is not None and item.fact.when]
    unit = (computation.unit or "").lower().removesuffix("s") or "hour"
    stated = _decimal(computation.result)
    if len(moments) < 2 or unit not in SECONDS or stated is None:
        return "an elapsed time needs two cited moments and a unit"
    seconds = abs((moments[0].instant - moments[1].instant).total_seconds())
    value = Decimal(str(seconds)) / SECONDS[unit]
    # Whole units may be completed ones (“3 days”) as well as rounded.
    whole = stated == stated.to_integral_value() and stated == int(value)
    return None if whole else _differs(computation, value)


def _compare(computation: Computation, items: Sequence[Item], _case: Case) -> str | None:
    numbers = _numbers(computation, items)
    if numbers is None or len(numbers) < 2 or any(fact.comparator for fact, _ in numbers[:2]):
        return "a comparison needs two cited results with plain numbers"
    (_, one), (_, other) = numbers[:2]
    truth = "higher" if one > other else "lower" if one < other else "same"
    said = str(computation.result).lower()
    words = {truth, "1" if truth == "higher" else "0", "yes" if truth == "higher" else "no"}
    if said not in words | ({"unchanged", "equal"} if truth == "same" else set()):
        return "the comparison of the cited results comes out otherwise"
    return None


def _unnamed(computation: Computation, items: Sequence[Item], case: Case) -> str | None:
    """That no entry names a drug cites the patient, and no evidence may name it."""
    if not items or not all(_is_patient(item) for item in items):
        return "what no entry names cites the patient's record alone"
    word = str(computation.result).lower()
    named = any(word in item.reading.low for item in case.items.values())
    return "the evidence names what is said to be named nowhere" if named else None


def _disagree(_computation: Computation, items: Sequence[Item], _case: Case) -> str | None:
    holds = disagree([item.reading for item in items if item.evidence.passage is not None])
    return None if holds else "no cited sentence denies what another one says"


def _denied(computation: Computation, items: Sequence[Item], case: Case) -> str | None:
    """A "no" by what a note denies: the cited sentence denies that word, none says it."""
    thing = ((str(computation.result).lower(),),)
    cited = [item.evidence.passage for item in items]
    if not cited or any(p is None or denied_word(p.text, thing) is None for p in cited):
        return "the cited sentence does not deny it"
    for item in case.items.values():
        passage = item.evidence.passage
        if passage is None or passage in cited or not says(passage.text, thing):
            continue
        return "another sentence says what is denied"
    return None


def _ends_of_ranges(items: Sequence[Item]) -> set[Decimal]:
    """The ends of the ranges that the cited results are judged by."""
    ranges = (i.fact.reference_range for i in items if i.fact and i.fact.reference_range)
    return {Decimal(str(end)) for own in ranges for end in (own.low, own.high) if end is not None}


def _unsaid(computation: Computation, sentence: Reading, items: Sequence[Item]) -> str | None:
    """Numbers and dates of the sentence must be the result or stand in the cited records."""
    misdated = _misdated(computation, sentence, items)
    if misdated is not None:
        return misdated
    result = _decimal(computation.result)
    if result is None or computation.operation in ("exists", "compare"):
        return None
    stated = [quantity.value for quantity in sentence.quantities]
    if computation.operation == "difference":
        result, stated = abs(result), [abs(value) for value in stated]
    if result not in stated and not any(_agrees(float(v), result) for v in stated):
        if result == 0 and any(term.negated for term in sentence.terms):
            return None
        return "the sentence does not say the result"
    known = {result, Decimal(len(items)), *_values(items), *bound_numbers(computation)}
    known |= _ends_of_ranges(items)
    for value in stated:
        carried = value in known or _agrees(float(value), result)
        if not carried and not any(value == q.value for item in items for q in item.quantities):
            return f"the number {value.normalize():f} does not stand in the cited records"
    return None


def _values(items: Sequence[Item]) -> set[Decimal]:
    facts = [item.fact for item in items if item.fact is not None]
    return {Decimal(str(fact.value)) for fact in facts if fact.value is not None}


def _misdated(computation: Computation, sentence: Reading, items: Sequence[Item]) -> str | None:
    """A date in the sentence may be the window's, but an extreme's own date is the record's."""
    for mention in sentence.dates:
        if mention.ambiguous:
            return f"the date {mention.written} can be read in two ways"
    if not sentence.dates or computation.operation not in ("minimum", "maximum", "denied"):
        return None
    if any(mention.fits(date) for mention in sentence.dates for date in items[0].dates):
        return None
    return "the date is not that of the deciding record"


def _is_patient(item: Item) -> bool:
    return item.fact is not None and item.fact.kind == "patient"


_OPERATIONS: dict[str, Callable[[Computation, Sequence[Item], Case], str | None]] = {
    "minimum": lambda c, items, _case: _extreme(c, items, -1),
    "maximum": lambda c, items, _case: _extreme(c, items, 1),
    "mean": _mean,
    "median": _median,
    "sum": _sum,
    "count": _count,
    "days": _days,
    "difference": _difference,
    "exists": _exists,
    "elapsed": _elapsed,
    "compare": _compare,
    "conflict": lambda _c, items, _case: broken_conflict(items),
    "denied": _denied,
    "disagree": _disagree,
    "unnamed": _unnamed,
}
