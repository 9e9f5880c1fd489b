"""Evidence about problems, procedures and vaccines.

A line says what the record says: status, dose, begin and end as they stand there. "Active" is
decided by `charts.problems`, nowhere here. What was recorded as not done is no vaccine and no
procedure; where nothing else was, it is the evidence that it was not.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.answers.evidence.items import item
from pipelines.answers.evidence.leaves import by_pick, dated, reason
from pipelines.answers.evidence.stays import chosen, in_window, since, within_stay
from pipelines.answers.question import ChartQuestion
from pipelines.charts.encounters import encounters
from pipelines.charts.immunizations import immunizations
from pipelines.charts.problems import active as active_problems
from pipelines.charts.problems import coded, conditions, is_social
from pipelines.charts.procedures import procedures
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Condition, Immunization, Procedure

PAST_PROBLEM = "past problem"
NOT_CONFIRMED = ("refuted", "unconfirmed", "provisional", "differential")
ENDED = frozenset({"resolved", "inactive", "remission"})
NOT_DONE_ENTRY = "not done"
NOT_DONE = frozenset({"not-done", "preparation", "entered-in-error"})


def problem_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Active problems, or the conditions that were named or coded."""
    if question.names:
        found = tuple(c for c in conditions(chart) if c.fact.display in question.names)
    elif question.attribute == "resolved":
        found = tuple(
            c
            for c in conditions(chart)
            if c.clinical_status in ("resolved", "inactive", "remission")
        )
    elif question.stay is not None:
        found = tuple(c for c in conditions(chart) if not is_social(c))
    else:
        found = active_problems(chart) or (
            () if question.attribute == "active" else coded(chart)
        )  # fmt: skip
    found = tuple(c for c in found if c.verification_status != "refuted")
    if question.stay is not None:
        every = encounters(chart)
        stay = chosen(every, question.stay)
        found = tuple(c for c in found if stay and within_stay(c.fact, stay, every))
    if question.window is not None:
        window = since(encounters(chart), question.window)
        found = tuple(c for c in found if window and in_window(c.onset or c.recorded, window))
    if question.ask == "when" or question.picks:
        over = question.ask == "when" and question.attribute == "resolved"
        found = tuple(c for c in found if (c.abatement if over else c.onset or c.recorded))
        found = by_pick(found, question)
    items = [_problem_item(chart, c, question) for c in found]
    if question.ask == "exists" and question.names:
        return _held_or_not(question, items, found) or _refuted(chart, question)
    return items


def _held_or_not(
    question: ChartQuestion, items: list[Evidence], found: tuple[Condition, ...]
) -> list[Evidence]:
    """The entries that are as asked (active, or over); else the last one, which says otherwise."""
    if question.attribute not in ("active", "resolved"):
        return items
    over = question.attribute == "resolved"
    pairs = zip(items, found, strict=True)
    fit = [i for i, c in pairs if (c.clinical_status in ENDED) == over]
    return fit or [replace(i, kind=PAST_PROBLEM) for i in items[-1:]]


def _refuted(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """A diagnosis that is recorded only as refuted is evidence against it."""
    if question.window is not None or question.stay is not None:
        return []
    named = [c for c in conditions(chart) if c.fact.display in question.names]
    refuted = [c for c in named if c.verification_status == "refuted"]
    return [replace(_problem_item(chart, c, question), kind=PAST_PROBLEM) for c in refuted[-1:]]


def _problem_item(chart: Chart, entry: Condition, question: ChartQuestion) -> Evidence:
    fact = entry.fact
    if question.ask == "when":
        begun = entry.onset or entry.recorded
        fact = dated(chart, fact, entry.abatement if question.attribute == "resolved" else begun)
    return item(fact, problem_line(entry))


def problem_line(entry: Condition) -> str:
    """The condition with its status and dates as one sentence."""
    parts = [entry.fact.display]
    if entry.clinical_status:
        parts.append(entry.clinical_status)
    elif entry.fact.encounter:
        parts.append("coded for a stay, no clinical status recorded")
    if entry.verification_status in NOT_CONFIRMED:
        parts.append(entry.verification_status or "")
    if entry.onset:
        parts.append(f"onset {entry.onset.day}")
    elif entry.recorded:
        parts.append(f"recorded {entry.recorded.day}")
    if entry.abatement:
        parts.append(f"ended {entry.abatement.day}")
    return f"{parts[0]} ({', '.join(parts[1:])})." if len(parts) > 1 else f"{parts[0]}."


def procedure_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Procedures that were done, cut to the question's names, stay and window."""
    return _done_or_not(chart, question, procedures(chart))


def immunization_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Vaccines that were given, cut to the question's names, stay and window."""
    return _done_or_not(chart, question, immunizations(chart))


Done = tuple[Procedure | Immunization, ...]


def _done_or_not(chart: Chart, question: ChartQuestion, found: Done) -> list[Evidence]:
    """What was done; where nothing of it was, the entries that say that it was not."""
    if question.names:
        found = tuple(e for e in found if e.fact.display in question.names)
    found = _in_scope(chart, question, found)
    done = tuple(e for e in found if e.status not in NOT_DONE)
    refused = tuple(e for e in found if e.status == "not-done")
    if not done and refused and question.ask in ("exists", "when", "list") and question.names:
        return [_refused_item(chart, e) for e in refused[-1:]]
    if question.ask == "when" or question.picks:
        done = by_pick(tuple(e for e in done if e.fact.when), question)
    return [_done_item(chart, e, question) for e in done]


def _in_scope(chart: Chart, question: ChartQuestion, found: Done) -> Done:
    every = encounters(chart) if question.stay or question.window else ()
    if question.stay is not None:
        stay = chosen(every, question.stay)
        found = tuple(e for e in found if stay and within_stay(e.fact, stay, every))
    if question.window is not None:
        window = since(every, question.window)
        found = tuple(e for e in found if window and in_window(e.fact.when, window))
    return found


def _done_item(chart: Chart, entry: Procedure | Immunization, question: ChartQuestion) -> Evidence:
    fact = entry.fact
    if question.ask == "when":
        fact = dated(chart, fact, fact.when)
    when = f", {fact.when.clock}" if fact.when else ""
    status = f" ({entry.status})" if entry.status not in ("completed", None) else ""
    return item(fact, f"{fact.display}{status}{when}.")


def _refused_item(chart: Chart, entry: Procedure | Immunization) -> Evidence:
    """An entry of status not-done as a sentence that says so, with the record's reason."""
    fact = entry.fact
    when = f", {fact.when.clock}" if fact.when else ""
    why = reason(chart, fact)
    told = f", reason: {why}" if why else ""
    line = f"Recorded as not done: {fact.display}{when}{told}."
    return replace(item(fact, line), kind=NOT_DONE_ENTRY)
