"""The newest result of each chart, and whether it keeps to a bound: the question of a ward list.

"Now" is the newest result under any name of the analyte: an arterial line's potassium of an hour
ago decides before the laboratory's of this morning. What cannot be decided is not: a newest result
without a number, one of which `<` or `>` leaves the bound open, one in a unit without a known
factor, two of the same moment on both sides of the bound, and one older than seven days at the
chart's as-of are all "the chart does not say", each with its reason and its source.

A bound without a unit is read in the unit that most of the newest results have, and said so: a
creatinine of 88 umol/L is not above "2".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from pipelines.answers.bounds import bounds_in, meets
from pipelines.answers.evidence.items import numbered, result_item
from pipelines.answers.question import ChartQuestion, Pick, understand
from pipelines.answers.verify import verify
from pipelines.answers.write_embedded import write
from pipelines.charts import labs
from pipelines.records.answers import Draft, Statement, Threshold
from pipelines.records.chart import Chart
from pipelines.records.evidence import EvidenceSet
from pipelines.records.facts import Fact
from pipelines.terms.units import canonical

Verdict = Literal["yes", "no", "not_said"]
STILL_NOW = timedelta(days=7)
"""How old the newest result may be at the chart's as-of and still be told as of now."""

NO_NUMBER = "The result is not a number."
OPEN_BOUND = "The result does not say on which side of the bound it lies."
OTHER_UNIT = "The result is in a unit that cannot be compared with the bound."
BOTH_SIDES = "Two results of the same moment lie on both sides of the bound."
UNDATED = "No result of this chart that has a number carries a date."
SINCE = "Not measured since {when} ({days} days before this chart's last entry)."
CONTRARY = {
    "greater": "at_most",
    "less": "at_least",
    "at_least": "less",
    "at_most": "greater",
}


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest results of one chart (several where they are of one moment), oldest name first."""

    facts: tuple[Fact, ...]

    @property
    def fact(self) -> Fact:
        """The first of them."""
        return self.facts[0]


def is_newest(asked: ChartQuestion) -> bool:
    """Whether a question is about the newest result of one thing and nothing narrower."""
    simple = asked.subject == "result" and len(asked.things) == 1
    narrowed = (
        asked.window or asked.stay or asked.extreme or asked.group or asked.relation
        or asked.against or asked.edges or asked.shown_in or asked.every
    )  # fmt: skip
    picks = all(p.position == -1 and p.stay is None and p.extreme is None for p in asked.picks)
    wanted = asked.ask == "check" and asked.threshold is not None
    plain = asked.ask == "value" and asked.threshold is None
    return simple and not narrowed and picks and (wanted or plain)


def asked_of(chart: Chart, text: str) -> ChartQuestion | None:
    """The question as this chart understands it, if it is one about the newest result."""
    asked = with_unit(understand(text, chart=chart))
    return asked if is_newest(asked) else None


def with_unit(asked: ChartQuestion) -> ChartQuestion:
    """The question with its bound in the unit that stands behind the bound's number."""
    bound = asked.threshold
    if bound is None or bound.unit is not None or asked.shown_in is None:
        return asked
    return replace(asked, threshold=replace(bound, unit=asked.shown_in), shown_in=None)


def newest(chart: Chart, asked: ChartQuestion) -> Newest | None:
    """The newest results of the thing, whatever the chart calls it; None where there is none."""
    thing = asked.things[0]
    names = {name for choice in thing.choices for name in choice}
    found = [f for f in labs.results(chart, thing.code_keys) if f.display in names]
    dated = [fact for fact in found if fact.when is not None]
    if not dated:
        return Newest(tuple(found[-1:])) if found else None
    last = max(fact.when.instant for fact in dated if fact.when is not None)
    return Newest(tuple(f for f in dated if f.when is not None and f.when.instant == last))


def common_unit(found: Iterable[Newest | None]) -> str | None:
    """The unit that most of the newest numbers have, in its commonest spelling."""
    facts = [f for one in found if one for f in one.facts if f.value is not None]
    if not facts:
        return None
    most, _ = Counter(canonical(f.unit) for f in facts).most_common(1)[0]
    spelt = Counter(f.unit for f in facts if canonical(f.unit) == most)
    return spelt.most_common(1)[0][0]


def decide(facts: Sequence[Fact], bound: Threshold) -> tuple[Verdict, str]:
    """Whether results keep to a bound whose unit is settled, with the reason where that is open."""
    verdicts = {_of_one(fact, bound) for fact in facts}
    if len(verdicts) == 1:
        return next(iter(verdicts))
    if {verdict for verdict, _ in verdicts} >= {"yes", "no"}:
        return "not_said", BOTH_SIDES
    return "not_said", next(reason for _, reason in verdicts if reason)


def _of_one(fact: Fact, bound: Threshold) -> tuple[Verdict, str]:
    if fact.value is None:
        return "not_said", NO_NUMBER
    if bool(bound.unit) != bool(fact.unit) or bounds_in(bound, fact.unit, fact.concept) is None:
        return "not_said", OTHER_UNIT
    if meets(fact, bound):
        return "yes", ""
    return ("no", "") if misses(fact, bound) else ("not_said", OPEN_BOUND)


def misses(fact: Fact, bound: Threshold) -> bool:
    """Whether a result is known not to keep to a bound: `<0.5` is not known to miss "below 0.3"."""
    if bound.relation in CONTRARY:
        return meets(fact, replace(bound, relation=CONTRARY[bound.relation]))
    below = replace(bound, relation="less", upper=None)
    upper = bound.value if bound.upper is None else bound.upper
    above = replace(bound, relation="greater", value=upper, upper=None)
    return meets(fact, below) or meets(fact, above)


def is_old(chart: Chart, found: Newest) -> bool:
    """Whether the newest result is too old to be told as of now, or has no date."""
    when = found.fact.when
    return when is None or chart.as_of.instant - when.instant > STILL_NOW


def since(chart: Chart, found: Newest) -> str:
    """The sentence that an old result is told with."""
    when = found.fact.when
    if when is None:
        return UNDATED
    days = (chart.as_of.instant - when.instant).days
    return SINCE.format(when=when.clock, days=days)


def told(chart: Chart, asked: ChartQuestion, found: Newest) -> tuple[Draft, tuple[Statement, ...]]:
    """The newest results as sentences of the embedded writer, judged against their records."""
    items = numbered([result_item(fact) for fact in found.facts])
    evidence = EvidenceSet(items, (), as_of=chart.as_of)
    told_as = replace(asked, ask="value", threshold=None, picks=(Pick(-1),))
    draft = write.write(told_as, evidence)
    return draft, verify.verify(draft, evidence)
