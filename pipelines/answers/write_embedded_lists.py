"""Sentences about medications, allergies, problems, procedures and vaccines.

A list is one sentence an entry, each the record's own line. The four states of an allergy list
are never mixed up: "not recorded" is no "none", and an incomplete list answers nothing.
"""

from __future__ import annotations

from pipelines.answers.evidence_lists import LIST_UNAVAILABLE
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded_parts import abstained, computed, fact_of, lines, stamp_of
from pipelines.records.answers import Draft
from pipelines.records.evidence import Evidence, EvidenceSet

NOUNS = {
    "problem": ("problem or diagnosis", "problems or diagnoses"),
    "procedure": ("procedure", "procedures"),
    "immunization": ("vaccination", "vaccinations"),
    "medication": ("medication entry", "medication entries"),
    "allergy": ("allergy", "allergies"),
}
NO_ENTRY = "No such medication entry is recorded for what is asked."
NONE_ACTIVE = "No medication is recorded as active at the chart's last entry."
NO_TIME = "The record of this medication states no such time."
ALLERGIES_UNAVAILABLE = "The allergy list is unavailable: an allergy entry was refused at load."
ALLERGIES_NOT_RECORDED = "Allergies are not recorded in this chart; that does not mean none."


def write_allergies(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """The allergy list, or whether a named allergy is on it."""
    entries = [i for i in evidence.items if i.kind == "allergy"]
    if any(LIST_UNAVAILABLE in searched for searched in evidence.searched):
        return abstained(ALLERGIES_UNAVAILABLE)
    if not entries:
        return abstained(ALLERGIES_NOT_RECORDED)
    none_known = [i for i in entries if i.line.startswith("Recorded:")]
    real = [i for i in entries if i not in none_known]
    if question.ask == "count":
        return _count(question, real) if real else lines(none_known, ((0,),))
    if question.ask == "exists":
        if not real:
            return lines(none_known, ((0,),))
        text = f"Yes: {real[0].line}"
        return Draft(True, (computed(text, real, "exists", 1), *lines(real[1:]).sentences), ((1,),))
    shown = real or none_known
    return lines(shown, tuple((fact_of(i).display.lower(),) for i in shown))


def write_medications(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """Medications: the list, one drug's times, its dose, whether and how often given."""
    entries = [i for i in evidence.items if i.kind == "medication"]
    if question.ask in ("exists", "count"):
        return _exists_or_count(question, entries, evidence)
    if not entries:
        named = question.names or question.window or question.stay or question.ask != "list"
        return abstained(NO_ENTRY if named else NONE_ACTIVE)
    if question.ask == "when":
        told = bool(stamp_of(entries[0]))
        rows = tuple((stamp_of(i),) for i in entries)
        return lines(entries, rows) if told else abstained(NO_TIME)
    if question.ask == "dose":
        return lines(entries, tuple((fact_of(i).quote.lower(),) for i in entries))
    return lines(entries, tuple((fact_of(i).display.lower(),) for i in entries))


def write_list(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """Problems, procedures and vaccines."""
    entries = [i for i in evidence.items if i.kind != "patient"]
    if question.ask in ("exists", "count"):
        return _exists_or_count(question, entries, evidence)
    if not entries:
        return abstained(f"No {NOUNS[question.subject][0]} is recorded for what is asked.")
    if question.ask == "when":
        return lines(entries, tuple((stamp_of(i),) for i in entries))
    return lines(entries, tuple((fact_of(i).display.lower(),) for i in entries))


def _exists_or_count(
    question: ChartQuestion, entries: list[Evidence], evidence: EvidenceSet
) -> Draft:
    if not entries:
        if not evidence.items:
            return abstained(f"This chart holds no {NOUNS[question.subject][1]} at all.")
        active = " as active" if question.subject == "medication" and question.every else ""
        given = " as given" if question.attribute == "given" else ""
        text = f"No such {NOUNS[question.subject][0]} is recorded{active}{given}."
        return Draft(True, (computed(text, evidence.items[:1], question.ask, 0),), ((0,),))
    if question.ask == "count":
        return _count(question, entries)
    text = f"Yes: {entries[-1].line}"
    ordered = [entries[-1], *entries[:-1]]
    return Draft(True, (computed(text, ordered, "exists", 1),), ((1,),))


def _count(question: ChartQuestion, entries: list[Evidence]) -> Draft:
    one, many = NOUNS[question.subject]
    noun = f"{one} is" if len(entries) == 1 else f"{many} are"
    text = f"{len(entries)} {noun} recorded."
    return Draft(True, (computed(text, entries, "count", len(entries)),), ((len(entries),),))
