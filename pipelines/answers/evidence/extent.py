"""How much of what there is stands in a set of evidence, so that "latest" or "only" can be told.

Promises: a set is whole only where the question named no stretch, stay, bound or single names and
nothing that fits was left out; a result's newest and oldest entry are known to be there only when
they are. Sentences of notes are always a choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.answers.question import ChartQuestion
from pipelines.charts.labs import results
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import Fact

NEVER_WHOLE = ("note", "any_lab", "particular", "topic", "fluid", "")
WHOLE_ASKS = ("list", "count", "exists", "when", "value", "dates")


def with_extent(chart: Chart, question: ChartQuestion, found: EvidenceSet) -> EvidenceSet:
    """The set with what is known of how much it holds."""
    if not found.items:
        return found
    if question.subject == "result" or (question.not_understood and _facts(found.items)):
        return _of_results(chart, found)
    if question.subject == "any_lab":
        newest = question.window is None and question.stay is None
        return replace(found, is_whole=False, has_latest=newest, has_first=False)
    whole = question.subject not in NEVER_WHOLE and not _is_cut(question)
    ends = question.subject not in NEVER_WHOLE and not (
        question.window or question.stay or question.against or question.not_understood
    )
    last = all(pick.position == -1 and pick.stay is None for pick in question.picks)
    first = whole or (ends and not question.picks)
    return replace(found, is_whole=whole, has_latest=whole or (ends and last), has_first=first)


def _is_cut(question: ChartQuestion) -> bool:
    """Whether the question keeps anything of its subject out of the evidence."""
    return bool(
        question.window
        or question.stay
        or question.names
        or question.groups
        or question.without
        or question.records
        or question.picks
        or question.relation
        or question.threshold
        or question.against
        or question.not_understood
        or question.ask not in WHOLE_ASKS
    )


def _of_results(chart: Chart, found: EvidenceSet) -> EvidenceSet:
    """Each result's own name is compared with all of the chart that are filed under it."""
    facts = _facts(found.items)
    keys = sorted({fact.code_key for fact in facts if fact.code_key})
    names = {fact.display for fact in facts}
    held = {(fact.resource, fact.path, fact.part) for fact in facts}
    every = [f for f in results(chart, keys) if f.display in names] if keys else []
    others = len(facts) < len(found.items)  # sentences and entries beside them are a choice
    latest = first = whole = bool(every)
    for name in names:
        own = [f for f in every if f.display == name]
        dated = sorted((f for f in own if f.when is not None), key=_moment)
        whole = whole and all((f.resource, f.path, f.part) in held for f in own)
        latest = latest and _has(dated[-1:], held)
        first = first and _has(dated[:1], held)
    return replace(found, is_whole=whole and not others, has_latest=latest, has_first=first)


def _facts(items: Sequence[Evidence]) -> list[Fact]:
    measured = ("lab", "vital", "observation")
    return [i.fact for i in items if i.fact is not None and i.fact.kind in measured]


def _has(facts: Sequence[Fact], held: set[tuple[str, str, int]]) -> bool:
    return all((f.resource, f.path, f.part) in held for f in facts)


def _moment(fact: Fact) -> float:
    return fact.when.instant.timestamp() if fact.when is not None else 0.0
