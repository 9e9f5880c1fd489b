"""Sentences about results: one value, or arithmetic over all that the question's scope holds.

Every number of a sentence stands in a cited record or is recomputed by the judge. Where results
have no number (`Positive`), arithmetic is refused; where a result is `<0.5`, so is an average.
Whether a value is high is the record's own flag; without flag and range it cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from pipelines.answers.bounds import meets, no_result_meets
from pipelines.answers.evidence.items import marks, name_of, shown_unit, shown_value
from pipelines.answers.evidence.results import CONTEXT_RESULT
from pipelines.answers.evidence.units import OTHER_UNIT, common_unit, in_unit
from pipelines.answers.not_final import with_not_final
from pipelines.answers.question import ChartQuestion, Thing
from pipelines.answers.write_embedded.compared import write_comparison, write_difference
from pipelines.answers.write_embedded.declines import scope_words
from pipelines.answers.write_embedded.elapsed import write_elapsed
from pipelines.answers.write_embedded.extremes import in_another_unit, write_dates, write_extreme
from pipelines.answers.write_embedded.flags import write_flag, write_range
from pipelines.answers.write_embedded.medians import write_median
from pipelines.answers.write_embedded.of_a_stretch import of_many, same_stretch
from pipelines.answers.write_embedded.pairs import paired
from pipelines.answers.write_embedded.parts import (
    abstained,
    bound_words,
    cell_of,
    computed,
    exact,
    fact_of,
    lowered,
    sentence_of,
    shown_number,
    stamp_of,
    was,
)
from pipelines.answers.write_embedded.series import write_direction, write_groups, write_trend
from pipelines.answers.write_embedded.shares import write_share, write_slope, write_time_share
from pipelines.records.answers import Cell, Computation, Draft, DraftSentence, Threshold
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import Fact

Part = tuple[list[DraftSentence], list[tuple[Cell, ...]]]
MOST_LISTED = 25
MOST_NAMED = 80
NONE_IN_SCOPE = "No {thing} result is recorded{scope}."
NOT_SUCH = "No {thing} result is recorded in this chart for what is asked."
LEFT_OUT = "results in other units are left out, no factor is known"
NO_NUMBERS = "The recorded {thing} results cannot be calculated with: not all are plain numbers."
NO_RANGE = "The {thing} result carries no range in numbers."
NO_FLAG = "The record does not say whether this {thing} result is high or low: it has no range."
ONLY_AT_ADMISSION = "Only a {thing} of the admission is recorded, none day by day."
_DAILY = re.compile(r"\bdaily\b|\b(?:per|each|every|by) day\b|\bday by day\b")
REASONS = {"flag": NO_FLAG, "range": NO_RANGE}


def write_results(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """The answer about each thing asked for, in the question's order."""
    if question.subject == "any_lab":
        return _any_lab(question, evidence)
    numbered = {item.number: item for item in evidence.items}
    sentences: list[DraftSentence] = []
    rows: list[tuple[Cell, ...]] = []
    reason = ""
    # A blood pressure is two numbers and one measurement.
    pair = question.ask == "count" and question.things[0].panel is not None
    for thing in question.things[:1] if pair else question.things:
        items = [i for i in evidence.items if i.fact and i.fact.code_key in thing.code_keys]
        part = _part(question, thing, items, evidence)
        if isinstance(part, str):
            reason = reason or part
            continue
        sentences.extend(with_not_final(sentence, numbered) for sentence in part[0])
        rows.extend(part[1])
    if not sentences:
        return abstained(reason)
    if question.attribute == "timed" and len(rows) == len(sentences):
        times = [stamp_of(numbered[sentence.cites[0]]) for sentence in sentences]
        rows = [(*row, at) for row, at in zip(rows, times, strict=True)]
    return Draft(True, paired(sentences, numbered), _joined(question, rows))


def _joined(question: ChartQuestion, rows: list[tuple[Cell, ...]]) -> tuple[tuple[Cell, ...], ...]:
    """Several things asked for at once are columns of one row (blood pressure: two numbers)."""
    count = len(question.things)
    if count > 1 and question.ask == "when" and len(set(rows)) == 1:
        return tuple(rows[:1])  # a panel of one moment
    if count > 1 and question.ask in ("value", "extreme", "mean", "median", "list"):
        each, rest = divmod(len(rows), count)
        if not rest and (each == 1 or question.ask == "list"):
            parts = [rows[n * each : (n + 1) * each] for n in range(count)]
            return tuple(tuple(c for row in same for c in row) for same in zip(*parts, strict=True))
    return tuple(rows)


def _part(
    question: ChartQuestion, thing: Thing, items: list[Evidence], evidence: EvidenceSet
) -> Part | str:
    left_out = [i for i in items if i.kind == OTHER_UNIT]
    outside = [i for i in items if i.kind == CONTEXT_RESULT]
    items = [i for i in items if i.kind not in (OTHER_UNIT, CONTEXT_RESULT)]
    title = thing.title if thing.title.isupper() else thing.title.lower()
    if question.ask in ("exists", "count", "days") and not items:
        return _absent(question, title, evidence, outside)
    if not items:
        return _none_in_scope(question, title)
    other_unit = _not_daily(question, items, title) or in_another_unit(question, items, title)
    if other_unit is not None:
        return other_unit
    if question.group and question.ask in ("extreme", "mean", "sum", "count", "list"):
        return write_groups(question, items) or NO_NUMBERS.format(thing=title)
    writers: dict[str, Callable[[ChartQuestion, list[Evidence]], Part | None]] = {
        "extreme": write_extreme,
        "mean": _arithmetic,
        "median": write_median,
        "sum": _arithmetic,
        "count": _count,
        "days": _days,
        "dates": write_dates,
        "elapsed": write_elapsed,
        "exists": _exists,
        "difference": write_difference,
        "comparison": write_comparison,
        "trend": write_trend,
        "direction": write_direction,
        "share": write_share,
        "time share": write_time_share,
        "slope": write_slope,
        "list": _listed,
        "when": _when,
        "flag": write_flag,
        "range": write_range,
        "check": _check,
    }
    part = writers.get(question.ask, _value)(question, items)
    reason = REASONS.get(question.ask, NO_NUMBERS)
    if part is None:
        return reason.format(thing=title)
    return _with_left_out(part) if left_out else part


def _not_daily(question: ChartQuestion, items: list[Evidence], title: str) -> str | None:
    """What is said where days are asked for and only an admission's own result is there."""
    names = {fact_of(i).display.lower() for i in items}
    if _DAILY.search(question.text) and all(n.startswith("admission") for n in names):
        return ONLY_AT_ADMISSION.format(thing=title)
    return None


def _with_left_out(part: Part) -> Part:
    first = part[0][0]
    text = f"{first.text.rstrip('.')}; {LEFT_OUT}."
    return [replace(first, text=text), *part[0][1:]], part[1]


def _absent(
    question: ChartQuestion, title: str, evidence: EvidenceSet, outside: list[Evidence]
) -> Part | str:
    patients = [i for i in evidence.items if i.kind == "patient"]
    if not patients:
        return _none_in_scope(question, title)
    what = "such " if question.threshold else ""
    operation = "exists" if question.ask == "exists" else "count"
    text = f"No {what}{title} result is recorded{scope_words(question)}."
    none = computed(text, patients[:1], operation, 0)
    last = [DraftSentence(sentence_of(fact_of(i)), (i.number,)) for i in outside]
    return [none, *last], [(0,)]


def _none_in_scope(question: ChartQuestion, title: str) -> str:
    scope = scope_words(question)
    narrowed = question.threshold or question.picks or not scope
    return (NOT_SUCH if narrowed else NONE_IN_SCOPE).format(thing=title, scope=scope)


def _value(question: ChartQuestion, items: list[Evidence]) -> Part:
    wanted = items[: max(len(question.picks), 1)]
    rows: list[tuple[Cell, ...]] = [(cell_of(fact_of(i)),) for i in wanted]
    told: list[DraftSentence] = []
    if len(wanted) == 1:
        others = _other_readings(items) or same_stretch(question, items)
        told = [] if others else of_many(question, items)
        rows += [(cell_of(fact_of(i)),) for i in others if _said_at_once(items[0], i)]
        wanted = [*wanted, *others]
    sentences = [DraftSentence(sentence_of(fact_of(i)), (i.number,)) for i in wanted]
    return [*sentences, *told], rows


def _said_at_once(one: Evidence, other: Evidence) -> bool:
    """Whether two are words of one entry: each reason that was ticked at the same moment."""
    first, second = fact_of(one), fact_of(other)
    same = first.display == second.display and first.when == second.when
    return same and first.value is None and second.value is None


def _other_readings(items: list[Evidence]) -> list[Evidence]:
    """Other results of the very moment with another value, and newer ones of another name."""
    told = fact_of(items[0])
    others = []
    for item in items[1:]:
        fact = fact_of(item)
        if fact.when is None or told.when is None:
            continue
        at_once = fact.when == told.when and fact.value_text != told.value_text
        if at_once or (fact.display != told.display and fact.when > told.when):
            others.append(item)
    return others


def _when(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    wanted = [i for i in items[: max(len(question.picks), 1)] if fact_of(i).when is not None]
    if not wanted:
        return None
    sentences = [DraftSentence(sentence_of(fact_of(i)), (i.number,)) for i in wanted]
    return sentences, [(stamp_of(i),) for i in wanted]


def _listed(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """Each result as a sentence; a long list as its course, with every value in the rows."""
    if len(items) > MOST_LISTED:
        made = write_trend(question, items)
        return (made[0], [row[1:] for row in made[1]]) if made is not None else None
    shown = list(reversed(items))
    sentences = [DraftSentence(sentence_of(fact_of(i)), (i.number,)) for i in shown]
    return sentences, [(cell_of(fact_of(i)),) for i in shown]


def _arithmetic(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    facts = [fact_of(i) for i in items]
    main = common_unit(facts)
    numbers = [number for f in facts if (number := in_unit(f, main)) is not None]
    if len(numbers) < len(facts) or any(f.comparator for f in facts):
        return None
    total = sum(numbers)
    result = exact(total / len(facts) if question.ask == "mean" else total)
    word = "average" if question.ask == "mean" else "sum"
    unit = shown_unit(main)
    name = lowered(name_of(facts[0]))
    over = f" over {len(facts)} results" if len(facts) > 1 else ""
    text = f"The {word} {name} was {shown_number(result)}{unit}{over}."
    return [computed(text, items, question.ask, result, main)], [(result,)]


def _count(question: ChartQuestion, items: list[Evidence]) -> Part:
    name = lowered(name_of(fact_of(items[0])))
    noun = "result is" if len(items) == 1 else "results are"
    bound = question.threshold
    said = "recorded" if bound is None else bound_words(bound, fact_of(items[0]).unit)
    made = Computation("count", len(items), None, bound)
    text = f"{len(items)} {name} {noun} {said}."
    return [DraftSentence(text, tuple(i.number for i in items), made)], [(len(items),)]


def _days(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """On how many days as written; a result without a day leaves the number open."""
    days = {when.day for i in items if (when := fact_of(i).when) is not None}
    if any(fact_of(i).when is None for i in items):
        return None
    name = lowered(name_of(fact_of(items[0])))
    which = " within the bound asked for" if question.threshold else ""
    noun = "day" if len(days) == 1 else "days"
    text = f"On {len(days)} {noun} a {name} result{which} is recorded."
    return [computed(text, items, "days", len(days))], [(len(days),)]


def _exists(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    latest = fact_of(items[0])
    if question.threshold is not None and not meets(latest, question.threshold):
        return _none_meets(question.threshold, items)
    if latest.kind == "observation" and latest.value is None:
        # "Is she a smoker" is told by the words of the status, not by there being one.
        return [DraftSentence(sentence_of(latest), (items[0].number,))], [(cell_of(latest),)]
    text = f"Yes: {sentence_of(latest)}"
    return [computed(text, items, "exists", 1)], [(1,)]


def _none_meets(threshold: Threshold, items: list[Evidence]) -> Part | None:
    """ "No", with the result that came nearest to the bound."""
    if not no_result_meets([fact_of(i) for i in items], threshold):
        return None
    above = threshold.relation in ("greater", "at_least", "equal")
    ordered = sorted(items, key=lambda i: fact_of(i).value or 0.0, reverse=above)
    best = fact_of(ordered[0])
    word = "highest" if above else "lowest"
    when = f" on {best.when.clock}" if best.when is not None else ""
    name = lowered(name_of(best))
    text = f"No: the {word} {name} {was(name)} {shown_value(best)}{marks(best)}{when}."
    operation = "maximum" if above else "minimum"
    return [computed(text, ordered, operation, best.value or 0.0, best.unit)], [(0,)]


def _any_lab(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    items = [i for i in evidence.items if i.kind != "patient"]
    if question.ask == "flagged" and not items:
        return abstained("No latest result is marked so by the record.")
    if question.ask in ("list", "flagged"):
        if not items:
            return abstained("This chart holds no laboratory result for what is asked.")
        shown = list(reversed(items[:MOST_NAMED]))
        sentences = tuple(DraftSentence(sentence_of(fact_of(i)), (i.number,)) for i in shown)
        return Draft(True, sentences, tuple(_named_row(fact_of(i)) for i in shown))
    if not items:
        if not evidence.items:
            return abstained("This chart holds no laboratory results at all.")
        text = "No laboratory result is recorded."
        return Draft(True, (computed(text, evidence.items[:1], "exists", 0),), ((0,),))
    text = f"Yes: laboratory results are recorded, {len(items)} of them."
    return Draft(True, (computed(text, items, "exists", 1),), ((1,),))


def _named_row(fact: Fact) -> tuple[Cell, ...]:
    """Of several tests each row says which one it is, and what it gave."""
    return fact.display.lower(), cell_of(fact)


def _check(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    fact = fact_of(items[0])
    if question.threshold is None or fact.value is None:
        return None
    holds = meets(fact, question.threshold)
    return [DraftSentence(sentence_of(fact), (items[0].number,))], [(int(holds),)]
