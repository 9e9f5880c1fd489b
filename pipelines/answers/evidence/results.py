"""Evidence for questions about results: which of them, deciding ones first.

What goes in is exactly what the question's scope holds: the stay, the window, the bound. For an
extreme, a mean, a sum or a count that is every result in scope; otherwise the ones asked for,
and behind them a few neighbours in time, so that "latest" can be checked. A result without a
number never enters arithmetic; a bound in a unit that cannot be converted finds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from pipelines.answers.bounds import OVER_TIME, meets
from pipelines.answers.evidence.items import result_item
from pipelines.answers.evidence.stays import before, chosen, in_window, nth, since, within_stay
from pipelines.answers.evidence.units import common_unit, in_unit, marked
from pipelines.answers.question import ChartQuestion, Pick, StayWanted, Thing
from pipelines.answers.question.against import against
from pipelines.charts import labs
from pipelines.charts.encounters import encounters
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Encounter, Fact
from pipelines.terms.series import LEAST_FOR_SLOPE, longest_gap_days

CONTEXT_RESULT = "context result"
NEIGHBOURS = 5
MOST_ABNORMAL = 25
IN_ONE_UNIT = ("extreme", "mean", "median", "sum", "trend", "direction", *OVER_TIME)
WHOLE = ("extreme", "mean", "median", "sum", "count", "days", "exists", *OVER_TIME)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a chart's results are cut to before any is chosen."""

    encounters: tuple[Encounter, ...]
    question: ChartQuestion


def result_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The items for a question about results, thing by thing."""
    needs_stays = bool(
        question.stay
        or (question.window and question.window.since)
        or question.against is not None
        or any(pick.stay for pick in question.picks)
    )
    scope = Scope(encounters(chart) if needs_stays else (), question)
    keys = [key for thing in question.things for key in thing.code_keys]
    if question.subject == "any_lab":
        return [result_item(f) for f in _any_lab(chart, scope)]
    found = labs.results(chart, keys) if keys else ()
    items: list[Evidence] = []
    for thing in question.things:
        own = [f for f in found if f.code_key in thing.code_keys]
        made = [result_item(f) for f in _of_thing(own, thing, scope)]
        items.extend(marked(made) if question.ask in IN_ONE_UNIT else made)
    return items


def _any_lab(chart: Chart, scope: Scope) -> list[Fact]:
    """Every laboratory result in scope; for the latest labs, those of the last day with any."""
    if scope.question.ask == "flagged":
        worst = labs.latest_abnormal(chart, MOST_ABNORMAL)
        critical = scope.question.attribute == "critical"
        return [f for f in worst if not critical or f.flag in ("HH", "LL", "AA")]
    found = tuple(f for f in labs.results(chart) if f.kind == "lab")
    mine = _scoped(found, scope, scope.question.stay)
    if scope.question.ask == "exists":
        return mine
    dated = [f for f in mine if f.when is not None]
    last = [f for f in dated if f.when and dated[-1].when and f.when.day == dated[-1].when.day]
    if scope.question.window is not None or scope.question.stay is not None:
        last = dated  # a stretch that is named is told whole, each test by its newest result
    newest = {(f.code_key, f.display): f for f in last}
    if scope.question.against is not None:
        other = Scope(scope.encounters, against(scope.question))
        had = {f.display for f in _scoped(found, other, other.question.stay)}
        return [f for f in newest.values() if f.display not in had]
    return list(newest.values())


def _of_thing(facts: list[Fact], thing: Thing, scope: Scope) -> list[Fact]:
    """The first of the thing's names that has results in scope, and the ones wanted of them."""
    for displays in thing.choices:
        wanted = _wanted([f for f in facts if f.display in displays], scope)
        if wanted:
            others = [f for f in facts if f.display not in displays]
            return [*wanted, *_newer(wanted[0], others, scope)]
    return []


def _newer(latest: Fact, others: list[Fact], scope: Scope) -> list[Fact]:
    """A newer result filed under another name of the same thing, when the latest is asked for.

    The arterial line may have gone while the cuff goes on; whole blood may be the newer potassium.
    """
    question = scope.question
    picks = question.picks or (Pick(-1),)
    if question.ask != "value" or len(picks) > 1 or picks[0].position != -1:
        return []
    mine = _scoped(tuple(others), scope, question.stay or picks[0].stay)
    dated = [f for f in mine if f.when is not None]
    newest = dated[-1:] if dated and latest.when and dated[-1].when else []
    return [f for f in newest if f.when and latest.when and before(latest.when, f.when)]


def _wanted(facts: list[Fact], scope: Scope) -> list[Fact]:
    question = scope.question
    spread = question.ask == "difference" and " and " in (question.extreme or "")
    paired = question.ask in ("difference", "comparison", "elapsed") and not spread
    if paired:
        return _pair(facts, scope)
    stay = question.stay or (question.picks[0].stay if question.picks else None)
    mine = _scoped(tuple(facts), scope, stay)
    if question.ask in ("extreme", "mean", "median", "sum") or question.extreme:
        mine = [f for f in mine if f.value is not None]
    if question.threshold is not None and question.ask not in ("check", *OVER_TIME):
        met = [f for f in mine if meets(f, question.threshold)]
        # A "no" rests on every result that could have met the bound and did not.
        mine = mine if question.ask == "exists" and not met else met
    if question.ask == "slope" and not (stay or question.window):
        mine = _last_course(mine)
    if question.extreme and question.ask != "when":
        return _extreme_first(mine, question)
    ever = question.ask == "flag" and question.every
    if question.ask in WHOLE or ever:
        return list(reversed(mine)) if question.ask == "exists" or ever else mine
    if question.extreme:
        mine = _at_extreme(mine, question)
    if question.ask in ("list", "trend", "direction", "dates"):
        return mine
    if question.ask == "flag" and question.window is not None and not question.picks:
        return list(reversed(mine))
    return _picked(mine, question)


def _last_course(facts: list[Fact]) -> list[Fact]:
    """The results since the last gap that is too long for a course: a slope is of what goes on."""
    dated = [f for f in facts if f.when is not None]
    begin = 0
    for at, (one, other) in enumerate(pairwise(dated), 1):
        gap = timedelta(days=longest_gap_days(other.concept, other.kind))
        if one.when and other.when and other.when.instant - one.when.instant > gap:
            begin = at
    return dated[begin:] if len(dated) - begin >= LEAST_FOR_SLOPE else dated


def _two(question: ChartQuestion) -> tuple[Pick, ...]:
    """The two results that a difference is between: the last, and the first or the one named."""
    if len(question.picks) > 1:
        return question.picks[:2]
    named = question.picks[0] if question.picks else Pick(-1, question.stay)
    other = Pick(1, named.stay) if named.position == -1 else named
    return Pick(-1, named.stay), other


def _pair(facts: list[Fact], scope: Scope) -> list[Fact]:
    found: list[Fact] = []
    for pick in _two(scope.question):
        mine = _scoped(tuple(facts), scope, pick.stay or scope.question.stay)
        numbers = [f for f in mine if f.value is not None]
        if pick.extreme is not None:
            numbers = _at_extreme(numbers, replace(scope.question, extreme=pick.extreme))
        one = nth(numbers, pick.position)
        if one is None:
            return []
        found.append(one)
    if found[0] is found[1]:
        return found[:1]
    began, ended = found[0].when, found[1].when
    if scope.question.attribute == "over_time" and began and ended and began < ended:
        found.reverse()
    return found


def _scoped(facts: tuple[Fact, ...], scope: Scope, wanted: StayWanted | None) -> list[Fact]:
    question = scope.question
    mine = list(facts)
    if wanted is not None:
        stay = chosen(scope.encounters, wanted)
        if stay is None:
            return []
        mine = [f for f in mine if within_stay(f, stay, scope.encounters)]
    if question.window is not None:
        window = since(scope.encounters, question.window)
        if window is None:
            return []
        mine = [f for f in mine if in_window(f.when, window)]
    return mine


def _extreme_first(facts: list[Fact], question: ChartQuestion) -> list[Fact]:
    """All in scope, the highest or lowest of them (the first reached) before the others.

    Where both are asked for they stand in the order asked, for their difference the highest first.
    """
    if not facts or question.group:
        return facts
    both = question.extreme.split(" and ") if question.extreme else []
    if len(both) > 1:
        both = ["maximum", "minimum"] if question.ask == "difference" else both
        ends = [_at_extreme(facts, replace(question, extreme=one))[:1] for one in both]
        told = list(dict.fromkeys(f for end in ends for f in end))
        return [*told, *(f for f in facts if not any(f is t for t in told))]
    best = _at_extreme(facts, question)[0]
    return [best, *(f for f in facts if f is not best)]


def _at_extreme(facts: list[Fact], question: ChartQuestion) -> list[Fact]:
    unit = common_unit(facts)
    numbers = [(number, f) for f in facts if (number := in_unit(f, unit)) is not None]
    if not numbers:
        return []
    highest = question.extreme == "maximum"
    bound = (max if highest else min)(number for number, _ in numbers)
    found = [f for number, f in numbers if number == bound]
    # `>600` lies beyond a plain 600.
    return sorted(found, key=lambda f: (f.comparator or "")[:1] != (">" if highest else "<"))


def _picked(facts: list[Fact], question: ChartQuestion) -> list[Fact]:
    """The results that the positions name, then a few beside the first of them."""
    dated = tuple(f for f in facts if f.when is not None) or tuple(facts)
    # Of several equal extremes the first is meant, as where the extreme itself is told.
    picks = question.picks or (Pick(1 if question.extreme else -1),)
    found = [f for pick in picks if (f := nth(dated, pick.position)) is not None]
    if not found or (len(found) < len(picks) and not question.every):
        return []
    if of_a_stretch(question):
        return [*found, *(f for f in reversed(dated) if f not in found)]
    at = dated.index(found[0])
    beside = dated[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]
    return [*found, *(f for f in reversed(beside) if f not in found)]


def of_a_stretch(question: ChartQuestion) -> bool:
    """Whether the result of a closed stretch is asked for, so that each of them counts."""
    window = question.window
    if question.picks or question.ask != "value" or window is None:
        return False
    return window.start is not None and window.end is not None


def last_outside(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The last result of each thing, told beside a "no" where none lies in the stretch asked."""
    if question.subject != "result" or not (question.window or question.stay):
        return []
    found = [labs.results(chart, t.code_keys)[-1:] for t in question.things if t.code_keys]
    return [replace(result_item(last), kind=CONTEXT_RESULT) for own in found for last in own]
