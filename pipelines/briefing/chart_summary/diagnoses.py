"""Lines of a diagnosis: since when, until when, how often, and in which stays it was coded.

A date is the record's: an onset is called "since", a day of recording "recorded". A diagnosis
without a clinical status is never called active or resolved, only coded. A repeat is a count,
with every record behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.answers.evidence.lists import problem_line
from pipelines.briefing.chart_summary.more import bare, cut
from pipelines.briefing.chart_summary.problems import Diagnosis, Mention
from pipelines.briefing.line import Line
from pipelines.records.answers import Computation
from pipelines.records.facts import Condition, Fact

LONGEST_NAME = 90


def name_of(fact: Fact) -> str:
    """The record's name on one line, without the terminologist's tag; a very long one is cut."""
    return cut(bare(fact.display), LONGEST_NAME)


def diagnosis_line(one: Diagnosis) -> Line:
    """The line of one diagnosis, however often it was recorded."""
    if len(one.mentions) == 1:
        return _single(one.newest)
    return _coded_again(one) if one.is_coded else _repeated(one)


def refuted_line(condition: Condition) -> Line:
    """A diagnosis that was considered and refuted, told as that."""
    when = f", {condition.fact.when.day}" if condition.fact.when else ""
    return Line(f"Refuted: {name_of(condition.fact)}{when}", (condition.fact,))


def _single(mention: Mention) -> Line:
    condition = mention.condition
    name = name_of(condition.fact)
    if condition.clinical_status is None:
        day = mention.stay.start.day if mention.stay and mention.stay.start else "no date"
        where = f"coded for the stay of {day}" if mention.stay else "coded, no status recorded"
        return Line(f"{name}: {where}", (_dated(mention),))
    told = [condition.clinical_status, *_times(condition)]
    told += [condition.severity] if condition.severity else []
    unsure = condition.verification_status
    told += [unsure] if unsure in ("unconfirmed", "provisional", "differential") else []
    record = problem_line(condition)
    if condition.severity:
        record = f"{record.rstrip('.')}; {condition.severity}."
    return Line(f"{name} ({', '.join(told)})", (condition.fact,), record=record)


def _times(condition: Condition) -> list[str]:
    """When it began and ended, by what the record says of it."""
    told = []
    if condition.onset:
        told.append(f"onset {condition.onset.day}")
    elif condition.recorded:
        told.append(f"recorded {condition.recorded.day}")
    if condition.abatement:
        told.append(f"ended {condition.abatement.day}")
    return told


def _repeated(one: Diagnosis) -> Line:
    """`Viral sinusitis: 9 times, first 2003-01-02, last 2011-03-04 (resolved)`."""
    newest = one.newest.condition
    status = f" ({newest.clinical_status})" if newest.clinical_status else ""
    days = [m.begun.day for m in one.mentions if m.begun]
    span = f", first {days[0]}, last {days[-1]}" if days else ""
    text = f"{name_of(newest.fact)}{status}: {len(one.mentions)} times{span}"
    return _counted(text, one.mentions)


def _coded_again(one: Diagnosis) -> Line:
    """`Acute kidney failure: coded 4 times, for the stays of 2138-01-02 … 2140-05-06`."""
    days = list(dict.fromkeys(m.stay.start.day for m in one.mentions if m.stay and m.stay.start))
    span = f", for stays from {days[0]} to {days[-1]}" if len(days) > 1 else ""
    span = span or (f", for the stay of {days[0]}" if days else "")
    text = f"{name_of(one.newest.condition.fact)}: coded {len(one.mentions)} times{span}"
    return _counted(text, one.mentions)


def _counted(text: str, mentions: Sequence[Mention]) -> Line:
    facts = tuple(_dated(mention) for mention in reversed(mentions))
    return Line(text, facts, Computation("count", len(facts)))


def _dated(mention: Mention) -> Fact:
    """The condition at its own time, or at that of the stay it is coded for."""
    fact = mention.condition.fact
    return fact if fact.when or mention.begun is None else replace(fact, when=mention.begun)
